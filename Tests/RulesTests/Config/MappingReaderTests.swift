import Intake
import Kit
import Testing

@testable import Rules

private func read(_ text: String) -> (SourceMapping?, [Diagnostic]) {
    let file = YAMLReader.read(bytes: Array(text.utf8), path: "sources/shop.yaml")
    let (mapping, found) = MappingReader.read(file)
    #expect(Untranslated.sentences(of: found) == [])
    return (mapping, file.diagnostics + found)
}

/// A mapping without a fault, one key a line, whose lines a test replaces.
private let lines = [
    "version: 1", "token: {in: \"query:token\"}", "decode: [{at: /msg, as: url_json}]", "id: /id",
    "varies: [/count]", "zone: Asia/Shanghai", "skip: {/test: \"true\"}", "answer: {body: ok}",
    "messages: [{when: {/type: paid}, rows: [{order: {id: /o, member_id: /m, paid_at: /t, total: /s}}]}]",
]

@Suite("Mapping files")
struct MappingReaderTests {
    @Test("a mapping without a fault is read, whatever is left out of it")
    func sound() {
        #expect(read(lines.joined(separator: "\n")).1.isEmpty)
        let (mapping, found) = read([lines[0], lines[1], lines[8]].joined(separator: "\n"))
        #expect(mapping?.answer == SourceMapping.Answer() && found.isEmpty)
    }

    struct Slip: CustomTestStringConvertible, Sendable {
        var line: Int
        var text: String
        var code: String
        var says: String
        var testDescription: String { text }

        init(_ line: Int, _ text: String, _ code: String, says: String) {
            (self.line, self.text, self.code, self.says) = (line, text, code, says)
        }
    }

    @Test(
        "a slip is found at its line, with what to write; the mapping is not used",
        arguments: [
            Slip(2, "tokn: {in: \"query:token\"}", "R101", says: "tokn"),
            Slip(2, "zone: Asia/Shanghai\nzzz: 1", "R101", says: "zzz"),
            Slip(2, "token: {in: token}", "R104", says: "place in the request"),
            Slip(2, "token: {in: \"query:\"}", "R104", says: "place in the request"),
            Slip(2, "signature: {in: \"header:S\", algorithm: md5, of: [body]}", "R104", says: "anybody could make"),
            Slip(2, "signature: {in: \"header:S\", algorithm: md4, of: [body, secret]}", "R104", says: "md4"),
            Slip(2, "signature: {in: \"header:S\", algorithm: md5, of: [boddy, secret]}", "R104", says: "boddy"),
            Slip(2, "signature: {algorithm: md5, of: [body, secret]}", "R102", says: "`in` is missing"),
            Slip(3, "decode: [{at: msg, as: url_json}]", "R104", says: "place in the message"),
            Slip(3, "decode: [{at: /msg, as: base64}]", "R104", says: "base64"),
            Slip(4, "id: id", "R104", says: "place in the message"),
            Slip(6, "zone: Shanghai", "R104", says: "not a time zone"),
            Slip(7, "skip: [/test]", "R103", says: "places and their texts"),
            Slip(7, "skip: {test: \"true\"}", "R104", says: "place in the message"),
            Slip(8, "answer: {bdy: ok}", "R101", says: "bdy"),
            Slip(9, "messages: {}", "R103", says: "a list"),
            Slip(9, "messages: [{when: {/type: paid}}]", "R102", says: "ignore: true"),
            Slip(9, "messages: [{ignore: true, rows: []}]", "R102", says: "ignore: true"),
            Slip(9, "messages: [{rows: [{ordr: {id: /o}}]}]", "R101", says: "ordr"),
            Slip(
                9, "messages: [{rows: [{refund: {order_id: /o, member_id: /m}, member: {id: /m}}]}]", "R106",
                says: "exclude"),
            Slip(9, "messages: [{rows: [{order: {id: /o, member_id: /m, total: /s}}]}]", "R102", says: "paid_at"),
            Slip(
                9, "messages: [{rows: [{order: {id: /o, member: /m, paid_at: /t, total: /s}}]}]", "R101", says: "member"
            ),
            Slip(9, "messages: [{rows: [{refund: {order_id: o, member_id: /m}}]}]", "R104", says: "{value: o}"),
            Slip(9, "messages: [{rows: [{refund: {order_id: {}, member_id: /m}}]}]", "R102", says: "`at` or `value`"),
            Slip(
                9, "messages: [{rows: [{refund: {order_id: {at: /o, value: x}, member_id: /m}}]}]", "R106",
                says: "exclude"),
            Slip(
                9, "messages: [{rows: [{points: {id: /i, member_id: /m, points: {at: /p, unit: cent}}}]}]", "R104",
                says: "cent"),
            Slip(
                9, "messages: [{rows: [{member: {id: /m, gender: {at: /g, words: [M]}}}]}]", "R103",
                says: "words of the source"),
            Slip(
                9, "messages: [{rows: [{order: {id: /o, member_id: /m, paid_at: /t, total: /s, items: {sku: /k}}}]}]",
                "R102", says: "each"),
        ])
    func slips(slip: Slip) {
        var lines = lines
        lines[slip.line - 1] = slip.text
        let (mapping, found) = read(lines.joined(separator: "\n"))
        #expect(mapping == nil)
        let fitting = found.filter {
            $0.code == slip.code && ([$0.message] + $0.help).contains { $0.contains(slip.says) }
        }
        #expect(!fitting.isEmpty, "\(found.map { "\($0.code) \($0.message) \($0.help)" })")
        #expect(fitting.allSatisfy { $0.span.start.line >= slip.line && $0.span.file == "sources/shop.yaml" })
    }

    @Test("without a signature or a token there is no mapping, and a signature of all but the body is warned of")
    func proof() {
        let (mapping, found) = read([lines[0], lines[8]].joined(separator: "\n"))
        #expect(mapping == nil && found.map(\.code) == ["R102"] && found[0].message.contains("anybody could send"))
        let weak = "signature: {in: \"query:sign\", algorithm: sha1, of: [/ts, secret]}"
        let (second, warned) = read([lines[0], weak, lines[8]].joined(separator: "\n"))
        #expect(second != nil && warned.map(\.severity) == [.warning])
    }
}
