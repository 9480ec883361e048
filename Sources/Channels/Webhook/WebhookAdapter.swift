import Kit
import Rules

extension Adapter {
    static let webhook = Adapter(
        type: "webhook", "a web address of yours, signed by Standard Webhooks",
        traits: Traits(usualAddress: ChannelDeclaration.Address.none), rate: .ofNetwork,
        foreign: ["hosts": "allow_hosts", "signing_secret": "secret"],
        asks: Bilingual("a webhook by the connection alone", "webhook 只建立连接"),
        keys: [
            .init(
                "url", .webAddress, required: true, "where messages are posted", chinese: "接收地址",
                examples: ["https://crm.example.com/in"]),
            .init(
                "secret", .secret, required: true, "base64, with or without whsec_", chinese: "签名密钥",
                examples: ["{env: HOOK_SECRET}"]),
            .init(
                "signing", .choice([.init("standard-webhooks", "https://www.standardwebhooks.com")]),
                "how requests are signed, default standard-webhooks", chinese: "签名方式，默认 standard-webhooks"),
            .init(
                "allow_hosts", .list(.text), "hosts that may have a private address", chinese: "允许的内网主机",
                examples: ["[crm.internal]"]),
        ],
        opening: .network { WebhookChannel(WebhookSettings($0), transport: $1) })
}

struct WebhookSettings: Sendable {
    var url: String
    var secret: String
    var allowedHosts: [String] = []
}

extension WebhookSettings {
    init(_ settings: AdapterSettings) {
        self.init(
            url: settings[text: "url"], secret: settings[text: "secret"], allowedHosts: settings.texts("allow_hosts"))
    }
}
