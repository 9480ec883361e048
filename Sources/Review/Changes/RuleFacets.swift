import Rules

/// A block of a rules file taken apart key by key, so that two versions can be compared by meaning: comments, quotes,
/// layout and the order of keys do not count.
struct RuleFacets {
    struct Facet: Equatable {
        /// `if member.lifetime_spend`, `when birthday at`.
        var key: String
        var words: String
    }
    /// One key, before and after; nil on the side that lacks it.
    struct Difference: Sendable, Equatable {
        var key: String
        var before: String?
        var after: String?
    }

    /// In the order of the file.
    let facets: [Facet]

    /// - Parameter node: nil has no facets.
    init(_ node: YAMLNode?, say: Phrases) {
        var reader = FacetReader(say: say)
        if let node { reader.read(node, []) }
        facets = reader.facets
    }

    /// In the order of the newer version, then the removed keys.
    static func differences(from old: RuleFacets, to new: RuleFacets) -> [Difference] {
        let before = Dictionary(old.facets.map { ($0.key, $0.words) }, uniquingKeysWith: { $0 + "; " + $1 })
        let after = Dictionary(new.facets.map { ($0.key, $0.words) }, uniquingKeysWith: { $0 + "; " + $1 })
        var keys: [String] = []
        for facet in new.facets + old.facets where !keys.contains(facet.key) { keys.append(facet.key) }
        return keys.compactMap { key in
            before[key] == after[key] ? nil : Difference(key: key, before: before[key], after: after[key])
        }
    }
}

private struct FacetReader {
    let say: Phrases
    var facets: [RuleFacets.Facet] = []

    private static let conditions: Set<String> = ["if", "where"]

    mutating func read(_ node: YAMLNode, _ path: [String]) {
        if let entries = node.entries, !entries.isEmpty {
            let isCondition = path.last.map(FacetReader.conditions.contains) ?? false
            for entry in entries {
                if isCondition, !["all", "any", "none", "history"].contains(entry.key) {
                    add(path + [entry.key], test(entry.value))
                } else if isCondition {
                    add(path + [entry.key], entry.value.compact)
                } else {
                    read(entry.value, path + [entry.key])
                }
            }
        } else if let items = node.items, let steps = steps(items) {
            for step in steps { read(step.value, path + [step.key]) }
            // Steps run in their order, and the first usable entry of `try` is taken.
            if steps.count > 1 { add(path + [say("order", "顺序")], steps.map(\.key).joined(separator: ", ")) }
        } else if let items = node.items {
            add(path, items.map(\.compact).joined(separator: ", "))
        } else {
            add(path, node.isNull ? say("nothing", "空") : node.compact)
        }
    }

    private mutating func add(_ path: [String], _ words: String) {
        facets.append(RuleFacets.Facet(key: path.joined(separator: " "), words: words))
    }

    /// A list of one-key blocks whose keys differ reads as a block.
    private func steps(_ items: [YAMLNode]) -> [YAMLNode.Entry]? {
        let steps = items.compactMap { $0.entries?.count == 1 ? $0.entries?.first : nil }
        guard steps.count == items.count, !steps.isEmpty, Set(steps.map(\.key)).count == steps.count else { return nil }
        return steps
    }

    /// `gold`, `[gold]`, `{is: gold}` and `{any_of: [gold]}` give the same words.
    private func test(_ node: YAMLNode) -> String {
        guard let entries = node.entries else {
            return OperatorWording(say: say, form: .difference).words(.anyOf, list(node))
        }
        let operators = OperatorWording(say: say, form: .difference)
        return entries.map { entry in
            switch Operator(rawValue: entry.key) {
            case let word? where [.value, .values].contains(word.takes): operators.words(word, list(entry.value))
            case let word? where word.takes == .ends:
                operators.words(
                    word, (entry.value.items ?? []).map(\.compact).joined(separator: say(" and ", " 和 ")))
            case let word?: operators.words(word, entry.value.compact)
            case nil: entry.key + " " + entry.value.compact
            }
        }.joined(separator: say(", ", "，"))
    }

    /// Sorted, because the order has no meaning.
    private func list(_ node: YAMLNode) -> String {
        say.alternatives((node.items ?? [node]).map(\.compact).sorted())
    }
}
