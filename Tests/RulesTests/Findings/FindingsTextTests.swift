@testable import Kit
import Testing

@testable import Rules

@Suite("Findings as text")
struct FindingsTextTests {
    private func print(_ file: YAMLFile, _ language: Language = .english) -> String {
        FindingsText.render(file.diagnostics, sources: [file.path: file.source], language: language)
    }

    @Test("in Chinese: same code, same layout")
    func chinese() {
        let text = print(Sample.read("a: 1\na: 2\n"), .chinese)
        #expect(
            text == """
                错误[R013]: 同一个块里写了两次 `a`
                 --> rules/lifecycle.yaml:2:1
                  |
                1 | a: 1
                  | - 第一次在这里
                2 | a: 2
                  | ^ 又写在这里
                  = 建议: 请只保留其中一个，程序不会替您选择

                """)
    }

    @Test("notes stand before help only where they explain the finding, and other files are named")
    func remarks() {
        let source = SourceText("id: x\n", path: "a.yaml")
        let finding = { (code: String) in
            Diagnostic(
                code, .error, "m", at: source.span(4..<5), related: [.init(.top(of: "b.yaml"), "first used")],
                help: ["h"], notes: ["n"])
        }
        let print = { (code: String) in
            FindingsText.render([finding(code)], sources: ["a.yaml": source]).split(separator: "\n").suffix(3)
        }
        #expect(print("R240") == [" ::: b.yaml:1:1: first used", "  = note: n", "  = help: h"])
        #expect(print("R101") == [" ::: b.yaml:1:1: first used", "  = help: h", "  = note: n"])
    }

    @Test("control and direction characters are never printed, and colour only on request")
    func hygiene() {
        let source = SourceText("a: \u{202E}x\u{1B}[0m\tb\n", path: "a.yaml")
        let finding = Diagnostic("R103", .error, "m", at: source.span(3..<7))
        let plain = FindingsText.render([finding], sources: ["a.yaml": source])
        #expect(!plain.unicodeScalars.contains("\u{202E}") && !plain.unicodeScalars.contains("\u{1B}"))
        #expect(plain.contains("1 | a: \u{FFFD}x\u{FFFD}[0m    b\n"))
        #expect(FindingsText.render([finding], sources: [:], colour: true).contains("\u{1B}[1;31merror[R103]"))
    }

    @Test(
        "the verdict counts",
        arguments: [
            (2, 1, 3, "2 errors, 1 warning in 1 of 3 files."), (0, 1, 1, "1 warning in 1 of 1 file."),
            (0, 0, 3, "no findings in 3 files."),
        ])
    func verdict(errors: Int, warnings: Int, files: Int, line: String) {
        let make = { (severity: Diagnostic.Severity) in Diagnostic("R101", severity, "m", at: .top(of: "a.yaml")) }
        let all = (0..<errors).map { _ in make(.error) } + (0..<warnings).map { _ in make(.warning) }
        #expect(FindingsVerdict(all, files: files).line() == line)
    }
}
