import Config
import Foundation
import Intake
import Kit
import Testing

@testable import Rules

/// The schema of mapping files beside the reader of them: what one takes, the other takes.
@Suite("The schema of mapping files")
struct MappingSchemaTests {
    /// The mappings that the pages of docs/sources show, by page and file.
    private static let shown: [(name: String, text: String)] = {
        let folder = SchemaJudge.root.appending(path: "docs/sources")
        let pages = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return pages.sorted().flatMap { page -> [(String, String)] in
            let text = (try? String(contentsOf: folder.appending(path: page), encoding: .utf8)) ?? ""
            return text.components(separatedBy: "```yaml sources/").dropFirst().map { block in
                let end = block.range(of: "\n```")?.lowerBound ?? block.endIndex
                let lines = block[..<end].split(separator: "\n", omittingEmptySubsequences: false)
                return ("\(page) \(lines[0])", lines.dropFirst().joined(separator: "\n") + "\n")
            }
        }
    }()

    @Test("accepts every mapping of the pages, each of which names it in the first line")
    func pages() throws {
        #expect(Self.shown.count >= 10)
        for (name, text) in Self.shown {
            #expect(
                text.hasPrefix("# yaml-language-server: $schema=../.nudged/mapping.v1.schema.json\n"), "\(name)")
            let file = YAMLReader.read(bytes: Array(text.utf8), path: name)
            #expect((file.diagnostics + MappingReader.read(file).1).filter { $0.severity == .error } == [], "\(name)")
        }
        let cases = Self.shown.map { SchemaJudge.Case(kind: .mapping, yaml: Array($0.text.utf8)) }
        guard let errors = try SchemaJudge().errors(of: cases) else { return }
        for (shown, errors) in zip(Self.shown, errors) { #expect(errors.isEmpty, "\(shown.name): \(errors)") }
    }

    private static let refused = [
        "messages: []",
        "token: {in: \"query:t\"}\nsignature: {in: \"header:S\", algorithm: md5, of: [body, secret]}\nmessages: []",
        "token: {in: token}\nmessages: []", "token: {in: \"query:t\"}\nid: id\nmessages: []",
        "token: {in: \"query:t\"}\ndecode: [{at: /m, as: base64}]\nmessages: []",
        "token: {in: \"query:t\"}\nmessages: [{when: {/a: b}}]",
        "token: {in: \"query:t\"}\nmessages: [{ignore: true, rows: []}]",
        "token: {in: \"query:t\"}\nmessages: [{rows: [{ordr: {id: /o}}]}]",
        "token: {in: \"query:t\"}\nmessages: [{rows: [{refund: {order_id: {at: /o, value: x}, member_id: /m}}]}]",
        "token: {in: \"query:t\"}\nmessages: [{rows: [{refund: {member_id: /m}}]}]",
        "token: {in: \"query:t\"}\nmessages: [{rows: [{points: {id: /i, member_id: /m, points: {at: /p, unit: cent}}}]}]",
    ]

    @Test("refuses what the reader refuses")
    func slips() throws {
        let texts = Self.refused.map { "version: 1\n\($0)\n" }
        for text in texts {
            let file = YAMLReader.read(bytes: Array(text.utf8), path: "sources/a.yaml")
            #expect(MappingReader.read(file).1.contains { $0.severity == .error }, "\(text)")
        }
        let cases = texts.map { SchemaJudge.Case(kind: .mapping, yaml: Array($0.utf8)) }
        guard let errors = try SchemaJudge().errors(of: cases) else { return }
        for (text, errors) in zip(texts, errors) { #expect(!errors.isEmpty, "\(text)") }
    }
}
