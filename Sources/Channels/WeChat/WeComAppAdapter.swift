import Kit
import Rules

extension Adapter {
    static let wecomApp = Adapter(
        type: "wecom-app", "an application of WeCom, to colleagues",
        traits: Traits(address: ChannelDeclaration.Address.none), rate: Rate(count: 30, unit: .minute),
        foreign: ["corpid": "corp_id", "agentid": "agent_id", "to": "to_user"],
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
                "agent_id", .int(1...Int(Int32.max)), required: true, "of the application", chinese: "应用 AgentId",
                examples: ["1000002"]),
            .init(
                "to_user", .list(.identifier), required: true, "the colleagues it goes to", chinese: "接收的同事",
                examples: ["[wangfang, lina]"]),
            .weChatCallbacks(isAlwaysEncrypted: true),
        ],
        opening: .network { WeComAppChannel($0, $1) }, callbacks: WeChatCallbacks.wecom)
}

/// Messages of an application to colleagues. Excess of a colleague's limit is dropped by the provider without a word.
struct WeComAppChannel: TokenChannel {
    let type = "wecom-app"
    let endpoint: String
    let agentID: Int
    let users: String
    let transport: HTTPTransport
    let tokens: AccessTokens
    let codes = WeComCodes.table

    init(_ settings: AdapterSettings, _ transport: HTTPTransport) {
        self.transport = transport
        endpoint = WebAddress.root(settings[text: "endpoint"])
        agentID = settings[int: "agent_id"]
        users = settings.texts("to_user").joined(separator: "|")
        tokens = .wecom(settings, transport)
    }

    func request(for message: OutgoingMessage, token: String) throws(Unsendable) -> HTTPRequest {
        guard !message.text.isEmpty else { throw .emptyText }
        // The provider counts bytes, and cuts or refuses the rest.
        guard message.text.utf8.count <= 2048 else { throw .tooLong }
        let body = JSONText.object([
            "touser": .text(users), "msgtype": "text", "agentid": .int(agentID),
            "text": .object(["content": .text(message.text)]),
            // The same message again within half an hour is dropped.
            "enable_duplicate_check": .int(1), "duplicate_check_interval": .int(1800),
        ])
        return .json("\(endpoint)cgi-bin/message/send?access_token=\(PercentEncoding.encode(token))", body)
    }
}

extension AccessTokens {
    /// Those of an application of WeCom, by the keys `endpoint`, `corp_id` and `secret`.
    static func wecom(_ settings: AdapterSettings, _ transport: HTTPTransport) -> AccessTokens {
        let query = PercentEncoding.query([
            ("corpid", settings[text: "corp_id"]), ("corpsecret", settings[text: "secret"]),
        ])
        let request = HTTPRequest(.get, "\(WebAddress.root(settings[text: "endpoint"]))cgi-bin/gettoken?\(query)")
        return AccessTokens { WeChatAnswer.token(await transport.perform(request), WeComCodes.table) }
    }
}
