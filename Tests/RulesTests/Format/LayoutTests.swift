import Foundation
import Testing

@testable import Rules

@Suite("The layout of a file")
struct LayoutTests {
    private static let rules = "version: 1\nrules:\n"

    private static func formatted(_ text: String) -> String? {
        Layout.formatted(YAMLReader.read(bytes: Array(text.utf8), path: "rules.yaml"))
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Each line of `before` and `after` stands in the one rule of a file.
    struct Reordered: Sendable, CustomTestStringConvertible {
        var name: String
        var before: String
        var after: String
        var testDescription: String { name }
    }

    @Test(
        "puts times of day into quotes, and nothing else",
        arguments: [
            ("when: {birthday: {at: 9:30}}", "when: {birthday: {at: \"09:30\"}}"),
            ("when: {birthday: {at: 10:30}}   # 上午", "when: {birthday: {at: \"10:30\"}}   # 上午"),
            ("when: {birthday: {at: '10:30'}}", "when: {birthday: {at: '10:30'}}"),
            ("when: {birthday: {at: 25:30}}", "when: {birthday: {at: 25:30}}"),
            ("when: {inactive: {for: 90d, at: 08:00}}", "when: {inactive: {for: 90d, at: \"08:00\"}}"),
            ("name: 9:30", "name: 9:30"),
            ("if: {member.city: 10:30}", "if: {member.city: 10:30}"),
        ])
    func times(_ before: String, _ after: String) {
        #expect(Self.formatted(Self.rules + "  - id: r\n    \(before)\n") == Self.rules + "  - id: r\n    \(after)\n")
    }

    @Test("puts times of the settings into quotes, too")
    func settings() {
        #expect(
            Self.formatted("version: 1\nquiet_hours:\n  from: 21:00\n  to: 9:00\n")
                == "version: 1\nquiet_hours:\n  from: \"21:00\"\n  to: \"09:00\"\n")
    }

    @Test(
        "cleans line ends and the end of the file, and no text",
        arguments: [
            ("version: 1  \nclock: member\t\n", "version: 1\nclock: member\n"),
            ("version: 1\r\nclock: member\r\n", "version: 1\nclock: member\n"),
            ("version: 1\rclock: member", "version: 1\nclock: member\n"),
            ("version: 1\n\n\n\n", "version: 1\n"),
            ("# a remark  \n", "# a remark\n"),
            ("\u{FEFF}version: 1 ", "\u{FEFF}version: 1\n"),
            ("version: 1\nclock: \"mem  \n  ber\"  \n", "version: 1\nclock: \"mem  \n  ber\"  \n"),
            ("version: 1\nclock: |\n  a  \n\n  b \n\n", "version: 1\nclock: |\n  a  \n\n  b \n"),
            ("version: 1\nclock: |+\n  a  \n\n", "version: 1\nclock: |+\n  a  \n\n"),
            ("version: 1\nclock: |\n  a  ", "version: 1\nclock: |\n  a  "),
        ])
    func whitespace(_ before: String, _ after: String) {
        #expect(Self.formatted(before) == after)
        #expect(Self.formatted(after) == after)
    }

    @Test(
        "brings the keys of a rule into their order, with their comments",
        arguments: [
            Reordered(
                name: "a key too late", before: "id: r\nwhen: {birthday: {}}\nstatus: live   # 上线\nowner: o",
                after: "id: r\nstatus: live   # 上线\nowner: o\nwhen: {birthday: {}}"),
            Reordered(
                name: "the first key is another", before: "name: 生日\nid: r\nstatus: live",
                after: "id: r\nname: 生日\nstatus: live"),
            Reordered(
                name: "comments above a key go with it",
                before:
                    "id: r\ndo:\n  - add_tag: x\n  # inside\n\n# who\n# exactly\nif: {member.tier: gold}\nlimits:\n  once_per: lifetime",
                after:
                    "id: r\n\n# who\n# exactly\nif: {member.tier: gold}\ndo:\n  - add_tag: x\n  # inside\nlimits:\n  once_per: lifetime"
            ),
            Reordered(
                name: "a text over several lines", before: "id: r\nstatus: live\nnote: |\n  one\n\n  two",
                after: "id: r\nnote: |\n  one\n\n  two\nstatus: live"),
            Reordered(
                name: "an unknown key leaves doubt", before: "id: r\nwhen: {birthday: {}}\nstatu: live\nname: x",
                after: "id: r\nwhen: {birthday: {}}\nstatu: live\nname: x"),
            Reordered(
                name: "the new first key has comments", before: "name: x\n# 编号\nid: r",
                after: "name: x\n# 编号\nid: r"),
        ])
    func order(_ one: Reordered) {
        #expect(Self.formatted(Self.file(one.before)) == Self.file(one.after))
        #expect(Self.formatted(Self.file(one.after)) == Self.file(one.after))
    }

    private static func file(_ rule: String) -> String {
        let lines = rule.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
        return rules + "\n  # 一条规则\n  - " + lines.joined(separator: "\n").dropFirst(4)
            + "\n\n  # 下一条\n  - id: s\n    status: draft\n"
    }

    @Test("leaves a rule in one line, and a file with slips, alone")
    func doubt() {
        let line = Self.rules + "  - {status: live, id: r}\n"
        #expect(Self.formatted(line) == line)
        #expect(Self.formatted(Self.rules + "  - id：r \n    status: live\n") == nil)
    }

    @Test("changes no shipped file, and none a second time")
    func shipped() throws {
        for (_, file) in try ShippedFiles.read() {
            let bytes = try #require(Layout.formatted(file))
            #expect(bytes == file.source.bytes, "\(file.path)")
        }
    }

    @Test("of shuffled and damaged rule files is found again, with the same meaning")
    func shuffled() throws {
        let rules = try #require(try ShippedFiles.read().first { $0.kind == .rules }).file
        var random = Draw(seed: 7)
        for _ in 0..<20 {
            let text = Shuffled(rules, &random).text
            let file = YAMLReader.read(bytes: Array(text.utf8), path: rules.path)
            let bytes = try #require(Layout.formatted(file))
            let again = YAMLReader.read(bytes: bytes, path: rules.path)
            #expect(Layout.formatted(again) == bytes)
            let (before, after) = (try #require(rules.root), try #require(again.root))
            #expect(before.says(after))
            for rule in after["rules"]?.items ?? [] {
                let ranks = (rule.entries ?? []).compactMap { entry in
                    RuleKeys.rule.keys.firstIndex { $0.name == entry.key }
                }
                #expect(ranks == ranks.sorted())
            }
        }
    }
}

/// The rules of a file with the lines of their keys in another order (but for `id`, which stays first), spaces at line
/// ends and CR LF.
private struct Shuffled {
    let text: String

    init(_ file: YAMLFile, _ random: inout Draw) {
        var lines = (1...file.source.lineCount).map { file.source.line($0) }
        for rule in file.root?["rules"]?.items ?? [] {
            let entries = Array((rule.entries ?? []).dropFirst())
            var parts = entries.map { Array(lines[$0.keySpan.start.line - 1...$0.value.lastLine - 1]) }
            let start = entries[0].keySpan.start.line - 1
            let count = parts.reduce(0) { $0 + $1.count }
            guard lines[start..<start + count].elementsEqual(parts.joined()) else { continue }
            for index in parts.indices.dropFirst().reversed() { parts.swapAt(index, random.below(index + 1)) }
            lines.replaceSubrange(start..<start + count, with: parts.joined())
        }
        text = lines.map { random.below(4) == 0 && !$0.contains("\"") ? $0 + "  " : $0 }.joined(separator: "\r\n")
    }
}
