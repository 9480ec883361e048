import Testing

@testable import Rules

@Suite("Findings as text")
struct FindingsTextTests {
    private func print(_ file: YAMLFile, _ language: Language = .english) -> String {
        FindingsText.render(file.diagnostics, sources: [file.path: file.source], language: language)
    }

    @Test("a GBK file")
    func encoding() {
        let parts = Sample.rules.components(around: "生日礼遇")
        let bytes = Array(parts.0.utf8) + [0xC9, 0xFA, 0xC8, 0xD5, 0xC0, 0xF1, 0xD3, 0xF6] + Array(parts.1.utf8)
        #expect(
            print(YAMLReader.read(bytes: bytes, path: "rules/lifecycle.yaml")) == """
                error[R001]: this file is not saved as UTF-8
                 --> rules/lifecycle.yaml:8:11 (byte 137)
                  = note: the bytes C9 FA here are not UTF-8; read as GBK the line is `name: 生日礼遇`
                  = help: save the file again with encoding UTF-8, or run `nudged fmt --from gbk rules/lifecycle.yaml`

                """)
    }

    @Test("a full-width colon, with the line below it")
    func fullWidthColon() {
        #expect(
            print(Sample.read(Sample.rules(replacing: "name: 生日礼遇", with: "name：生日礼遇"))) == """
                error[R010]: a full-width colon does not separate a key from its value
                 --> rules/lifecycle.yaml:8:9
                  |
                8 |     name：生日礼遇
                  |         ^^ this is U+FF1A, the Chinese colon
                9 |     status: live
                  = help: write an ASCII colon and a space:  name: 生日礼遇
                  = fix:  available (nudged fmt --fix)

                """)
    }

    @Test("broken indentation, with the block that was meant")
    func indentation() {
        #expect(
            print(Sample.read(Sample.rules(replacing: "        at: \"09:30\"", with: "       at: \"09:30\""))) == """
                error[R012]: this line fits no open block
                  --> rules/lifecycle.yaml:15:8
                   |
                14 |         days_before: 3
                   |         ----------- the lines of `birthday` start in column 9
                15 |        at: "09:30"
                   |        ^^ starts in column 8
                   = help: move `at` one column to the right so that it lines up with `days_before`

                """)
    }

    @Test("a duplicate key, with both places and a gap between them")
    func duplicate() {
        let text = Sample.rules(
            replacing: "calendar: as_recorded        # solar or lunar", with: "calendar: lunar\n        at: \"10:00\"")
        #expect(
            print(Sample.read(text)) == """
                error[R013]: `at` is written twice in the same block
                  --> rules/lifecycle.yaml:17:9
                   |
                15 |         at: "09:30"
                   |         -- first here
                ...
                17 |         at: "10:00"
                   |         ^^ and again here
                   = help: keep one of the two; nothing is chosen for you

                """)
    }

    @Test("a list with a Chinese comma, underlined in display columns")
    func comma() {
        #expect(
            print(Sample.read(Sample.rules(replacing: "[silver, gold, platinum]", with: "[金卡，银卡]"))) == """
                error[R112]: this list has one item, not two
                  --> rules/lifecycle.yaml:19:21
                   |
                19 |       member.tier: [金卡，银卡]
                   |                     ^^^^^^^^^^ one item, because `，` (U+FF0C) does not separate items
                   = help: use an ASCII comma:  [金卡, 银卡]

                """)
    }

    @Test("a text cut at a number sign, in a wide margin")
    func cut() {
        let text = String(repeating: "#\n", count: 169) + "          title: 回访会员 #高价值\n"
        #expect(
            print(Sample.read(text)) == """
                warning[R114]: the text ends at ` #`; the rest is read as a comment
                   --> rules/lifecycle.yaml:170:23
                    |
                170 |           title: 回访会员 #高价值
                    |                           ^^^^^^^ lost
                    = help: quote the text:  title: "回访会员 #高价值"
                    = fix:  available (nudged fmt --fix)

                """)
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
                  = 建议: 请只保留其中一个,程序不会替您选择

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

extension String {
    fileprivate func components(around text: String) -> (String, String) {
        guard let range = firstRange(of: text) else { return (self, "") }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }
}
