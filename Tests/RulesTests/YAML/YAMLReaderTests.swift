import Testing

@testable import Rules

@Suite("YAML reader")
struct YAMLReaderTests {
    private func slice(_ span: SourceSpan, of text: String) -> String {
        String(decoding: Array(text.utf8)[span.start.byte..<span.end.byte], as: UTF8.self)
    }

    @Test("an ordinary file loads without findings, with its texts as typed")
    func ordinary() throws {
        let file = Sample.read(Sample.rules)
        #expect(file.diagnostics.isEmpty)
        #expect(file.isWhole)
        let rules = try #require(file.root?["rules"]?.items)
        #expect(rules.map { $0["id"]?.text } == ["birthday-gift", "thanks"])
        #expect(rules[1]["note"]?.text == "first line\n  # no comment\n\nlast line\n")
        guard case .scalar(let at, .quoted) = rules[0]["when"]?["birthday"]?["at"]?.content else {
            Issue.record("a quoted text keeps its style")
            return
        }
        #expect(at == "09:30")
    }

    @Test(
        "no text is taken for a number, a yes or a date",
        arguments: ["010", "10:30", "no", "1e3", "2026-01-05", "12_000"])
    func untyped(text: String) {
        let file = Sample.read("a: \(text)\n")
        #expect(file.root?["a"]?.text == text)
        #expect(file.diagnostics.isEmpty)
    }

    @Test("spans cover exactly what was typed, quotes and brackets included")
    func spans() throws {
        let text = Sample.rules
        let rules = try #require(Sample.read(text).root?["rules"])
        let first = try #require(rules.items?[0])
        #expect(slice(try #require(first["when"]?["birthday"]?["at"]).span, of: text) == "\"09:30\"")
        #expect(slice(try #require(first["if"]?["member.tier"]).span, of: text) == "[silver, gold, platinum]")
        let block = slice(try #require(first["if"]).span, of: text)
        #expect(block.hasPrefix("member.status: active") && block.hasSuffix("platinum]"))
        let note = slice(try #require(rules.items?[1]["note"]).span, of: text)
        #expect(note.hasPrefix("|") && note.hasSuffix("last line"))
        #expect(slice(rules.span, of: text).hasPrefix("- id: birthday-gift"))
        #expect(slice(rules.span, of: text).hasSuffix("add_tag: thanked"))
        #expect(first.entries?[0].keySpan.start == Position(line: 7, column: 5, utf16: 4, byte: 109))
    }

    @Test("the three columns differ where characters do")
    func columns() throws {
        let file = Sample.read("a: {生日: 😀x, b: c}\n")
        let entry = try #require(file.root?["a"]?.entries?.last)
        #expect(entry.keySpan.start == Position(line: 1, column: 13, utf16: 13, byte: 19))
        #expect(entry.value.span.end == Position(line: 1, column: 17, utf16: 17, byte: 23))
    }

    @Test("a byte order mark and Windows line ends move nothing but the bytes")
    func windows() throws {
        let text = Sample.rules(replacing: "name: 生日礼遇", with: "name：生日礼遇")
        let windows =
            "\u{FEFF}" + text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        let file = Sample.read(windows)
        #expect(Sample.places(file) == ["R010 8:9"])
        #expect(file.source.bytes[file.diagnostics[0].span.start.byte] == 0xEF)
        #expect(file.diagnostics[0].span.start.utf16 == 8)
        #expect(Sample.read("\u{FEFF}" + Sample.rules).diagnostics.isEmpty)
    }

    @Test("one slip hides neither the other rules nor their findings")
    func goesOn() throws {
        let text = """
            version: 1
            rules:
              - id: first
                name：x
              - id: second
                owner: a
                owner: b
              - id: third
                when:
            \t  birthday: x
              - id: fourth
                title: "open
                note: "closed"
              - id: fifth
                title: 提醒: 生日
              - id: sixth
                when: {at: 1}
            other: [a, b
            last: 1
            """
        let file = Sample.read(text)
        #expect(Sample.places(file) == ["R010 4:9", "R013 7:5", "R011 10:1", "R012 12:12", "R018 15:14", "R012 18:8"])
        #expect(file.root?["rules"]?.items?.map { $0["id"]?.text } == ["second", "sixth"])
        #expect(file.root?["last"]?.text == "1")
        #expect(!file.isWhole)
        #expect(file.diagnostics.prefix(3).map(\.rule) == ["first", "second", "third"])
        #expect(file.diagnostics[2].path == ["rules", "2"])
    }

    @Test("of a duplicate key the first value is kept")
    func duplicate() {
        let file = Sample.read("a: 1\nb: 2\na: 3\n")
        #expect(file.root?["a"]?.text == "1")
        #expect(file.root?.entries?.count == 2)
        #expect(file.isWhole)
        #expect(file.diagnostics.map(\.message) == ["`a` is written twice in the same block"])
    }

    @Test("a list with Chinese commas is read as its writer meant it")
    func commas() throws {
        let file = Sample.read("tiers: [金卡，银卡、 铜卡, basic]\n")
        #expect(file.root?["tiers"]?.items?.map(\.text) == ["金卡", "银卡", "铜卡", "basic"])
        #expect(file.diagnostics.map(\.message) == ["this list has two items, not four"])
        #expect(Sample.read("tiers: [\"金卡，银卡\"]\n").diagnostics.isEmpty)
    }
}
