import Kit

/// Messages of an official account or a mini program to its followers, by openid. A template's `code` is the id of the
/// account's own template, and its values are that template's fields; a text without one is a customer-service message,
/// which WeChat takes within two days after the member wrote.
struct WeChatChannel: TokenChannel {
    enum Form: Sendable {
        case template(url: String?)
        case subscription(path: String, page: String?)
    }

    let type: String
    let endpoint: String
    let form: Form
    let transport: HTTPTransport
    let tokens: AccessTokens
    let codes = WeChatCodes.table

    static func official(_ settings: AdapterSettings, _ transport: HTTPTransport) -> WeChatChannel {
        let url = settings.text("url")
        return WeChatChannel(
            type: "wechat-official", settings, transport,
            form: settings[text: "templates"] == "subscription"
                ? .subscription(path: "cgi-bin/message/subscribe/bizsend", page: url) : .template(url: url))
    }

    static func mini(_ settings: AdapterSettings, _ transport: HTTPTransport) -> WeChatChannel {
        WeChatChannel(
            type: "wechat-mini", settings, transport,
            form: .subscription(path: "cgi-bin/message/subscribe/send", page: settings.text("page")))
    }

    private init(type: String, _ settings: AdapterSettings, _ transport: HTTPTransport, form: Form) {
        self.type = type
        self.form = form
        self.transport = transport
        endpoint = WebAddress.root(settings[text: "endpoint"])
        let request = WeChatChannel.tokenRequest(
            root: endpoint, appID: settings[text: "app_id"], secret: settings[text: "app_secret"],
            isStable: settings.text("token_mode") != "legacy")
        tokens = AccessTokens { WeChatAnswer.token(await transport.perform(request), WeChatCodes.table) }
    }

    /// The stable token: asked for again and again it stays the same, so that two processes do not end each other's.
    private static func tokenRequest(
        root: String, appID: String, secret: String, isStable: Bool
    ) -> HTTPRequest {
        guard isStable else {
            let query = PercentEncoding.query([
                ("grant_type", "client_credential"), ("appid", appID), ("secret", secret),
            ])
            return HTTPRequest(.get, "\(root)cgi-bin/token?\(query)")
        }
        let body = JSONText.object([
            "grant_type": "client_credential", "appid": .text(appID), "secret": .text(secret),
            "force_refresh": .bool(false),
        ])
        return .json("\(root)cgi-bin/stable_token", body)
    }

    func request(for message: OutgoingMessage, token: String) throws(Unsendable) -> HTTPRequest {
        guard let openID = message.to else { throw .noAddress }
        guard ProviderCode.id(openID) == openID else { throw .badAddress }
        let query = "?access_token=\(PercentEncoding.encode(token))"
        guard let template = message.templateCode else { return try text(message, to: openID, query) }
        let data = JSONText.object(
            message.values.map { JSONText.Member($0.0, .object(["value": .text($0.1)])) })
        var members: [JSONText.Member] = [.init("touser", .text(openID)), .init("template_id", .text(template))]
        let path: String
        switch form {
        case .template(let url):
            path = "cgi-bin/message/template/send"
            if let url { members.append(.init("url", .text(url))) }
            // Within ten minutes the same id to the same member is sent once.
            members.append(.init("client_msg_id", .text(message.reference)))
        case .subscription(let own, let page):
            path = own
            if let page { members.append(.init("page", .text(page))) }
        }
        members.append(.init("data", data))
        return .json(endpoint + path + query, .object(members))
    }

    private func text(_ message: OutgoingMessage, to openID: String, _ query: String) throws(Unsendable) -> HTTPRequest
    {
        guard case .template = form else { throw .noTemplateCode }
        guard !message.text.isEmpty else { throw .emptyText }
        return .json(
            endpoint + "cgi-bin/message/custom/send" + query,
            .object([
                "touser": .text(openID), "msgtype": "text", "text": .object(["content": .text(message.text)]),
            ]))
    }
}
