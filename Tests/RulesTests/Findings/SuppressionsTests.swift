import Testing

@testable import Rules

@Suite("Suppressions")
struct SuppressionsTests {
    private func apply(
        _ text: String, _ findings: [(String, Diagnostic.Severity, Int)], asked: Set<String> = ["R211"]
    ) -> [String] {
        let file = Sample.read(text)
        let made = findings.map { code, severity, line in
            Diagnostic(code, severity, "m", at: file.source.span(file.source.range(ofLine: line)))
        }
        return Suppressions(file).apply(to: made, asked: asked).map { "\($0.code) \($0.span.start.line) \($0.message)" }
    }

    @Test("a comment on the line, or alone above it, silences the warning")
    func silences() {
        #expect(apply("a: 1  # nudged: allow R211 domestic\nb: 2\n", [("R211", .warning, 1)]) == [])
        #expect(apply("# nudged: allow R211 domestic\n# more\na: 1\n", [("R211", .warning, 3)]) == [])
    }

    @Test("another code, another line and an error stay, and the comment is reported as unused")
    func stays() {
        #expect(
            apply("a: 1  # nudged: allow R211 domestic\nb: 2\n", [("R211", .warning, 2)])
                == ["R021 1 this comment allows `R211`, and line 1 has no such finding", "R211 2 m"])
        #expect(
            apply("a: 1  # nudged: allow R201 known\n", [("R201", .error, 1)])
                == ["R201 1 m", "R021 1 `R201` is an error, and only warnings can be allowed"])
    }

    @Test("where no store was asked, a comment about what only a store shows is not unused")
    func notAsked() {
        #expect(apply("a: 1  # nudged: allow R211 domestic\n", [], asked: []) == [])
        #expect(apply("a: 1  # nudged: allow R211 domestic\n", []).map { $0.prefix(4) } == ["R021"])
        #expect(apply("a: 1  # nudged: allow R211\n", [], asked: []).map { $0.prefix(4) } == ["R021"])
    }

    @Test("a file that is not UTF-8 has one finding: its comments have no sure place")
    func notUTF8() {
        let bytes = Array("a: 1\nb: ".utf8) + [0x91, 0x91] + Array("  # nudged: allow R42 ".utf8) + [0xC9, 0xFA]
        let file = YAMLReader.read(bytes: bytes, path: "rules/a.yaml")
        #expect(Suppressions(file).apply(to: file.diagnostics).map(\.code) == ["R001"])
    }

    @Test("without a reason nothing is silenced")
    func reason() {
        #expect(
            apply("a: 1  # nudged: allow R211\n", [("R211", .warning, 1)])
                == ["R211 1 m", "R021 1 this comment allows `R211` without a reason"])
    }

    @Test("only comments count, not texts that look like one")
    func texts() {
        #expect(apply("a: \"x # nudged: allow R211 y\"\nb: |\n  # nudged: allow R211 y\n", []) == [])
    }
}
