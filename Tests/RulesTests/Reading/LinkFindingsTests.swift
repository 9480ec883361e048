import Config
import Testing

@testable import Rules

/// R244 to R246: links that a template asks for and nudged.yaml does not make.
@Suite("A template with links")
struct LinkFindingsTests {
    private static let templates =
        RuleSetSamples.head("templates") + """
            templates:
              - {id: mail, channel: email, subject: a, text: "您好", values: {}}
              - {id: no, channel: sms, text: "【店】退订 {{ unsubscribe_url }}", values: {}}
              - {id: sale, channel: sms, text: "【店】{{ 'https://shop.example.com/a' | link: sale }} 拒收请回复R", values: {}}

            """
    private static let links =
        "links: {base_url: \"https://s.example.com\", secret: {env: K}, allow_hosts: [shop.example.com]}\n"

    private func findings(
        _ config: String?, template: String = "mail", on channel: String = "email", purpose: String = "marketing"
    ) throws -> [String] {
        let root = config.flatMap { YAMLReader.read(bytes: Array($0.utf8), path: "nudged.yaml").root }
        let channels = root.flatMap(ConfigReader.channels)
        let rule = RuleSetSamples.rule(
            "when: {event: {name: order.paid}}\ndo: [{send: {try: [{\(channel): {template: \(template)}}]}}]",
            owner: "loyalty", purpose: purpose)
        let texts = [
            "rules.yaml": rule, "settings.yaml": RuleSetSamples.settings, "segments.yaml": RuleSetSamples.segments,
            "templates.yaml": Self.templates,
        ]
        let files = texts.sorted { $0.key < $1.key }.map { YAMLReader.read(bytes: Array($0.value.utf8), path: $0.key) }
        let found = RuleSetReader.read(files: files, channels: channels ?? ChannelDeclaration.standard).diagnostics
        #expect(Untranslated.sentences(of: found) == [])
        return found.map { "\($0.severity.rawValue) \($0.code) \($0.span.file):\($0.span.start.line)" }
    }

    private static let real = """
        channels:
          sms: {type: kannel, url: "http://127.0.0.1:1/"}
          email: {type: smtp, host: smtp.example.com, from: a@example.com}

        """
    private static let noLinks = ["error R244 templates.yaml:5", "error R244 templates.yaml:6"]

    @Test("needs `links` where the channel reaches people, and works without it elsewhere")
    func needed() throws {
        #expect(try findings(nil) == [])
        #expect(try findings(Self.real + Self.links) == [])
        #expect(try findings("channels: {sms: {type: log}, email: {type: log}}\n") == [])
        #expect(
            try findings(Self.real) == ["warning R245 rules.yaml:\(Self.sendLine)"] + Self.noLinks)
        #expect(try findings(Self.real, purpose: "service") == Self.noLinks)
    }

    private static let sendLine = 9

    @Test("that are written out lead to hosts that are allowed")
    func hosts() throws {
        let other = Self.links.replacing("[shop.example.com]", with: "[Other.example.com]")
        #expect(try findings(Self.real + other) == ["error R246 templates.yaml:6"])
        let off = Self.real.replacing("kannel,", with: "kannel, links: off,")
        #expect(try findings(off + other) == [])
        #expect(try findings(Self.real + Self.links.replacing("shop.", with: "SHOP.")) == [])
    }

    @Test("a host that is nearly an allowed one is asked about, and never to be allowed")
    func nearlyAllowed() throws {
        let config = Self.real + Self.links.replacing("shop.example.com", with: "shop.exmaple.com")
        let root = try #require(YAMLReader.read(bytes: Array(config.utf8), path: "nudged.yaml").root)
        let file = YAMLReader.read(bytes: Array(Self.templates.utf8), path: "templates.yaml")
        let found = RuleSetReader.read(files: [file], channels: ConfigReader.channels(of: root) ?? []).diagnostics
        #expect(found.map(\.code) == ["R246"])
        #expect(found.first?.help == ["did you mean `shop.exmaple.com`?"])
        #expect(found.first?.span.start.column == 43)
    }

    @Test("has `unsubscribe_url` by itself, and declares no value of that name")
    func declared() {
        let text =
            RuleSetSamples.head("templates") + """
                templates: [{id: a, channel: sms, text: "【店】{{ unsubscribe_url }}", values: {unsubscribe_url: text}}]

                """
        let file = YAMLReader.read(bytes: Array(text.utf8), path: "templates.yaml")
        let found = RuleSetReader.read(files: [file], channels: ChannelDeclaration.standard).diagnostics
        #expect(found.map(\.code) == ["R104"])
        #expect(Untranslated.sentences(of: found) == [])
    }
}
