import Kit

/// Reads rule test files: first the names of things outside them, then, once these are loaded, their tests.
package enum TestFileReader {
    /// Nil when the file is no block of keys at all. Findings that the file has already are not repeated.
    package static func head(_ file: YAMLFile) -> (TestFileHead?, [Diagnostic]) {
        guard let root = file.root else { return (nil, []) }
        var findings = Findings()
        findings.isWhole = file.isWhole
        let schema = FileKind.schemaFinding(in: file.source, schema: FileKind.tests.schema, depth: "../../.nudged/")
        findings.append(schema.map { [$0] } ?? [])
        guard let block = BlockReader(root, TestFileKeys.file, &findings) else { return (nil, findings.all) }
        _ = block.int("version", &findings)
        let tests = block.list("tests", &findings) { $1 } ?? []
        if tests.isEmpty, let node = block["tests"], node.items != nil {
            findings.report("T014", "this file has no test", at: block.span(of: "tests"), key: "tests")
        }
        let head = TestFileHead(
            file: file, rules: block.placed("rules", &findings) ?? [], only: block.placed("only", &findings),
            fixtures: block.placed("fixtures", &findings) ?? [], reloads: reloads(tests), tests: tests)
        return (head, findings.all)
    }

    private static func reloads(_ tests: [YAMLNode]) -> [PlacedText] {
        tests.flatMap { test -> [PlacedText] in
            let places = (test["timeline"]?.items ?? []).compactMap { $0["reload_rules"] }
            let cases = (test["cases"]?.items ?? []).flatMap { $0.entries ?? [] }
            let named = cases.filter { entry in places.contains { $0.text == "{\(entry.key)}" } }.map(\.value)
            return (places + named).compactMap { node in
                guard let text = node.text, !node.isNull, !["true", "false"].contains(text), !text.hasPrefix("{")
                else { return nil }
                return PlacedText(text, node.span)
            }
        }
    }

    /// Every test that could be read; with an error among the findings the file must not run.
    package static func tests(_ head: TestFileHead, _ vocabulary: TestFileVocabulary) -> ([RuleTest], [Diagnostic]) {
        var findings = Findings()
        guard let root = head.file.root, let block = BlockReader(root, TestFileKeys.file, &findings) else {
            return ([], [])
        }
        // The head has reported what is wrong with the outermost keys.
        findings = Findings()
        let clock =
            block.block("clock", &findings) { TestFileClock($0, vocabulary.zone, &$1) }
            ?? TestFileClock(vocabulary.zone)
        var names = TestFileNames(vocabulary)
        let failing = names.failing(block, &findings)
        names.check(only: head.only ?? [], &findings)
        var seen: [String: SourceSpan] = [:]
        let tests: [RuleTest] = findings.inside("tests") { findings in
            findings.within(TestFileKeys.file) { findings in
                findings.each(head.tests) { findings, node in
                    let cases = TestFileCases(node, names, clock, failing: failing)
                    let test = cases.read(&findings)
                    if let test { twice(test, node, &seen, findings: &findings) }
                    return test
                }
            }
        }
        return (tests, findings.all)
    }

    private static func twice(
        _ test: RuleTest, _ node: YAMLNode, _ seen: inout [String: SourceSpan], findings: inout Findings
    ) {
        let span = node["name"]?.span ?? node.span
        if let first = seen[test.name] {
            findings.report(
                "T022", "two tests have the name `\(test.name)`", at: span,
                related: [.init(first, "the other")], help: ["give each its own, so that `--run` can tell them apart"],
                key: "name")
        }
        seen[test.name] = span
    }
}

/// `clock: {start, timezone}` of the file, parts of which a test can replace.
struct TestFileClock {
    var start: Instant?
    var zone: Zone
    /// True where a misspelt key holds the start.
    var isUnread = false

    init(_ zone: Zone) { self.zone = zone }

    init(_ block: BlockReader, _ standard: Zone, _ findings: inout Findings) {
        zone = block.read("timezone", &findings) { $0.zone($1) } ?? standard
        start = TestFileClock.instant(block, "start", zone, findings: &findings)
        isUnread = block.misspelt["start"] != nil
    }

    /// The clock with the parts that a test states instead.
    func changed(by block: BlockReader, _ findings: inout Findings) -> TestFileClock {
        var clock = TestFileClock(block, zone, &findings)
        if clock.start == nil { (clock.start, clock.isUnread) = (start, clock.isUnread || isUnread) }
        return clock
    }

    static func instant(
        _ block: BlockReader, _ key: String, _ zone: Zone, findings: inout Findings
    ) -> Instant? {
        block.read(key, &findings) { $0.timePoint($1)?.instant(in: zone) }
    }
}

extension BlockReader {
    /// A list of texts, or one text, each with its place.
    func placed(_ key: String, _ findings: inout Findings) -> [PlacedText]? {
        read(key, &findings) { findings, node in
            if node.text != nil { return findings.text(node).map { [PlacedText($0, node.span)] } }
            guard let items = findings.items(node) else { return nil }
            return findings.each(items) { findings, item in findings.text(item).map { PlacedText($0, item.span) } }
        }
    }
}
