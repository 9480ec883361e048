@testable import Kit
import Testing

@testable import Rules

@Suite("Links in a template")
struct TemplateLinkTests {
    static let form = LinkForm(base: "https://s.example.com", hosts: ["shop.example.com"])
    private static let placeholders = [
        Placeholder(name: "url", type: .text), Placeholder(name: "n", type: .number),
        Placeholder(name: "items", type: .list),
    ]
    private static let shop = "https://shop.example.com/sale?a=1"

    private func render(
        _ source: String, _ values: [String: TemplateValue] = ["url": .text(shop)], _ form: LinkForm = form,
        escaping: TemplateEscaping = .none
    ) throws -> RenderResult {
        let (template, problems) = CompiledTemplate.compile(source, placeholders: Self.placeholders)
        #expect(problems == [])
        return try #require(template).render(values, escaping: escaping, links: form, localTime: utcClock)
    }

    @Test("stand in the text as long as they will be, and their places are beside it")
    func standIns() throws {
        let no = "https://s.example.com/u/xxxxxxxxxxxxxxxx"
        let short = "https://s.example.com/l/xxxxxxxxxxxxxxxxxx"
        let text = "您好 \(short) 退订 \(no)"
        let sale = TextLink.Target.short(name: "sale", url: Self.shop)
        let expected = RenderResult.text(
            text,
            links: [
                TextLink(bytes: 7..<7 + 42, target: sale), TextLink(bytes: 57..<57 + 40, target: .unsubscribe),
            ])
        for name in ["sale", "'sale'", "\"sale\""] {
            #expect(try render("您好 {{ url | link: \(name) }} 退订 {{ unsubscribe_url }}") == expected)
        }
        #expect(
            try render("<a href=\"{{ url | link: sale }}\">", escaping: .html)
                == .text("<a href=\"\(short)\">", links: [TextLink(bytes: 9..<51, target: sale)]))
        #expect(
            try render(
                "{{ nothing | default: 'https://shop.example.com/' | link: a-b }}".replacing("nothing", with: "url"),
                [:])
                == .text(
                    short,
                    links: [
                        TextLink(bytes: 0..<42, target: .short(name: "a-b", url: "https://shop.example.com/"))
                    ]))
    }

    @Test("are never made of what a member is called")
    func forged() throws {
        let forged = "https://s.example.com/u/xxxxxxxxxxxxxxxx {{ unsubscribe_url }}"
        #expect(try render("{{ url }}", ["url": .text(forged)]) == .text(forged))
    }

    @Test(
        "fail the message where the address leads to another host, or is none",
        arguments: [
            "https://evil.example.org/", "https://shop.example.com@evil.example.org/",
            "https://shop.example.com\\@evil.example.org/", "https://shop.example.com:x/", "javascript:alert(1)",
            "//shop.example.com/", "https://shop.example.com /", "https:///shop.example.com", "https://", "",
            "https://shop.example.com.evil.example.org/", "https://shop.example.com\r\nX: y", "ftp://shop.example.com/",
            "https://[::1]/", "https://shop。example.com/",
        ])
    func refused(_ url: String) throws {
        #expect(try render("{{ url | link: sale }}", ["url": .text(url)]) == .missing("url"))
    }

    @Test(
        "may lead to a host that is allowed",
        arguments: [
            "https://shop.example.com", "http://shop.example.com/", "https://SHOP.example.com:8443/a?b=c#d",
            "HTTPS://shop.example.com/促销",
        ])
    func allowed(_ url: String) throws {
        guard case .text(_, let links) = try render("{{ url | link: sale }}", ["url": .text(url)]) else {
            Issue.record("no text")
            return
        }
        #expect(links.map(\.target) == [.short(name: "sale", url: url)])
    }

    @Test("stay as they are where the channel says so, and lead anywhere where nothing is stated")
    func otherForms() throws {
        let off = LinkForm(base: "https://s.example.com", hosts: [], shortens: false)
        #expect(
            try render("{{ url | link: sale }}", ["url": .text("https://b.example/")], off)
                == .text("https://b.example/"))
        guard case .text(let text, let links) = try render("{{ url | link: s }}{{ unsubscribe_url }}", form: .standIn)
        else {
            Issue.record("no text")
            return
        }
        #expect(text == "https://links.example/l/xxxxxxxxxxxxxxxxxxhttps://links.example/u/xxxxxxxxxxxxxxxx")
        #expect(links.count == 2)
    }

    private func render(_ source: String, form: LinkForm) throws -> RenderResult {
        try render(source, ["url": .text(Self.shop)], form)
    }

    @Test("of one text are at most fifty")
    func most() throws {
        func list(_ count: Int) -> [String: TemplateValue] {
            ["items": .list(Array(repeating: .text(Self.shop), count: count))]
        }
        let source = "{% for x in items %}{{ x | link: item }}{% endfor %}"
        guard case .text(_, let links) = try render(source, list(50)) else {
            Issue.record("no text")
            return
        }
        #expect(links.count == 50)
        #expect(try render(source, list(51)) == .missing("items"))
    }

    @Test(
        "are written in one way",
        arguments: [
            ("{{ unsubscribe_url | upcase }}", "nothing may follow `unsubscribe_url`"),
            ("{% if unsubscribe_url %}a{% endif %}", "`unsubscribe_url` can only be printed, and as it is"),
            ("{{ url | default: unsubscribe_url }}", "`unsubscribe_url` can only be printed, and as it is"),
            ("{{ unsubscribe_ur }}", "there is no value `unsubscribe_ur`"),
            ("{{ unsubscribe_link }}", "there is no value `unsubscribe_link`"),
            ("{{ url | link }}", "`link` takes the name of the link"),
            ("{{ url | link: 1 }}", "`link` takes the name of the link"),
            ("{{ url | link: 'a b' }}", "`a b` cannot be the name of a link"),
            ("{{ url | link: sale | upcase }}", "nothing may follow `link`"),
            ("{{ url | link: sale, b }}", "nothing may follow `link`"),
            ("{{ n | link: sale }}", "`link` does nothing sensible with a number"),
            ("{{ items | link: sale }}", "`link` does nothing sensible with a list"),
            ("{{ 'shop' | link: sale }}", "this is not a web address"),
        ])
    func faults(_ source: String, _ message: String) {
        let (template, problems) = CompiledTemplate.compile(source, placeholders: Self.placeholders)
        #expect(template == nil)
        #expect(problems.map(\.message) == [message])
        #expect(problems.allSatisfy { MessageCatalogue.chinese($0.message) != nil })
        #expect(problems.compactMap(\.help).allSatisfy { MessageCatalogue.chinese($0) != nil }, "\(problems)")
    }

    @Test("go into the values of a provider's template, and the one that says no comes last")
    func providerValues() throws {
        let template = try #require(
            CompiledTemplate.compile(
                "{{ url | link: sale }} {{ unsubscribe_url }}", placeholders: [Placeholder(name: "url", type: .text)]
            ).template)
        let texts = template.texts(["url": .text(Self.shop)], links: Self.form, localTime: utcClock)
        #expect(
            texts
                == .texts([
                    "url": LinkedText(
                        "https://s.example.com/l/xxxxxxxxxxxxxxxxxx",
                        links: [TextLink(bytes: 0..<42, target: .short(name: "sale", url: Self.shop))]),
                    "unsubscribe_url": LinkedText(
                        "https://s.example.com/u/xxxxxxxxxxxxxxxx",
                        links: [TextLink(bytes: 0..<40, target: .unsubscribe)]),
                ]))
    }

    @Test("are put into their places, and a place that is not in the text is left alone")
    func resolved() {
        let links = [
            TextLink(bytes: 3..<6, target: .unsubscribe), TextLink(bytes: 7..<8, target: .unsubscribe),
            TextLink(bytes: 5..<7, target: .unsubscribe), TextLink(bytes: 8..<99, target: .unsubscribe),
        ]
        #expect(LinkedText.resolved("您abc-d!", links) { "<\($0)>" } == "您<0>-<1>!")
    }
}
