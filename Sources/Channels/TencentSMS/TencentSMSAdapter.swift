import Kit
import Rules

extension Adapter {
    static let tencentSMS = Adapter(
        type: "tencent-sms", "SMS through Tencent Cloud", traits: Traits(address: .phone, needsTemplateCode: true),
        rate: .ofNetwork,
        foreign: ["sign": "sign_name", "app_id": "sdk_app_id"],
        codes: TencentSMSChannel.codes.listed,
        asks: Bilingual("Tencent with an empty list of numbers", "腾讯云用空号码列表"),
        keys: [
            .init(
                "endpoint", .webAddress, "default https://sms.tencentcloudapi.com", chinese: "接口地址，默认公有云",
                standard: "https://sms.tencentcloudapi.com"),
            .init(
                "region", .text, "default ap-guangzhou", chinese: "地域，默认 ap-guangzhou", standard: "ap-guangzhou",
                examples: ["ap-guangzhou"]),
            .init(
                "secret_id", .secret, required: true, "of the API key", chinese: "SecretId",
                examples: ["{credential: tencent_id}"]),
            .init(
                "secret_key", .secret, required: true, "of the API key", chinese: "SecretKey",
                examples: ["{credential: tencent_key}"]),
            .init(
                "sdk_app_id", .text, required: true, "of the SMS application", chinese: "短信应用 SdkAppId",
                examples: ["\"1400006666\""]),
            .init("sign_name", .text, "the approved signature, without 【】", chinese: "短信签名，不带【】", examples: ["星河百货"]),
            .init("extend_code", .text, "the code that replies are routed by", chinese: "上行扩展码", examples: ["\"01\""]),
            .batch,
        ],
        opening: .network {
            TencentSMSChannel(
                TencentSMSSettings($0), transport: $1, calls: BatchTerms($0).map { BatchCollector($0) })
        },
        callbacks: { _, request in TencentSMSCallbacks.read(request) })
}

struct TencentSMSSettings: Sendable {
    var endpoint: String
    var region: String
    var secretID: String
    var secretKey: String
    var appID: String
    var signName: String?
    var extendCode: String?
}

extension TencentSMSSettings {
    init(_ settings: AdapterSettings) {
        self.init(
            endpoint: settings[text: "endpoint"], region: settings[text: "region"],
            secretID: settings[text: "secret_id"], secretKey: settings[text: "secret_key"],
            appID: settings[text: "sdk_app_id"], signName: settings.text("sign_name"),
            extendCode: settings.text("extend_code"))
    }
}
