import Testing

@testable import Rules

struct SlipCase: CustomTestStringConvertible, Sendable {
    var text: String
    var place: String
    var message: String
    var testDescription: String { "\(place) \(message)" }

    init(_ text: String, _ place: String, _ message: String) {
        self.text = text
        self.place = place
        self.message = message
    }
}

@Suite("Slips of typing")
struct SlipTests {
    private static let colon = "a colon without a space after it does not separate a key from its value"
    private static let fullWidth = "a full-width colon does not separate a key from its value"
    private static let space = "this line is indented with a space that is not the ASCII space"

    private static let cases = [
        SlipCase("a: 1\nname：x\nb: 2\n", "R010 2:5", fullWidth),
        SlipCase("do:\n  - sms：x\n", "R010 2:8", fullWidth),
        SlipCase("fill: {name：x}\n", "R010 1:12", fullWidth),
        SlipCase("a:\n  push：{type: log}\n", "R010 2:7", fullWidth),
        SlipCase("a:\n  - id： [b: 1]\n", "R010 2:7", fullWidth),
        SlipCase("a:\n\tb: 1\n", "R011 2:1", "a tab indents this line"),
        SlipCase("a:\n    b: 1\n   c: 2\n", "R012 3:4", "this line fits no open block"),
        SlipCase("a:\n  b: 1\n    c: 2\n", "R012 3:5", "this line fits no open block"),
        SlipCase("a:\n  - b\n  c: 1\n", "R012 3:3", "`c` stands among the items of `a` and has no dash"),
        SlipCase("a:\n  b: 1\n  - c\n", "R012 3:3", "a list item stands among the keys of `a`"),
        SlipCase("a: \"open\nb: 1\n", "R012 1:4", "the quote opened here is never closed"),
        SlipCase(
            "a: \"x\\qy\"\n", "R012 1:6",
            "a backslash inside double quotes is followed by a character that it cannot escape"),
        SlipCase("a: [1, 2\nb: 1\n", "R012 1:4", "the `[` opened here is not closed"),
        SlipCase("a: - b\n", "R012 1:4", "a list item stands on the line of its key"),
        SlipCase("a: 1\nb: 2\na: 3\n", "R013 3:1", "`a` is written twice in the same block"),
        SlipCase(
            "a: &x 1\n", "R014 1:4", "`&x` names a block to be used again, and rule files use none again"),
        SlipCase(
            "a: *重要*\n", "R014 1:4", "`*重要*` stands for a block written elsewhere, and rule files have no such thing"),
        SlipCase("a: !!str 1\n", "R014 1:4", "`!!str` is a YAML tag, and rule files have none"),
        SlipCase(
            "a:\n  <<: {b: 1}\n", "R014 2:3",
            "`<<` pulls in a block written elsewhere, and rule files have no such thing"),
        SlipCase("a:\n\u{3000}\u{3000}b:\n    c: 1\n", "R015 2:1", space),
        SlipCase("a:\n\u{A0}\u{A0}b: 1\n", "R015 2:1", space),
        SlipCase(
            "do:\n  -send: x\n", "R016 2:3", "`-send` is no list item: a dash without a space is part of the word"),
        SlipCase("do:\n  -sms\n", "R016 2:3", "`-sms` is no list item: a dash without a space is part of the word"),
        SlipCase("name: {{ code }}\n", "R017 1:7", "`{{ code }}` without quotes is a block, not text"),
        SlipCase("name: {{ code }} 你好\n", "R017 1:7", "`{{ code }}` without quotes is a block, not text"),
        SlipCase("a: 1\nat:\"09:30\"\nb: 1\n", "R018 2:3", colon),
        SlipCase("try:\n  - id:x\n", "R018 2:7", colon),
        SlipCase("try: {sms:x}\n", "R018 1:10", colon),
        SlipCase("a: 提醒: 生日\n", "R018 1:6", "a second colon with a space stands in this line"),
        SlipCase(
            "a: 1\nfoo bar\nb: 1\n", "R018 2:1", "this line has no colon, so it is neither a key nor a list item"),
        SlipCase("a: @x\n", "R018 1:4", "an unquoted text cannot begin with this character"),
        SlipCase("a: 1\n---\nb: 1\n", "R019 2:1", "a second document begins here, and a file holds one"),
        SlipCase("a: 1\u{0}\n", "R019 1:5", "a NUL byte stands in this file"),
        SlipCase("a: \u{7}\n", "R019 1:4", "a control character stands in this file"),
        SlipCase("", "R020 1:1", "this file is empty"),
        SlipCase("# only\n", "R020 1:1", "this file has nothing but comments"),
        SlipCase("a: {times: 1，in: 1d}\n", "R112 1:13", "`，` does not separate one entry from the next"),
        SlipCase("a: 满减 #优惠\n", "R114 1:7", "the text ends at ` #`; the rest is read as a comment"),
        SlipCase("a: #优惠\n", "R114 1:4", "the text ends at ` #`; the rest is read as a comment"),
    ]

    @Test("each is one finding on the right character", arguments: cases)
    func finding(slip: SlipCase) {
        let file = Sample.read(slip.text)
        #expect(Sample.places(file) == [slip.place])
        #expect(file.diagnostics.map(\.message) == [slip.message])
        #expect(Untranslated.sentences(of: file.diagnostics) == [])
    }

    @Test(
        "what looks like a slip and is none passes",
        arguments: [
            "a: b  # an ordinary comment\n", "a: b #\n", "a: [x, y]   # note: see below\n", "title: 提醒：生日\n",
            "- 提醒：生日\n", "- -5\n", "- http://example.com/x\n", "提醒：生日: 1\n", "a: 10:30\n", "a: \"x #优惠\"\n", "a: x#y\n",
            "a: |\n  name：x\n  \tat:x #优惠\n", "a: \"{{ code }}\"\n", "- {a: {}}\n", "a: \"&x *y\"\n",
            "a:\n- b: 1\n- c: 2\nd: 1\n", "{}\n",
        ])
    func passes(text: String) {
        #expect(Sample.places(Sample.read(text)) == [])
    }

    @Test(
        "the fix of a slip is what its writer meant",
        arguments: [
            ("a: 1\nname：生日\n", "a: 1\nname: 生日\n"), ("name： x\nb: 1\n", "name: x\nb: 1\n"),
            ("at:\"09:30\"\nb: 1\n", "at: \"09:30\"\nb: 1\n"), ("a: 满减 #优惠  \n", "a: \"满减 #优惠\"  \n"),
            ("a: #优惠\n", "a: \"#优惠\"\n"), ("a: 说\"好\" #优惠\n", "a: '说\"好\" #优惠'\n"),
            ("try: {sms：x}\n", "try: {sms: x}\n"), ("a:\n  push：{type: log}\n", "a:\n  push: {type: log}\n"),
        ])
    func fix(before: String, after: String) throws {
        let edit = try #require(Sample.read(before).diagnostics.first?.fix.first)
        var bytes = Array(before.utf8)
        bytes.replaceSubrange(edit.start..<edit.end, with: Array(edit.text.utf8))
        #expect(String(decoding: bytes, as: UTF8.self) == after)
        #expect(Sample.read(after).diagnostics.isEmpty)
    }

    @Test("no finding speaks of the reader's inner parts")
    func plainWords() {
        let words = ["mapping", "scalar", "node", "token", "unmarshal", "sequence"]
        for slip in Self.cases {
            for finding in Sample.read(slip.text).diagnostics {
                let text = ([finding.message, finding.label] + finding.help + finding.notes).joined(separator: " ")
                #expect(words.allSatisfy { !text.contains($0) })
            }
        }
    }
}
