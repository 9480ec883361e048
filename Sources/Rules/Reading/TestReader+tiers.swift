import Kit

/// Values of `member.tier`, where the settings list the shop's tiers.
extension TestReader {
    /// R104: an error where it is obvious which tier is meant, else a warning, because the store may know a tier that
    /// the settings do not list.
    func checkTier(_ text: String, at node: YAMLNode, _ findings: inout Findings) {
        if tiers.contains(where: { $0.id == text }) { return }
        let onFile = ["the tiers on file are \(TierOrder.list(tiers))"]
        let ids = tiers.map(\.id)
        let (core, test) = TierWords.taken(from: text)
        if let tier = TierWords.one(of: tiers, named: text) {
            findings.report(
                "R104", "`\(text)` is the display name of a tier, and conditions name its id", at: node.span,
                help: ["write  \(tier.id)"], notes: onFile, fix: [findings.edit(node, tier.id)])
        } else if let same = SameWord.exact(text, among: ids) {
            findings.report(
                "R104", "there is no tier `\(text)`", at: node.span, help: ["did you mean `\(same)`?"], notes: onFile,
                fix: [findings.edit(node, same)])
        } else if let test, let place = tiers.firstIndex(where: { [$0.id, $0.name].contains(core) }) {
            findings.report(
                "R104", "there is no tier `\(text)`", at: node.span,
                help: ["did you mean  member.tier: \(test.written(tiers, place))?"], notes: onFile)
        } else if let nearest = Suggestion.nearest(to: text, among: ids) {
            findings.report(
                "R104", "there is no tier `\(text)`", at: node.span, help: ["did you mean `\(nearest)`?"],
                notes: onFile)
        } else {
            findings.report(
                "R104", .warning, "there is no tier `\(text)`", at: node.span,
                help: ["name one of them, or add it to `tiers` in the settings"], notes: onFile)
        }
    }
}

extension Findings {
    /// R104 for values of `member.tier_name` that are the name of no tier: a warning, as with `member.tier`.
    mutating func checkTierNames(in node: YAMLNode, _ tiers: [Settings.Tier]) {
        let names = tiers.map(\.name)
        for word in tiers.isEmpty ? [] : node.wholeWords {
            guard let text = word.text, !word.isNull, !names.contains(text) else { continue }
            let near = tiers.first { $0.id == text }?.name ?? Suggestion.nearest(to: text, among: names)
            report(
                "R104", .warning, "there is no tier `\(text)`", at: word.span,
                help: [
                    near.map { "did you mean `\($0)`?" } ?? "name one of them, or add it to `tiers` in the settings"
                ],
                notes: [
                    "the tiers on file are " + names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
                ])
        }
    }
}

/// Words around the name of a tier: `gold以上`, `非金卡`, `gold+`, `not gold`, `!gold`.
private enum TierWords: Equatable {
    case orBetter, orLower, not

    /// The tier that has the display name; nil where two share it.
    static func one(of tiers: [Settings.Tier], named text: String) -> Settings.Tier? {
        let named = tiers.filter { $0.name == text || $0.name == HalfWidth.ascii(text) }
        return named.count == 1 ? named[0] : nil
    }

    /// The name alone, and the test that the word before or behind it means.
    static func taken(from text: String) -> (name: String, test: TierWords?) {
        let text = HalfWidth.ascii(text)
        for (word, test) in before where text.hasPrefix(word) {
            return (String(text.dropFirst(word.count)).withoutOuterSpaces, test)
        }
        for (word, test) in behind where text.hasSuffix(word) {
            return (String(text.dropLast(word.count)).withoutOuterSpaces, test)
        }
        return (text, nil)
    }

    private static let before: [(String, TierWords)] = [
        ("!=", .not), ("!", .not), ("not ", .not), ("non-", .not), ("非", .not), ("不是", .not), (">=", .orBetter),
        ("<=", .orLower), ("至少", .orBetter), ("至多", .orLower),
    ]
    private static let behind: [(String, TierWords)] = [
        ("及以上", .orBetter), ("以上", .orBetter), ("或以上", .orBetter), ("+", .orBetter), (" or above", .orBetter),
        (" or better", .orBetter), (" and up", .orBetter), ("及以下", .orLower), ("以下", .orLower), (" or below", .orLower),
    ]

    func written(_ tiers: [Settings.Tier], _ place: Int) -> String {
        switch self {
        case .not: Operator.anythingBut(tiers[place].id)
        case .orBetter: "[" + tiers[place...].map(\.id).joined(separator: ", ") + "]"
        case .orLower: "[" + tiers[...place].map(\.id).joined(separator: ", ") + "]"
        }
    }
}

/// The tiers that `member.tier: {at_least: gold}` means, in the order of the settings.
struct TierOrder {
    let help: String
    let note: String

    /// Nil for a comparison that has nothing to do with an order.
    init?(_ meaning: Operator, _ value: String?, _ tiers: [Settings.Tier]) {
        guard [.atLeast, .moreThan, .atMost, .lessThan, .between].contains(meaning) else { return nil }
        let place = value.flatMap { value in tiers.firstIndex { $0.id == value || $0.name == value } }
        let meant = place.map { TierOrder.tiers(tiers, meaning, $0) } ?? []
        let named = meant.isEmpty ? "a, b" : TierOrder.list(meant)
        help = "name the tiers:  member.tier: [\(named)]"
        let ranks = tiers.prefix(5).enumerated().map { "\($1.id) \($0 + 1)" }.joined(separator: ", ")
        let shown =
            tiers.isEmpty ? "the place in `tiers` of the settings, from 1" : ranks + (tiers.count > 5 ? ", …" : "")
        let words = value.flatMap { TierOrder.words(meaning, $0) }
        note = "`member.tier_rank` is a number (\(shown))" + (words.map { " if you want \"\($0)\"" } ?? "")
    }

    /// The names of at most five tiers.
    static func list(_ tiers: [Settings.Tier]) -> String {
        tiers.prefix(5).map(\.id).joined(separator: ", ") + (tiers.count > 5 ? ", …" : "")
    }

    private static func tiers(_ tiers: [Settings.Tier], _ meaning: Operator, _ place: Int) -> [Settings.Tier] {
        switch meaning {
        case .atLeast: Array(tiers[place...])
        case .moreThan: Array(tiers[(place + 1)...])
        case .atMost: Array(tiers[...place])
        default: Array(tiers[..<place])
        }
    }

    private static func words(_ meaning: Operator, _ value: String) -> String? {
        switch meaning {
        case .atLeast: "\(value) or better"
        case .moreThan: "better than \(value)"
        case .atMost: "\(value) or lower"
        case .lessThan: "lower than \(value)"
        default: nil
        }
    }
}

/// A list of display names with a Chinese comma is one slip: the comma is the finding, the names are its note.
enum TierNames {
    static func explained(
        _ found: [Diagnostic], _ files: [YAMLFile], _ tiers: [Settings.Tier]
    ) -> [Diagnostic] {
        let sources = Dictionary(files.map { ($0.path, $0.source) }, uniquingKeysWith: { first, _ in first })
        var explained: Set<Int> = []
        var result = found
        for index in found.indices where found[index].code == "R112" {
            let list = found[index].span
            let names = found.indices.filter { other in
                let finding = found[other]
                return finding.code == "R104" && finding.path.contains("member.tier") && finding.span.file == list.file
                    && finding.span.start >= list.start && finding.span.end <= list.end
            }.filter { tier(at: found[$0].span, sources, tiers) != nil }
            guard let first = names.first, let tier = tier(at: found[first].span, sources, tiers) else { continue }
            explained.formUnion(names)
            result[index].notes.append(
                "the tiers on file are \(TierOrder.list(tiers)); `\(tier.name)` is the display name of \(tier.id)")
        }
        return result.indices.filter { !explained.contains($0) }.map { result[$0] }
    }

    /// The tier whose display name stands there.
    private static func tier(
        at span: SourceSpan, _ sources: [String: SourceText], _ tiers: [Settings.Tier]
    ) -> Settings.Tier? {
        guard let source = sources[span.file] else { return nil }
        let text = source.text(span.start.byte..<span.end.byte)
        return tiers.first { $0.name == text }
    }
}
