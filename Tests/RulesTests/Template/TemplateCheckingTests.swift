@testable import Kit
import Testing

@testable import Rules

@Suite("Template checking")
struct TemplateCheckingTests {
    static let placeholders = [
        Placeholder(name: "name", type: .text, max: 10), Placeholder(name: "n", type: .number),
        Placeholder(name: "total", type: .money), Placeholder(name: "until", type: .date),
        Placeholder(name: "items", type: .list),
    ]

    /// A template, what is said, and the text the problem points at.
    static let faults: [(String, [(String, String)])] = [
        ("{{ nmae }}", [("there is no value `nmae`", "nmae")]),
        ("您好{{ 名 }}", [("there is no value `名`", "名")]),
        ("{{ name | upper }}", [("there is no filter `upper`", "upper")]),
        (
            "{{ a | b }}{{ c }}",
            [("there is no value `a`", "a"), ("there is no filter `b`", "b"), ("there is no value `c`", "c")]
        ),
        ("{{ name | default }}", [("`default` takes 1 argument, not 0", "default")]),
        ("{{ name | truncate: 1, 2, 3 }}", [("`truncate` takes 0 to 2 arguments, not 3", "truncate")]),
        ("{{ name | upcase: 1 }}", [("`upcase` takes 0 arguments, not 1", "upcase")]),
        (
            "{{ name | default: 'a', allow_false: true }}",
            [
                ("there is no value `allow_false`", "allow_false"),
                ("filters take no named arguments", "allow_false"),
            ]
        ),
        ("{{ name", [("`{{` is not closed by `}}`", "{{")]),
        (
            "{{ name {{ n }}{% if n {{ n }}",
            [("`{{` is not closed by `}}`", "{{"), ("`{%` is not closed by `%}`", "{%")]
        ),
        ("{{ }}", [("nothing is written between the brackets", "{{ }}")]),
        ("{{ name n }}", [("unexpected `n`", "n")]),
        ("{{ name | }}", [("a filter is expected after `|`", "{{ name | }}")]),
        ("{{ 'x }}", [("this text has no closing quote", "'x ")]), ("{{ name[0] }}", [("unexpected `[`", "[")]),
        ("{{ nil }}", [("`nil` is only for comparing in `{% if %}`", "nil")]),
        ("{{ name.first }}", [("`name` is text and has no part `first`", "name.first")]),
        ("{{ items.name }}", [("`items` is a list and has no part `name`", "items.name")]),
        (
            "{{- name -}}",
            [
                ("white space control (`-` at a bracket) is not part of this template language", "{{-"),
                ("white space control (`-` at a bracket) is not part of this template language", "-}}"),
            ]
        ),
        (
            "{% for x in items %}{{ forloop.index }}{% endfor %}",
            [("`forloop` is not part of this template language", "forloop")]
        ),
        (
            "{% unless name %}{% endunless %}",
            [("there is no tag `unless`", "unless"), ("there is no tag `endunless`", "endunless")]
        ),
        ("{% %}", [("a tag name is missing", "{% %}")]),
        ("{% if %}{% endif %}", [("a condition is missing here", "{% if %}")]),
        ("{% if name %}", [("`{% if %}` is not closed by `{% endif %}`", "{% if name %}")]),
        ("{% for x in items %}{% if n %}{% endfor %}", [("`{% if %}` is not closed by `{% endif %}`", "{% if n %}")]),
        ("{% endif %}", [("`{% endif %}` closes nothing", "{% endif %}")]),
        ("{% else %}", [("`{% else %}` stands outside of `{% if %}`", "{% else %}")]),
        ("{% if n %}{% else %}{% elsif n %}{% endif %}", [("`{% elsif %}` comes after `{% else %}`", "{% elsif n %}")]),
        ("{% if n %}{% else n %}{% endif %}", [("nothing may follow `else` in its tag", "n")]),
        ("{% if n = 3 %}{% endif %}", [("`=` is not an operator", "=")]),
        ("{% if not n %}{% endif %}", [("a name is expected here, not `not`", "not")]),
        ("{% if (n) %}{% endif %}", [("unexpected `(`", "(")]),
        ("{% if name > 3 %}{% endif %}", [("text and a number have no common order", ">")]),
        ("{% if n > nil %}{% endif %}", [("`nil` has no order to compare by", "nil")]),
        ("{% if n contains 3 %}{% endif %}", [("only text and lists contain something", "n")]),
        ("{% for x in name %}{% endfor %}", [("`name` is text, not a list", "name")]),
        ("{% for x in items limit: 2 %}{% endfor %}", [("`limit` is not part of this template language", "limit")]),
        ("{% for items %}{% endfor %}", [("a loop is written `{% for x in list %}`", "{% for items %}")]),
        (
            "{% for x of items %}{{ x }}{% endfor %}",
            [("a loop is written `{% for x in list %}`", "{% for x of items %}")]
        ),
        ("{{ name ｜ upcase }}", [("unexpected `｜`", "｜")]),
        ("{{ name | default：'x' }}", [("unexpected `：`", "：")]),
        ("{% for x in items %}{% else %}{% endfor %}", [("`{% for %}` has no `{% else %}`", "{% else %}")]),
        ("{% for x in items %}{% endfor %}{{ x }}", [("there is no value `x`", "x")]),
        ("{{ until | date: '%Q' }}", [("`%Q` is not a date code", "'%Q'")]),
        ("{{ until | date: n }}", [("the format of `date` must be a text, in quotes or of a value", "n")]),
        ("{{ n | date: '%Y' }}", [("`date` does nothing sensible with a number", "date")]),
        ("{{ until | money }}", [("`money` does nothing sensible with a date", "money")]),
        ("{{ n | plus: 'x' }}", [("a number is expected here, not text", "'x'")]),
        ("{{ 5x }}", [("`5x` is not a number of at most 15 digits, and a name does not begin like that", "5x")]),
    ]

    @Test("every fault is found, in its place", arguments: faults.indices)
    func problems(_ index: Int) {
        let (source, expected) = Self.faults[index]
        let (template, problems) = CompiledTemplate.compile(source, placeholders: Self.placeholders)
        #expect(template == nil, "\(source)")
        #expect(problems.map(\.message) == expected.map(\.0), "\(source)")
        let words = problems.flatMap { [$0.message] + ($0.help.map { [$0] } ?? []) }
        #expect(words.filter { MessageCatalogue.chinese($0) == nil } == [])
        let bytes = Array(source.utf8)
        let scalars = Array(source.unicodeScalars)
        for (problem, (_, place)) in zip(problems, expected) {
            #expect(problem.code == "R225")
            #expect(String(decoding: bytes[problem.bytes], as: UTF8.self) == place, "\(source)")
            #expect(String(String.UnicodeScalarView(scalars[problem.scalars])) == place, "\(source)")
        }
    }

    static let required: [(String, Set<String>)] = [
        ("{{ name }}", ["name"]), ("{{ name | default: 'x' }}", []), ("{{ name | default: total }}", ["total"]),
        ("{{ n | plus: total | default: 0 }}", []), ("{{ n | default: 0 | plus: total }}", ["total"]),
        ("{{ name | default: 'x' }}{{ name }}", ["name"]), ("{% if name %}{{ n }}{% endif %}", ["n"]),
        ("{% if name %}{{ name }}{% else %}{{ name }}{% endif %}", ["name"]),
        ("{% if name %}{{ name }}{% else %}x{% endif %}", []), ("{% if n and name %}{{ n }}{{ name }}{% endif %}", []),
        ("{% if n or name %}{{ n }}{% endif %}", ["n"]), ("{% if name == nil %}x{% else %}{{ name }}{% endif %}", []),
        ("{% if name != nil %}{{ name }}{% endif %}", []), ("{% if name != '' %}{{ name }}{% endif %}", ["name"]),
        ("{% if n > 3 %}{{ n }}{% endif %}", []), ("{% if n %}{% elsif name %}{{ n }}{% endif %}", ["n"]),
        ("{% if n == nil %}x{% elsif name %}{{ n }}{% endif %}", []), ("{% if n %}{% endif %}{{ n }}", ["n"]),
        ("{% for x in items %}{{ x }}{{ items | size }}{% endfor %}", []), ("{{ items.first.name }}", ["items"]),
    ]

    @Test("required are the placeholders that nothing guards", arguments: required.indices)
    func unguarded(_ index: Int) throws {
        let (source, expected) = Self.required[index]
        let template = try #require(CompiledTemplate.compile(source, placeholders: Self.placeholders).template)
        #expect(template.required == expected, "\(source)")
    }

    @Test("names are the placeholders that the text mentions anywhere")
    func names() throws {
        let source = "{% if n > 1 %}{{ name | default: total }}{% endif %}{% for x in items %}{{ x }}{% endfor %}"
        let template = try #require(CompiledTemplate.compile(source, placeholders: Self.placeholders).template)
        #expect(template.names == ["n", "name", "total", "items"])
    }

    @Test("hostile sizes are refused, real ones are not")
    func limits() {
        func compiles(_ source: String) -> Bool {
            CompiledTemplate.compile(source, placeholders: Self.placeholders).template != nil
        }
        func nested(_ depth: Int) -> String {
            String(repeating: "{% if n %}", count: depth) + "x" + String(repeating: "{% endif %}", count: depth)
        }
        #expect(compiles(nested(16)))
        #expect(!compiles(nested(17)))
        #expect(!compiles(nested(700)))
        #expect(compiles(String(repeating: "a", count: 16_384)))
        #expect(!compiles(String(repeating: "a", count: 16_385)))
        #expect(!compiles("{% if n" + String(repeating: " and n", count: 2000) + " %}{% endif %}"))
        func loop(_ name: String) -> String { "{% for \(name) in items %}" }
        #expect(compiles(loop("a") + loop("b") + "{{ b }}{% endfor %}{% endfor %}"))
        #expect(!compiles(loop("a") + loop("b") + loop("c") + "{{ c }}{% endfor %}{% endfor %}{% endfor %}"))
    }

    @Test("no damaged template crashes, and whatever still compiles renders")
    func mutations() {
        let seeds =
            Self.faults.map(\.0) + Self.required.map(\.0) + [
                "【星河】{{ name | default: '您好' | truncate: 4, '…' }}{% if n >= 2 and name contains '林' %}{{ total | times: 2 }}"
                    + "{% elsif until != blank %}{{ until | date: '%-m月%e日%%' }}{% else %}—{% endif %}"
                    + "{% for x in items %}{{ x.price | money }}{{ x | join: ', ' }}{% endfor %}"
            ]
        let scraps = [
            "{{", "}}", "{%", "%}", "|", ":", "'", "\"", "%", "-", ".", "n", " if ", "end", "9", "é", "\u{0}", "=",
            "contains", "nil",
        ]
        let values: [String: TemplateValue] = [
            "name": .text("林小姐"), "n": .number(-3.25), "total": .money(.max), "until": .date(LocalDate(days: 20_529)),
            "items": .list([.record(["price": .number(1e300)]), .text(""), .list([])]),
        ]
        var random = Generator(state: 20_260_317)
        var compiled = 0
        for round in 0..<4000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.insert(contentsOf: scraps.randomElement(using: &random)?.utf8 ?? "".utf8, at: place)
                case 1 where place < bytes.count: bytes.remove(at: place)
                default: bytes = Array(bytes[place...] + bytes[..<place])
                }
            }
            let source = String(decoding: bytes, as: UTF8.self)
            let (template, problems) = CompiledTemplate.compile(source, placeholders: Self.placeholders)
            #expect((template == nil) == !problems.isEmpty)
            #expect(problems.allSatisfy { $0.bytes.upperBound <= source.utf8.count })
            compiled += template == nil ? 0 : 1
            _ = template?.render(values, localTime: utcClock)
        }
        #expect(compiled > 100)
    }
}

/// Splitmix64: the same damage in every run.
private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
