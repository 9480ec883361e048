import Testing

@testable import Rules

@Suite("A text that goes out as typed")
struct ForeignPlaceholderTests {
    private static func codes(_ text: String, values: String = "{name: text}", code: String? = nil) -> [String] {
        let line = code.map { "    code: \($0)\n" } ?? ""
        let template =
            RuleSetSamples.head("templates")
            + "templates:\n  - id: wx_new\n    channel: wechat\n\(line)    text: \"\(text)\"\n    values: \(values)\n"
        let found = RuleSetSamples.read(template, path: "more.yaml").diagnostics
        return found.map { "\($0.severity.rawValue) \($0.code) \($0.span.start.line):\($0.span.start.column)" }
    }

    @Test(
        "with another tool's placeholder of a declared value is an error, at its place",
        arguments: [
            "${name}", "{1}", "{name}", "%name%", "｛｛name｝｝", "[name]", "{ name }", "#name#", "#{name}", "{0}",
            "[[name]]",
            "%%name%%", "{$name}", "$!{name}", "${member.name}", "{Name}", "@name@", "｛name｝",
            "$name", "$$name$$", "$name$", "$$name", "<name>", "<%= name %>", "【name】", "*|name|*", "*|NAME|*", "@name",
            "#(name)",
            "$(name)", "＜name＞", "@Name",
        ])
    func foreign(_ placeholder: String) {
        #expect(Self.codes("尊敬的\(placeholder)，您好") == ["error R238 6:15"])
    }

    @Test(
        "with brackets that hold no declared value is left alone",
        arguments: [
            "【星河】", "[限时]", "{2}", "50%的人", "满100%返", "#双11#", "{{ name }}", "{% if name %}x{% endif %}", "a@b.cn",
            "【星河百货】", "只要$5", "$5到$9", "联系 a@name.cn", "a.b@name", "@name.cn", "@names", "$named", "x@name", "(name)",
            "（name）",
            "*name*", "**name**", "https://t.example/@name", "name", "3 < name", "「name」", "@ name", "$ name",
        ])
    func harmless(_ words: String) {
        #expect(Self.codes("\(words) {{ name }}") == [])
    }

    @Test("a tag of HTML is none, and what stands beside it is")
    func html() {
        func found(_ html: String) -> [String] {
            let template =
                RuleSetSamples.head("templates")
                + "templates:\n- {id: m, channel: email, subject: s, text: \"{{ code }}\",\n   html: \"\(html)\",\n"
                + "   values: {code: text}}\n"
            return RuleSetSamples.read(template, path: "more.yaml").diagnostics.map(\.message)
        }
        #expect(found("<p><code>{{ code }}</code></p>") == [])
        #expect(found("<p><b>$code</b></p>") == ["`$code` is a placeholder of another tool, and would go out as typed"])
    }

    @Test("two signs in a row are two placeholders")
    func several() {
        let found = ForeignPlaceholders.find(in: "$name $code @name @code", names: ["name", "code"])
        #expect(found.map(\.written) == ["$name", "$code", "@name", "@code"])
    }

    @Test("says what to write")
    func help() throws {
        let template =
            RuleSetSamples.head("templates")
            + "templates: [{id: wx_new, channel: wechat, text: \"{2}\", values: {name: text, city: text}}]\n"
        let found = RuleSetSamples.read(template, path: "more.yaml").diagnostics
        #expect(found.map(\.code) == ["R238", "R239"])
        #expect(found.first?.message == "`{2}` is a placeholder of another tool, and would go out as typed")
        #expect(found.first?.help == ["write  {{ city }}"])
    }

    @Test("and never uses a declared value is a warning, unless the provider gets the values")
    func unused() {
        #expect(Self.codes("您好") == ["warning R239 7:14"])
        #expect(Self.codes("您好", code: "SMS_1") == [])
        #expect(Self.codes("{% if name %}您好{% endif %}") == [])
    }

    @Test(
        "with a date pattern of another tool is an error that says ours",
        arguments: [
            ("YYYY-MM-DD", "%Y-%m-%d"), ("yyyy年MM月dd日", "%Y年%m月%d日"), ("M月d日", "%-m月%-d日"), ("HH:mm", "%H:%M"),
            ("long", "%m月%d日"), ("100%%", "%m月%d日"),
        ])
    func dates(_ pattern: String, _ ours: String) throws {
        let template =
            RuleSetSamples.head("templates")
            + "templates: [{id: wx_new, channel: wechat, text: \"{{ d | date: '\(pattern)' }}\", values: {d: date}}]\n"
        let found = RuleSetSamples.read(template, path: "more.yaml").diagnostics
        #expect(found.map(\.code) == ["R226"])
        #expect(found.first?.help == ["write  date: '\(ours)'"])
    }
}
