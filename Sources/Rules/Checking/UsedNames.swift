import Kit

/// Names that a rule set uses and that members bring along: nobody declares them, so a typing error in one is found only
/// by asking a store whether anybody has it.
package struct UsedNames: Sendable {
    /// What a name names.
    package enum Kind: Sendable, Hashable {
        /// An event of the shop's own; those that nudged knows are checked without a store.
        case event
        case tag, city, category, sku
        /// A row of `dates`, such as `wedding`.
        case date
        /// The value of a custom field of text, with the field's name behind `member.attr.`.
        case attribute(String)
    }

    package struct Use: Sendable {
        package var kind: Kind
        package var name: String
        var place: YAMLNode
        var rule: Rule
    }

    package private(set) var uses: [Use] = []
    private let nodes: RuleNodes

    /// The names of rules that may run.
    package init(_ set: RuleSet, files: [YAMLFile]) {
        nodes = RuleNodes(files)
        let listed = Set(set.fields.filter { $0.sqliteSQL == nil && $0.type == .text }.map(\.id))
        for rule in set.rules where rule.status != .retired {
            guard let node = nodes[rule] else { continue }
            for name in node.eventNames where !EventName.canonical.contains(name.text ?? "") {
                add(.event, name.text ?? "", at: name, rule)
            }
            if let of = rule.trigger.nameOfDate, let place = node["when"]?[rule.trigger.kind.rawValue]?["of"] {
                add(.date, of, at: place, rule)
            }
            collect(node["if"], listed, rule)
            for branch in node["do"]?.items ?? [] {
                for item in branch["choose"]?.items ?? [] { collect(item["if"], listed, rule) }
            }
        }
    }

    private mutating func add(_ kind: Kind, _ name: String, at place: YAMLNode, _ rule: Rule) {
        uses.append(Use(kind: kind, name: name, place: place, rule: rule))
    }

    /// Walks a condition as it is written.
    private mutating func collect(_ node: YAMLNode?, _ listed: Set<String>, _ rule: Rule) {
        for entry in node?.entries ?? [] {
            if ["all", "any", "none"].contains(entry.key) {
                for item in entry.value.items ?? [] { collect(item, listed, rule) }
            } else if let kind = UsedNames.kind(of: entry.key, listed) {
                for scalar in entry.value.wholeWords { add(kind, scalar.text ?? "", at: scalar, rule) }
            }
        }
    }

    private static func kind(of field: String, _ listed: Set<String>) -> Kind? {
        switch field {
        case "member.tags": .tag
        case "member.city": .city
        case "member.top_category", "browse.category", "order.categories", "cart.categories",
            "order.items.first.category", "cart.items.first.category":
            .category
        case "browse.sku", "order.skus", "cart.skus", "order.items.first.sku", "cart.items.first.sku": .sku
        default: listed.contains(field) ? .attribute(String(field.dropFirst("member.attr.".count))) : nil
        }
    }

    /// A warning for each use of a name that the store does not have, with the nearest one it has.
    func findings(_ unknown: [Kind: [String: String?]]) -> [Diagnostic] {
        uses.compactMap { use in
            guard let nearest = unknown[use.kind]?[use.name] else { return nil }
            return nodes.warning(
                "R253", UsedNames.sentence(use.kind, use.name), at: use.place, of: use.rule,
                help: [
                    nearest.map { "did you mean `\($0)`?" }
                        ?? "if it is to come, this is right; otherwise write it as the data has it"
                ])
        }
    }

    private static func sentence(_ kind: Kind, _ name: String) -> String {
        switch kind {
        case .event: "no event in the store has the name `\(name)`"
        case .tag: "no member in the store has the tag `\(name)`"
        case .city: "no member in the store has the city `\(name)`"
        case .category: "no product or order in the store has the category `\(name)`"
        case .sku: "no product or order in the store has the sku `\(name)`"
        case .date: "no member in the store has a date with the name `\(name)`"
        case .attribute(let field): "no member in the store has `\(name)` in `member.attr.\(field)`"
        }
    }
}

extension YAMLNode {
    /// The values of a test that are names as a whole: `field: value`, `[a, b]`, and the operands of these operators.
    var wholeWords: [YAMLNode] {
        if let items { return items.filter { $0.text != nil } }
        guard let entries else { return text == nil ? [] : [self] }
        return entries.filter { Operator(rawValue: $0.key)?.takesNames ?? false }.flatMap(\.value.wholeWords)
    }

    /// The names of events in a rule: of its trigger, of `unless`, of `activity` and of `history`.
    fileprivate var eventNames: [YAMLNode] {
        let trigger = self["when"]?["event"]
        var names = [trigger?["name"], self["when"]?["inactive"]?["activity"]].compactMap { $0 }
        names += (self["unless"]?.items ?? []).map { $0["event"] ?? $0 }
        names += self["if"]?.historyEvents ?? []
        return names.flatMap { $0.items ?? [$0] }.filter { $0.text != nil }
    }

    private var historyEvents: [YAMLNode] {
        (entries ?? []).flatMap { entry -> [YAMLNode] in
            if entry.key == "history" { return (entry.value.items ?? []).compactMap { $0["event"] } }
            return (entry.value.items ?? []).flatMap(\.historyEvents)
        }
    }
}

extension Trigger {
    /// The name in `dates` that it counts from.
    fileprivate var nameOfDate: String? {
        switch self {
        case .anniversary(_, let of) where of != "membership": of
        case .date(_, let of) where Trigger.attribute(in: of) == nil: of
        default: nil
        }
    }
}
