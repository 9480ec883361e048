@testable import Kit
import Foundation
import Testing

@testable import Rules

/// One folder of Tests/RulesTests/corpus: rule files with one slip, what is printed about them, and where a fix is
/// offered the file after it. They are checked beside the settings, templates, coupons and segments of rules/.
struct CorpusCase: CustomTestStringConvertible, Sendable {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "corpus")

    var name: String
    var testDescription: String { name }

    static let all: [CorpusCase] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.sorted().map(CorpusCase.init)
    }()

    func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: CorpusCase.root.appending(path: name).appending(path: path)))
    }

    /// Nil when the case has no such file.
    func text(_ path: String) -> String? { (try? bytes(path)).map { String(decoding: $0, as: UTF8.self) } }

    func files() throws -> [YAMLFile] {
        let folder = CorpusCase.root.appending(path: name).appending(path: "rules")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.map { YAMLReader.read(bytes: try bytes("rules/\($0)"), path: "rules/\($0)") }
    }
}

/// The wording of qa-tools §3.3. Example 13 counts members and is tested with a store.
@Suite("The corpus of printed findings")
struct CorpusTests {
    private static func shop() throws -> [YAMLFile] {
        let root = SchemaJudge.root
        return try ["settings", "templates", "coupons", "segments"].map { kind in
            let path = "rules/\(kind).yaml"
            return YAMLReader.read(bytes: [UInt8](try Data(contentsOf: root.appending(path: path))), path: path)
        }
    }

    private static func check(_ files: [YAMLFile]) throws -> [Diagnostic] {
        let given = Set(files.map(\.path))
        return try RuleSetReader.read(files: shop().filter { !given.contains($0.path) } + files).diagnostics
            .filter { given.contains($0.span.file) }
    }

    private func printed(_ files: [YAMLFile], _ language: Language) throws -> String {
        let sources = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.source) })
        return FindingsText.render(try Self.check(files), sources: sources, language: language)
    }

    @Test("is there")
    func isThere() { #expect(CorpusCase.all.count >= 16) }

    @Test("is printed to the letter", arguments: CorpusCase.all)
    func english(_ example: CorpusCase) throws {
        #expect(try printed(example.files(), .english) == example.text("expected.txt"))
    }

    @Test(
        "is printed to the letter in Chinese", arguments: CorpusCase.all.filter { $0.text("expected.zh-CN.txt") != nil }
    )
    func chinese(_ example: CorpusCase) throws {
        #expect(try printed(example.files(), .chinese) == example.text("expected.zh-CN.txt"))
    }

    @Test("has no sentence without its Chinese", arguments: CorpusCase.all)
    func translated(_ example: CorpusCase) throws {
        #expect(Untranslated.sentences(of: try Self.check(example.files())) == [])
    }

    @Test("is fixed where a fix is offered, and clean then", arguments: CorpusCase.all)
    func fixes(_ example: CorpusCase) throws {
        let files = try example.files()
        let found = try Self.check(files)
        guard let fixed = example.text("fixed.yaml") else {
            #expect(found.allSatisfy { $0.fix.isEmpty })
            return
        }
        let bytes = SafeFixes.apply(found, to: files[0].source.bytes).bytes
        #expect(String(decoding: bytes, as: UTF8.self) == fixed)
        #expect(try Self.check([YAMLReader.read(bytes: bytes, path: files[0].path)]).map(\.short) == [])
    }
}
