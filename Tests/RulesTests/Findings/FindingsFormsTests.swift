@testable import Kit
import Testing

@testable import Rules

@Suite("Findings for machines")
struct FindingsFormsTests {
    private let source = SourceText("if: 1\nmember.teir: x\n", path: "rules/a.yaml")

    private var finding: Diagnostic {
        Diagnostic(
            "R201", .error, "there is no field `member.teir`", at: source.span(6..<17),
            help: ["did you mean `member.tier`?"],
            fix: [.init(start: 6, end: 17, text: "member.tier")], rule: "birthday-gift",
            path: ["rules", "0", "if", "member.teir"])
    }

    @Test("JSON has the documented keys, and digits in a path are numbers")
    func json() {
        #expect(
            FindingsJSON.render([finding], files: 2, rules: 10) == """
                {"version":1,"summary":{"errors":1,"warnings":0,"files":2,"rules":10},"diagnostics":[\
                {"code":"R201","severity":"error","message":"there is no field `member.teir`",\
                "file":"rules/a.yaml","rule":"birthday-gift","path":["rules",0,"if","member.teir"],\
                "range":{"start":{"line":2,"column":1,"utf16":0,"byte":6},\
                "end":{"line":2,"column":12,"utf16":11,"byte":17}},\
                "label":"","related":[],"help":["did you mean `member.tier`?"],"notes":[],\
                "fix":{"safe":true,"edits":[{"start":6,"end":17,"text":"member.tier"}]}}]}\n
                """)
        #expect(FindingsJSON.render([], files: 0, rules: 0).contains("\"diagnostics\":[]"))
        let bare = Diagnostic("R101", .warning, "m", at: .top(of: "a"))
        #expect(FindingsJSON.render([bare], files: 1, rules: 0).contains("\"rule\":null,\"path\":[]"))
        #expect(FindingsJSON.render([bare], files: 1, rules: 0).contains("\"fix\":null"))
    }

    @Test("JSON texts are escaped")
    func escapes() {
        let value: JSONText = .object([
            "a\"b": .list([.text("\\ \n\u{1}\u{2028}生"), .int(-1), .number(1.5), .number(.nan), .bool(true)])
        ])
        #expect(value.rendered == #"{"a\"b":["\\ \n\u0001\u2028生",-1,1.5,null,true]}"#)
    }

    @Test("all forms have the same order: file, place, code")
    func order() {
        let at = { (file: String, byte: Int, code: String) in
            Diagnostic(
                code, .warning, "m",
                at: SourceSpan(
                    file: file, start: Position(line: 1, column: byte + 1, utf16: byte, byte: byte), end: .start))
        }
        let mixed = [at("b", 0, "R101"), at("a", 5, "R211"), at("a", 5, "R103"), at("a", 1, "R999")]
        #expect(
            FindingsShort.render(mixed) == """
                a:1:2: warning[R999] m
                a:1:6: warning[R103] m
                a:1:6: warning[R211] m
                b:1:1: warning[R101] m

                """)
    }

    @Test("GitHub commands keep their separators out of the texts")
    func github() {
        var odd = finding
        odd.span.file = "a,b:c.yaml"
        odd.message = "100%\nsure"
        odd.help = []
        #expect(FindingsGitHub.render([odd]) == "::error file=a%2Cb%3Ac.yaml,line=2,col=1,title=R201::100%25%0Asure\n")
    }

    @Test("JUnit fails a file by its errors, and lists clean files")
    func junit() {
        var warning = finding
        warning.severity = .warning
        warning.span.file = "rules/<b>.yaml"
        let text = FindingsJUnit.render([finding, warning], files: ["rules/a.yaml", "rules/c.yaml"])
        #expect(text.contains("<testsuites name=\"nudged check\" tests=\"3\" failures=\"1\">"))
        #expect(
            text.contains(
                "<failure type=\"R201\" message=\"there is no field `member.teir`\">rules/a.yaml:2:1: error[R201]"))
        #expect(text.contains("name=\"rules/&lt;b&gt;.yaml\">\n<system-out>"))
        #expect(text.contains("<testcase classname=\"check\" name=\"rules/c.yaml\"/>"))
    }

    @Test("SARIF carries places in code points and the fix")
    func sarif() {
        let text = FindingsSARIF.render([finding], sources: [source.path: source])
        #expect(text.contains("\"version\":\"2.1.0\""))
        #expect(text.contains("\"columnKind\":\"unicodeCodePoints\""))
        let region = #"{"startLine":2,"startColumn":1,"endLine":2,"endColumn":12}"#
        #expect(text.contains(#""artifactLocation":{"uri":"rules/a.yaml"},"region":"# + region))
        #expect(text.contains(#""deletedRegion":"# + region + #","insertedContent":{"text":"member.tier"}"#))
    }
}

@Suite("Suggestion")
struct SuggestionTests {
    @Test(
        "the nearest word within a third of the length, or none",
        arguments: [
            ("wehn", "when"), ("member.teir", "member.tier"), ("Status", "status"), ("quite_hours", "quiet_hours"),
            ("at", nil), ("x", nil), ("unheard_of", nil), ("birthdya", "birthday"),
        ] as [(String, String?)])
    func nearest(typed: String, known: String?) {
        let words = ["when", "member.tier", "status", "quiet_hours", "birthday"]
        #expect(Suggestion.nearest(to: typed, among: words) == known)
    }
}
