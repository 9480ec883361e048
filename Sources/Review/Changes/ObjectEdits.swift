import Kit
import Rules

/// What was edited in a template, coupon, segment or field: texts line by line, everything else key by key.
struct ObjectEdits: Sendable {
    struct Text: Sendable {
        /// `text`, `subject`, `html`.
        var key: String
        /// The lines that differ and those around them, each with `-`, `+` or a space before it.
        var lines: [String]
    }

    private(set) var texts: [Text] = []
    private(set) var differences: [RuleFacets.Difference] = []

    /// - Parameters: the object as written on each side; nil has no keys.
    init(from old: YAMLNode?, to new: YAMLNode?, say: Phrases) {
        for key in ObjectEdits.textKeys {
            let (before, after) = (old?[key]?.text ?? "", new?[key]?.text ?? "")
            if before != after { texts.append(Text(key: key, lines: ObjectEdits.lines(before, after))) }
        }
        differences = RuleFacets.differences(from: RuleFacets(old, say: say), to: RuleFacets(new, say: say))
            .filter { !ObjectEdits.textKeys.contains($0.key) }
    }

    private static let textKeys = ["text", "subject", "html"]

    private static func lines(_ before: String, _ after: String) -> [String] {
        // Past the names of the two versions and the places of the hunks.
        UnifiedDiff.of(Array(before.utf8), Array(after.utf8), path: "").split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropFirst(2).filter { !$0.hasPrefix("@@") }.map(String.init)
    }
}
