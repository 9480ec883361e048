import Kit
import Rules

extension Adapter {
    static let aliyunSMS = Adapter(
        type: "aliyun-sms", "SMS through Aliyun (Alibaba Cloud)",
        traits: Traits(address: .phone, needsTemplateCode: true), rate: .ofNetwork,
        foreign: ["sign": "sign_name", "signature_name": "sign_name", "key_id": "access_key_id"],
        codes: AliyunSMSChannel.codes.listed,
        asks: Bilingual("Aliyun for what was sent to a number today", "阿里云查一个号码当天的发送记录"),
        keys: [
            .init(
                "endpoint", .webAddress, "default https://dysmsapi.aliyuncs.com", chinese: "接口地址，默认公有云",
                standard: "https://dysmsapi.aliyuncs.com"),
            .init(
                "signature",
                .choice([.init("acs3", "what the provider recommends"), .init("rpc-v1", "for old private clouds")]),
                "default acs3", chinese: "签名算法，默认 acs3", standard: "acs3"),
            .init(
                "access_key_id", .secret, required: true, "of the RAM user", chinese: "AccessKey ID",
                examples: ["{credential: aliyun_key_id}"]),
            .init(
                "access_key_secret", .secret, required: true, "of the RAM user", chinese: "AccessKey Secret",
                examples: ["{credential: aliyun_key_secret}"]),
            .init(
                "sign_name", .text, required: true, "the approved signature, without 【】", chinese: "短信签名，不带【】",
                examples: ["星河百货"]),
            .init("extend_code", .text, "the code that replies are routed by", chinese: "上行扩展码", examples: ["\"01\""]),
            .batch,
        ],
        opening: .network {
            AliyunSMSChannel(
                AliyunSMSSettings($0), transport: $1, calls: BatchTerms($0).map { BatchCollector($0) })
        },
        callbacks: { _, request in AliyunSMSCallbacks.read(request) })
}

struct AliyunSMSSettings: Sendable {
    enum Signature: String, Sendable {
        case acs3
        case rpcV1 = "rpc-v1"
    }
    var endpoint: String
    var signature: Signature
    var keyID: String
    var keySecret: String
    var signName: String
    var extendCode: String?
}

extension AliyunSMSSettings {
    init(_ settings: AdapterSettings) {
        self.init(
            endpoint: settings[text: "endpoint"], signature: Signature(rawValue: settings[text: "signature"]) ?? .acs3,
            keyID: settings[text: "access_key_id"], keySecret: settings[text: "access_key_secret"],
            signName: settings[text: "sign_name"], extendCode: settings.text("extend_code"))
    }
}
