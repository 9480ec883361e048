import Kit

/// Messages to customers by WeCom's mass sending, which makes a task of each: nothing leaves before a clerk confirms it
/// (https://developer.work.weixin.qq.com/document/path/92135). What became of a task is asked for.
struct WeComExternalChannel: TokenChannel {
    let type = "wecom-external"
    let endpoint: String
    /// The member's advisor is to confirm; otherwise WeCom chooses among the clerks who know the customer.
    let asksAdvisor: Bool
    /// How often results are asked for, and for how long after the handover.
    let every: Duration
    let whole: Duration
    let transport: HTTPTransport
    let tokens: AccessTokens
    let codes = WeComCodes.table

    init(
        endpoint: String, asksAdvisor: Bool, every: Duration, for whole: Duration, transport: HTTPTransport,
        tokens: AccessTokens
    ) {
        self.endpoint = endpoint
        self.asksAdvisor = asksAdvisor
        self.every = every
        self.whole = whole
        self.transport = transport
        self.tokens = tokens
    }

    func request(for message: OutgoingMessage, token: String) throws(Unsendable) -> HTTPRequest {
        guard let customer = message.to else { throw .noAddress }
        guard ProviderCode.id(customer) == customer else { throw .badAddress }
        guard !message.text.isEmpty else { throw .emptyText }
        // The provider counts bytes.
        guard message.text.utf8.count <= 4000 else { throw .tooLong }
        var members: [JSONText.Member] = [
            .init("chat_type", "single"), .init("external_userid", .list([.text(customer)])),
            // The clerk must not send it to somebody else.
            .init("allow_select", .bool(false)), .init("text", .object(["content": .text(message.text)])),
        ]
        if asksAdvisor, let advisor = message.advisor, ProviderCode.id(advisor) == advisor {
            members.append(.init("sender", .text(advisor)))
        }
        return call("add_msg_template", .object(members), token: token)
    }

    func call(_ name: String, _ body: JSONText, token: String) -> HTTPRequest {
        .json("\(endpoint)cgi-bin/externalcontact/\(name)?access_token=\(PercentEncoding.encode(token))", body)
    }

    /// A task for nobody is none: the customer is on the list of those who cannot be reached.
    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome {
        if WeChatAnswer.code(response) == "0", case .array(let failed)? = response.json?["fail_list"], !failed.isEmpty {
            return .rejected(code: "fail_list")
        }
        return WeChatAnswer.outcome(of: response, codes, at: now)
    }
}
