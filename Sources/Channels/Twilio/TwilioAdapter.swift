import Kit
import Rules

extension Adapter {
    static let twilio = Adapter(
        type: "twilio", "SMS through Twilio", traits: Traits(address: .phone), rate: .ofNetwork,
        foreign: ["sid": "account_sid", "token": "auth_token"],
        codes: TwilioChannel.codes.listed,
        asks: Bilingual("Twilio for the account", "Twilio 查账号"),
        keys: [
            .init(
                "endpoint", .webAddress, "default https://api.twilio.com", chinese: "接口地址，默认公有云",
                standard: "https://api.twilio.com"),
            .init(
                "account_sid", .identifier, required: true, "of the account", chinese: "账号 SID", examples: ["AC0123"]),
            .init(
                "auth_token", .secret, required: true, "of the account", chinese: "Auth Token",
                examples: ["{credential: twilio_token}"]),
            .init(
                "signature_key", .secret, "the shared key of callbacks signed by SHA-256", chinese: "SHA-256 回调签名的共享密钥",
                examples: ["{credential: twilio_signature_key}"]),
            .init("from", .text, "the sender members see", chinese: "发送号码", examples: ["\"+15005550006\""]),
            .init(
                "messaging_service_sid", .identifier, "in place of from", chinese: "消息服务 SID，代替 from",
                examples: ["MG0123"]),
        ],
        opening: .network { TwilioChannel(TwilioSettings($0), transport: $1) },
        callbacks: TwilioCallbacks.read)
}

struct TwilioSettings: Sendable {
    var endpoint: String
    var accountSID: String
    var authToken: String
    var from: String?
    var serviceSID: String?
    /// Where statuses are reported, with its token and without a query; nil asks for none.
    var statusCallback: String?
}

extension TwilioSettings {
    init(_ settings: AdapterSettings) {
        self.init(
            endpoint: settings[text: "endpoint"], accountSID: settings[text: "account_sid"],
            authToken: settings[text: "auth_token"], from: settings.text("from"),
            serviceSID: settings.text("messaging_service_sid"),
            statusCallback: settings.block("callbacks").flatMap { block in
                block.text("public_url").map { WebAddress.root($0) + block[text: "path_token"] }
            })
    }
}
