import Config
import Testing

@testable import Rules

/// R230 and R236: what the channel or the law forbids.
@Suite("A rule that advertises")
struct MarketingLawTests {
    private static let templates =
        RuleSetSamples.head("templates") + """
            templates:
              - {id: wx_notice, channel: wechat, code: ngqIp, text: "您好", values: {}}
              - {id: wx_text, channel: wechat, text: "您好", values: {}}
              - {id: wx_price, channel: wechat, text: "{{ price | default: 9 | money }}", values: {price: money}}
              - {id: wx_spend, channel: wechat, text: "{{ spend | money }}", values: {spend: money}}

            """
    private static let coupons =
        RuleSetSamples.head("coupons")
        + "coupons: [{id: C10, name: 十元, face_value: 10, valid_days: 9}, {id: C50, name: 五十, face_value: 50, valid_days: 9}]\n"

    private func places(
        _ lines: String, purpose: String = "marketing", channels: [ChannelDeclaration] = ChannelDeclaration.standard
    ) -> [String] {
        let rule = RuleSetSamples.rule(
            "when: {event: {name: order.paid}}\n" + lines, owner: "loyalty", purpose: purpose)
        let texts = [
            "coupons.yaml": Self.coupons, "rules.yaml": rule, "settings.yaml": RuleSetSamples.settings,
            "segments.yaml": RuleSetSamples.segments, "templates.yaml": Self.templates,
        ]
        let files = texts.sorted { $0.key < $1.key }.map { YAMLReader.read(bytes: Array($0.value.utf8), path: $0.key) }
        let found = RuleSetReader.read(files: files, channels: channels).diagnostics
        #expect(Untranslated.sentences(of: found) == [])
        return RuleSetSamples.places(found)
    }

    @Test("may not do so by a template message of WeChat; a service rule may, and so may a plain text")
    func templateMessages() throws {
        let config = "channels: {wechat: {type: wechat-official, app_id: wx1}}\n"
        let root = try #require(YAMLReader.read(bytes: Array(config.utf8), path: "nudged.yaml").root)
        let channels = try #require(ConfigReader.channels(of: root))
        let wechat = ChannelDeclaration(
            id: "wechat", address: .wechatOpenID, adapter: "wechat-official", marketing: .forbiddenByProviderTemplate,
            links: nil)
        #expect(channels == [wechat])
        let notice = "do: [{send: {try: [{wechat: {template: wx_notice}}]}}]"
        #expect(places(notice, channels: channels) == ["R230 9:44"])
        #expect(places(notice, purpose: "service", channels: channels) == [])
        #expect(places(notice.replacing("wx_notice", with: "wx_text"), channels: channels) == [])
        #expect(places(notice) == [])
    }

    @Test("may not leave by a provider that sends approved texts only, where the template has no number")
    func approvedTexts() throws {
        let config = "channels: {wechat: {type: wechat-mini, app_id: wx1}}\n"
        let root = try #require(YAMLReader.read(bytes: Array(config.utf8), path: "nudged.yaml").root)
        let channels = try #require(ConfigReader.channels(of: root))
        let text = "do: [{send: {try: [{wechat: {template: wx_text}}]}}]"
        #expect(places(text, purpose: "service", channels: channels) == ["R243 9:44"])
        #expect(places(text.replacing("wx_text", with: "wx_notice"), purpose: "service", channels: channels) == [])
        #expect(places(text, purpose: "service") == [])
    }

    @Test("may not give coupons by what it knows of one member")
    func worth() {
        func choose(_ condition: String, _ other: String = "C10") -> [String] {
            places(
                """
                do:
                  - choose:
                      - if: {\(condition)}
                        do: [{give_coupon: {template: C50}}]
                    otherwise: [{give_coupon: {template: \(other)}}]
                """)
        }
        #expect(choose("member.lifetime_spend: {at_least: 5000}") == ["R236 11:18"])
        #expect(choose("all: [{member.age: {less_than: 30}}]") == ["R236 11:25"])
        for fair in ["member.tier: gold", "order.total: {at_least: 500}", "member.tags: {includes: staff}"] {
            #expect(choose(fair) == [])
        }
        #expect(choose("member.lifetime_spend: {at_least: 5000}", "C50") == [])
    }

    @Test("may not show a price that comes from the member")
    func shown() {
        func fill(_ template: String, _ fill: String) -> [String] {
            places("do: [{send: {try: [{wechat: {template: \(template)}}], fill: {\(fill)}}}]")
        }
        #expect(fill("wx_price", "price: member.average_order_value") == ["R236 9:71"])
        #expect(fill("wx_price", "price: order.total") == [])
        #expect(fill("wx_spend", "spend: member.lifetime_spend") == [])
    }
}
