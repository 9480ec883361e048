import Kit
import Rules

extension Adapter {
    static let wecomExternal = Adapter(
        type: "wecom-external", "customers of WeCom, by a task that a clerk confirms",
        traits: Traits(address: .wecomExternalUserID), rate: .ofNetwork,
        foreign: ["corpid": "corp_id", "from": "sender"],
        codes: WeComCodes.table.listed,
        asks: .askingForAccessToken,
        keys: [
            .init(
                "endpoint", .webAddress, "default https://qyapi.weixin.qq.com", chinese: "接口地址，默认公有云",
                standard: "https://qyapi.weixin.qq.com"),
            .init("corp_id", .identifier, required: true, "of the company", chinese: "企业 ID", examples: ["ww0123"]),
            .init(
                "secret", .secret, required: true, "of the application", chinese: "应用 Secret",
                examples: ["{credential: wecom_secret}"]),
            .init(
                "sender",
                .choice([
                    .init("advisor", "the member's advisor, where it is a userid of WeCom"),
                    .init("any", "the clerk whom WeCom chooses"),
                ]), "who is asked to confirm, default advisor", chinese: "由谁确认发送，默认会员的专属导购", standard: "advisor"),
            .init(
                "poll_results", .block { pollResults }, "how often WeCom is asked what became of tasks",
                chinese: "多久查询一次任务结果"),
            .weChatCallbacks(isAlwaysEncrypted: true),
        ],
        opening: .network { WeComExternalChannel($0, $1) }, callbacks: WeChatCallbacks.wecomExternal)

    private static let pollResults = BlockDeclaration(
        "poll_results",
        [
            .init("every", .span([.minutes, .hours]), "default 10m", chinese: "间隔，默认 10m", examples: ["10m"]),
            .init("for", .span([.hours, .days]), "default 7d", chinese: "持续多久，默认 7d", examples: ["7d"]),
        ])
}

extension AdapterSettings {
    /// How long a key says that something lasts; nil where it is not there.
    fileprivate func duration(_ key: String) -> Duration? {
        if case .span(let span)? = self[key] { .microseconds(span.roughMicros) } else { nil }
    }
}

extension WeComExternalChannel {
    init(_ settings: AdapterSettings, _ transport: HTTPTransport) {
        let polls = settings.block("poll_results")
        self.init(
            endpoint: WebAddress.root(settings[text: "endpoint"]), asksAdvisor: settings[text: "sender"] == "advisor",
            every: polls?.duration("every") ?? .seconds(600), for: polls?.duration("for") ?? .seconds(7 * 86_400),
            transport: transport, tokens: .wecom(settings, transport))
    }
}
