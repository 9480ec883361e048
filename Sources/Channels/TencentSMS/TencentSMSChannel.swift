import Kit

/// SMS through Tencent Cloud's SendSms (2021-01-11), one number per request. The values of a template are positional, in
/// the order of its text.
struct TencentSMSChannel: Channel {
    let type = "tencent-sms"
    let settings: TencentSMSSettings
    let transport: HTTPTransport

    init(_ settings: TencentSMSSettings, transport: HTTPTransport) {
        self.settings = settings
        self.transport = transport
    }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        await transport.attempt(message, request: request, outcome: outcome)
    }

    func request(for message: OutgoingMessage) throws(Unsendable) -> HTTPRequest {
        let number = try E164Number.of(message)
        guard let template = message.templateCode else { throw .noTemplateCode }
        var members: [JSONText.Member] = [
            .init("PhoneNumberSet", .list([.text(number.e164)])), .init("SmsSdkAppId", .text(settings.appID)),
            .init("TemplateId", .text(template)),
            .init("TemplateParamSet", .list(message.values.map { .text($0.1) })),
            .init("SessionContext", .text(message.reference)),
        ]
        if let name = settings.signName { members.append(.init("SignName", .text(name))) }
        if let code = settings.extendCode { members.append(.init("ExtendCode", .text(code))) }
        return signed("SendSms", .object(members), at: message.at)
    }

    func signed(_ action: String, _ content: JSONText, at now: Instant) -> HTTPRequest {
        let body = Array(content.rendered.utf8)
        let contentType = "application/json; charset=utf-8"
        let seconds = now.wholeSeconds
        let host = WebAddress.authority(settings.endpoint)
        let authorization = TencentSignature.authorization(
            service: "sms", host: host, contentType: contentType, headers: [("x-tc-action", action.lowercased())],
            body: body, timestamp: seconds, keyID: settings.secretID, secret: settings.secretKey)
        return HTTPRequest(
            .post, WebAddress.root(settings.endpoint),
            headers: [
                (name: "Content-Type", value: contentType), (name: "X-TC-Action", value: action),
                (name: "X-TC-Version", value: "2021-01-11"), (name: "X-TC-Region", value: settings.region),
                (name: "X-TC-Timestamp", value: String(seconds)), (name: "Authorization", value: authorization),
            ],
            body: body)
    }

    /// The whole call is refused, or each number has a status of its own.
    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome {
        guard let answer = response.json?["Response"] else { return response.outcome(at: now) }
        if let code = answer["Error"]?["Code"]?.scalarText {
            return TencentSMSChannel.codes.outcome(of: code, at: now)
        }
        guard case .array(let statuses)? = answer["SendStatusSet"], statuses.count == 1,
            let code = statuses[0]["Code"]?.scalarText
        else { return response.outcome(at: now) }
        return TencentSMSChannel.codes.outcome(
            of: code, id: statuses[0]["SerialNo"]?.scalarText, at: now)
    }
}
