@testable import Kit
import Testing

@testable import Rules

@Suite("Template rendering")
struct TemplateRenderingTests {
    @Test("the subset prints what python-liquid prints", arguments: try LiquidCase.all())
    func liquid(_ row: LiquidCase) {
        let (template, problems) = CompiledTemplate.compile(row.template, placeholders: row.placeholders)
        #expect(problems.map(\.message) == [])
        #expect(template?.render(row.values, localTime: utcClock) == .text(row.expected))
    }

    static let money = TemplateValue.money(4990)
    static let when = TemplateValue.instant(Instant(seconds: 1_773_741_845))  // 2026-03-17 10:04:05 UTC

    /// Where we differ from python-liquid on purpose: money, dates beyond text, whole numbers, missing values, `max`, and
    /// that `truncate` never prints more than it is told.
    static let own: [(String, [String: TemplateValue], RenderResult)] = [
        ("{{ v }}", ["v": .money(19900)], .text("199")), ("{{ v }}", ["v": money], .text("49.90")),
        ("{{ v }}", ["v": .money(-5)], .text("-0.05")), ("{{ v | times: 3 }}", ["v": money], .text("149.70")),
        ("{{ v | plus: 0.1 }}", ["v": money], .text("50")), ("{{ v | minus: v }}", ["v": money], .text("0")),
        ("{{ 2 | times: v }}", ["v": money], .text("99.80")),
        ("{{ v | times: 0.85 }}", ["v": money], .text("42.42")),
        ("{{ v | times: v }}", ["v": .money(150)], .text("2.25")),
        ("{{ v | money }}", ["v": .number(199)], .text("199")),
        ("{{ v | money }}", ["v": .number(49.9)], .text("49.90")),
        ("{{ v | money }}", ["v": .number(1.005)], .text("1.01")), ("{{ v | money }}", ["v": money], .text("49.90")),
        ("{{ v | times: 0.01 | money }}", ["v": .number(521)], .text("5.21")),
        ("{{ v | money }}", ["v": .text("12.5")], .text("12.50")),
        ("{{ v | money }}", ["v": .text("free")], .text("free")),
        ("{% if v > 49 and v < 49.91 and v == 49.9 %}y{% endif %}", ["v": money], .text("y")),
        ("{{ v }}", ["v": .number(3.0)], .text("3")), ("{{ v | plus: 1.5 }}", ["v": .number(1.5)], .text("3")),
        ("{{ v }}", ["v": when], .text("2026-03-17 10:04")),
        ("{% if v > '2026-03-16' and v < '2026-03-18' %}y{% endif %}", ["v": when], .text("y")),
        ("{{ v }}", [:], .missing("v")), ("a{{ v | upcase }}", [:], .missing("v")),
        ("{{ v | plus: 1 }}", [:], .missing("v")), ("{{ v | plus: 1 | default: 2 }}", [:], .text("2")),
        ("{{ 1 | plus: v }}", [:], .missing("v")), ("{{ v | default: w }}", [:], .missing("w")),
        ("{{ v | default: 'x' }}", ["v": .number(.nan)], .text("x")),
        ("{{ v | first }}", ["v": .list([])], .missing("v")), ("{{ v.first.name }}", ["v": .list([])], .missing("v")),
        ("{% for x in v %}{{ x.name }}{% endfor %}", ["v": .list([.record([:])])], .missing("v")),
        ("{% for x in v %}{{ x }}{% endfor %}", ["v": .list([.record([:])])], .missing("v")),
        (
            "{% for x in v %}{% for y in x.w %}{{ y.z }}{% endfor %}{% endfor %}",
            ["v": .list([.record(["w": .list([.text("a")])])])], .missing("v")
        ),
        ("[{{ v | truncate: 0 }}]", ["v": .text("abcdef")], .text("[]")),
        ("[{{ v | truncate: -1 }}]", ["v": .text("abcdef")], .text("[]")),
        ("{{ v | truncate: 2 }}", ["v": .text("欧阳娜娜小姐")], .text("..")),
        ("{{ v | truncate: 3 }}", ["v": .text("欧阳娜娜小姐")], .text("...")),
        ("{{ v | truncate: 2 }}", ["v": .text("林")], .text("林")),
        ("{{ v | truncate: 2, '' }}", ["v": .text("欧阳娜娜")], .text("欧阳")),
        ("{{ v | truncate: 5, '（见小程序）' }}", ["v": .text("欧阳娜娜小姐")], .text("（见小程序")),
        ("{{ v | times: 10000000000 | times: 10000000000 }}", ["v": .money(1_000_000)], .missing("v")),
        ("{{ v | date: w }}", ["v": when, "w": .text("%m月%d日 %H:%M")], .text("03月17日 10:04")),
        ("{{ v | date: w | default: '不久' }}", ["v": when], .text("不久")),
        ("{{ v | date: w }}", ["v": when], .missing("w")),
        // A value that is no format must not go out as it is.
        ("{{ v | date: w }}", ["v": when, "w": .text("%Q")], .missing("w")),
        ("{{ v | date: w }}", ["v": when, "w": .text("YYYY-MM-DD")], .missing("w")),
    ]

    @Test("what is ours", arguments: own.indices)
    func ours(_ index: Int) throws {
        let (source, values, expected) = Self.own[index]
        let placeholders = ["v", "w"].map { Placeholder(name: $0, type: values[$0]?.type ?? .any) }
        let (template, problems) = CompiledTemplate.compile(source, placeholders: placeholders)
        #expect(problems == [], "\(source)")
        #expect(try #require(template).render(values, localTime: utcClock) == expected, "\(source)")
    }

    @Test("a text longer than its max is cut by scalars before anything reads it")
    func max() throws {
        let source = "{{ v }}|{{ v | size }}|{% if v == '生日快乐' %}y{% endif %}|{{ v | default: '比最大长度更长' }}"
        let template = try #require(
            CompiledTemplate.compile(source, placeholders: [Placeholder(name: "v", type: .text, max: 4)]).template)
        #expect(template.render(["v": .text("生日快乐呀")], localTime: utcClock) == .text("生日快乐|4|y|生日快乐"))
    }

    @Test("a loop prints at most 100 items")
    func bound() throws {
        let template = try #require(
            CompiledTemplate.compile(
                "{% for x in v %}.{% endfor %}", placeholders: [Placeholder(name: "v", type: .list)]
            ).template)
        let items = TemplateValue.list(Array(repeating: .text("a"), count: 150))
        #expect(template.render(["v": items], localTime: utcClock) == .text(String(repeating: ".", count: 100)))
    }

    @Test("values in HTML are escaped, the text around them is not")
    func html() throws {
        let template = try #require(
            CompiledTemplate.compile("<b>{{ v }}</b>", placeholders: [Placeholder(name: "v", type: .text)]).template)
        let result = template.render(["v": .text("<a href=\"x\">'&")], escaping: .html, localTime: utcClock)
        #expect(result == .text("<b>&lt;a href=&#34;x&#34;&gt;&#39;&amp;</b>"))
    }

    @Test("a provider is sent what each placeholder prints")
    func texts() throws {
        let placeholders = [
            Placeholder(name: "name", type: .text, max: 2), Placeholder(name: "until", type: .date),
            Placeholder(name: "total", type: .money),
        ]
        let template = try #require(
            CompiledTemplate.compile(
                "{{ name | default: '您好' }} {{ until | date: '%m月%d日' }} {{ until }}", placeholders: placeholders
            ).template)
        let values: [String: TemplateValue] = ["until": .date(LocalDate(days: 20_529)), "total": .money(4990)]
        let expected = ["name": "您好", "until": "03月17日", "total": "49.90"]
        #expect(template.texts(values, localTime: utcClock) == .texts(expected.mapValues { LinkedText($0) }))
        #expect(template.texts(["until": .date(LocalDate(days: 0))], localTime: utcClock) == .missing("total"))
    }
}

@Suite("SMS length")
struct SMSLengthTests {
    @Test(
        "70 units are one message, more are billed in 67s",
        arguments: [("", 1), ("生", 1), ("70", 1), ("71", 2), ("134", 2), ("135", 3), ("emoji", 2)])
    func segments(_ row: (String, Int)) {
        let text =
            Int(row.0).map { String(repeating: "字", count: $0) }
            ?? (row.0 == "emoji" ? String(repeating: "😀", count: 36) : row.0)
        #expect(SMSLength.segments(text) == row.1)
    }
}
