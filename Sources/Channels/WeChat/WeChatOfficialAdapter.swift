import Kit
import Rules

extension Adapter {
    static let wechatOfficial = Adapter(
        type: "wechat-official", "a WeChat official account",
        traits: Traits(address: .wechatOpenID, marketing: .forbiddenByProviderTemplate), rate: .ofNetwork,
        foreign: ["appid": "app_id", "secret": "app_secret"], codes: WeChatCodes.table.listed,
        asks: .askingForAccessToken,
        keys: accountKeys + [
            .init(
                "templates",
                .choice([
                    .init("notice", "template messages, which need a template of the account"),
                    .init("subscription", "subscription notices, one for each consent"),
                ]), "what a template's code is, default notice", chinese: "模板编号属于哪种消息，默认 notice", standard: "notice"),
            .init(
                "url", .webAddress, "the page a message opens", chinese: "点击后打开的网页", examples: ["https://shop.example/"]
            ),
        ],
        opening: .network { WeChatChannel.official($0, $1) }, callbacks: WeChatCallbacks.official,
        credited: { $0.text("templates") == "subscription" ? [.template, .text] : [.text] })

    static let wechatMini = Adapter(
        type: "wechat-mini", "subscription messages of a WeChat mini program",
        traits: Traits(address: .wechatOpenID, marketing: .forbiddenByProviderTemplate, needsTemplateCode: true),
        rate: .ofNetwork,
        foreign: ["appid": "app_id", "secret": "app_secret"], codes: WeChatCodes.table.listed,
        asks: .askingForAccessToken,
        keys: accountKeys + [
            .init("page", .text, "the page a message opens", chinese: "点击后打开的页面", examples: ["pages/index"])
        ],
        opening: .network { WeChatChannel.mini($0, $1) }, callbacks: WeChatCallbacks.mini,
        credited: { _ in [.template] })

    private static let accountKeys: [KeyDeclaration] = [
        .init(
            "endpoint", .webAddress, "default https://api.weixin.qq.com", chinese: "接口地址，默认公有云",
            standard: "https://api.weixin.qq.com"),
        .init("app_id", .identifier, required: true, "of the account", chinese: "AppID", examples: ["wx0123"]),
        .init(
            "app_secret", .secret, required: true, "of the account", chinese: "AppSecret",
            examples: ["{credential: wechat_secret}"]),
        .init(
            "token_mode",
            .choice([
                .init("stable", "one token for all who ask"),
                .init("legacy", "a new one ends the one before: for a single process only"),
            ]), "how access tokens are asked for, default stable", chinese: "获取 access_token 的方式，默认 stable",
            standard: "stable"),
        .weChatCallbacks(isAlwaysEncrypted: false),
    ]
}
