import Config
import Foundation
import Testing

@testable import Rules

@Suite("A code page")
struct CodePagesTests {
    @Test("has a wrong example with its code, and a right one without", arguments: FindingPages.all.map(\.code))
    func examples(_ code: String) throws {
        let page = try #require(FindingPages.page(code))
        let right = CheckedExample(page.right).findings
        #expect(!right.contains { $0.code == code }, "\(right.map(\.short))")
        #expect(!right.contains { $0.severity == .error }, "\(right.map(\.short))")
        let wrong = CheckedExample(page.wrong).findings
        #expect(Untranslated.sentences(of: right + wrong) == [])
        #expect(wrong.contains { $0.code == code } == (page.seen == .inFiles), "\(wrong.map(\.short))")
    }

    @Test("exists for every code in the sources, once")
    func complete() throws {
        let codes = FindingPages.all.map(\.code)
        #expect(Set(codes).count == codes.count)
        let sources = SchemaJudge.root.appending(path: "Sources")
        let names = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        var used: Set<String> = []
        for name in names where name.hasSuffix(".swift") && !name.contains("Generated") {
            let text = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
            for match in text.matches(of: /"([RT][0-9]{3})"/) { used.insert(String(match.1)) }
        }
        #expect(used.subtracting(codes).sorted() == [])
        #expect(used.count > 40)
    }

    @Test("says everything in both languages")
    func languages() {
        for page in FindingPages.all {
            for words in [page.title, page.meaning, page.remedy] {
                #expect(!words.english.isEmpty && words.english.utf8.allSatisfy { $0 > 0 })
                #expect(words.chinese.unicodeScalars.contains { $0.value > 0x2E80 }, "\(page.code): \(words.chinese)")
            }
        }
    }

    @Test("is printed with its examples")
    func printed() throws {
        let page = try #require(FindingPages.page("r201"))
        #expect(
            page.text(.english) == """
                R201  an unknown field

                Nothing that nudged knows of a member, an order or a cart has this name.

                Wrong (in a rule)

                    if: {member.teir: gold}

                Right (in a rule)

                    if: {member.tier: gold}

                What to do: `nudged fields` lists all of them; the shop's own are in fields.yaml.
                """)
        #expect(page.text(.chinese).contains("错误写法（规则里）\n\n    if: {member.teir: gold}"))
    }

    @Test(
        "is found by a code nearly right",
        arguments: [("R2O1", "R201"), ("201", "R201"), ("R999", "R401"), ("T02", "T002")])
    func nearest(_ typed: String, _ code: String) {
        #expect(FindingPages.page(typed) == nil)
        #expect(FindingPages.nearest(to: typed) == code)
    }
}

/// An example in a small workspace, checked like any other file.
struct CheckedExample {
    let findings: [Diagnostic]

    init(_ example: FindingPage.Example) {
        var files = [
            "settings.yaml": RuleSetSamples.settings, "templates.yaml": RuleSetSamples.templates,
            "coupons.yaml": RuleSetSamples.coupons, "segments.yaml": RuleSetSamples.segments,
            "fields.yaml": RuleSetSamples.fields,
        ].mapValues { Array($0.utf8) }
        files.merge([CheckedExample.path(example.place): CheckedExample.bytes(example)]) { $1 }
        let read = files.sorted { $0.key < $1.key }.map { YAMLReader.read(bytes: $0.value, path: $0.key) }
        let (config, rest) = (read.filter { $0.path == "nudged.yaml" }, read.filter { $0.path != "nudged.yaml" })
        let set = RuleSetReader.read(files: rest)
        let fixtures = rest.filter { $0.root.map { FileKind(of: $0) } == .members }
        var found =
            set.diagnostics
            + FixtureReader.read(
                files: fixtures, knownCustomFields: set.ruleSet?.fields ?? [],
                names: FixtureNames(set.sound, channels: ChannelDeclaration.standard)
            ).1
        found += RuleSetAdvice(set.sound, files: rest, at: .now).findings
        found += EventDataAdvice(rest, channels: ChannelDeclaration.standard, hasEveryRule: true).findings
        for file in config { found += file.diagnostics + ConfigReader.read(file).1 }
        for file in rest where file.root?["tests"] != nil {
            let (head, slips) = TestFileReader.head(file)
            found += slips
            if let head { found += TestFileReader.tests(head, TestFileReaderTests.vocabulary).1 }
        }
        for file in read { found = Suppressions(file).apply(to: found) }
        findings = found
    }

    private static func path(_ place: FindingPage.Example.Place) -> String {
        switch place {
        case .rule: "rules.yaml"
        case .test: "a.test.yaml"
        case .file(let kind), .wholeFile(let kind), .gbk(let kind): "\(kind).yaml"
        case .secondFile(let kind): "\(kind)-2.yaml"
        }
    }

    /// Of the file that `bytes` is.
    static func kind(_ place: FindingPage.Example.Place) -> SchemaKind {
        switch place {
        case .rule: .rules
        case .test: .ruleTest
        case .file(let kind), .wholeFile(let kind), .secondFile(let kind), .gbk(let kind):
            SchemaKind(rawValue: kind) ?? .rules
        }
    }

    static func bytes(_ example: FindingPage.Example) -> [UInt8] {
        switch example.place {
        case .wholeFile: return Array(example.text.utf8)
        case .secondFile("rules"): return Array(example.text.utf8)
        case .file(let kind), .secondFile(let kind): return Array((head(kind) + example.text + "\n").utf8)
        case .gbk(let kind):
            let encoding = String.Encoding(rawValue: 0x8000_0632)
            return [UInt8]((head(kind) + example.text + "\n").data(using: encoding) ?? Data())
        case .test:
            let lines = example.text.split(separator: "\n").map { "    \($0)\n" }.joined()
            let until = has("run_until", example.text) ? "" : "    run_until: \"2026-03-11\"\n"
            let text = "rules: [../rules.yaml]\nclock: {start: \"2026-03-01 00:00\"}\ntests:\n  - name: a test\n"
            return Array((head("rule-test") + text + until + lines).utf8)
        case .rule:
            var lines = example.text
            if !has("when", lines), !has("wehn", lines) { lines = "when: {event: {name: order.paid}}\n" + lines }
            if !has("do", lines), !has("experiment", lines) { lines += "\n" + RuleSetSamples.sending }
            let text = RuleSetSamples.rule(lines)
            // An example may say the purpose itself.
            return Array(
                (has("purpose", lines) ? text.replacing("    purpose: marketing\n    when", with: "    when") : text)
                    .utf8)
        }
    }

    private static func head(_ kind: String) -> String {
        switch kind {
        case "nudged": "# yaml-language-server: $schema=.nudged/nudged.v1.schema.json\nversion: 1\n"
        default: RuleSetSamples.head(kind)
        }
    }

    private static func has(_ key: String, _ lines: String) -> Bool {
        lines.split(separator: "\n").contains { $0.hasPrefix("\(key):") }
    }
}
