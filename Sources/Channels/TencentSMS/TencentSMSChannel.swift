import Kit

/// SMS through Tencent Cloud's SendSms (2021-01-11). The values of a template are positional, in the order of its text. In a
/// call with several numbers each has a status and a serial number of its own.
struct TencentSMSChannel: Channel {
    let type = "tencent-sms"
    let settings: TencentSMSSettings
    let transport: HTTPTransport
    /// Nil: each message leaves in a call of its own.
    let calls: BatchCollector?

    init(_ settings: TencentSMSSettings, transport: HTTPTransport, calls: BatchCollector? = nil) {
        self.settings = settings
        self.transport = transport
        self.calls = calls
    }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        await transport.attempt(
            message, sharing: calls, request: request, outcome: outcome,
            together: (request: { self.request(for: $0) }, answer: { self.answer($0, to: $1, at: $2) }))
    }

    func endWaiting() { calls?.close() }

    func request(for message: OutgoingMessage) throws(Unsendable) -> HTTPRequest {
        let number = try E164Number.of(message)
        guard let template = message.templateCode else { throw .noTemplateCode }
        return request(
            to: [number], message, template, own: [.init("SessionContext", .text(message.reference))], at: message.at)
    }

    func request(for messages: [BatchMessage]) -> HTTPRequest {
        let one = messages[0]
        return request(to: messages.map(\.number), one.message, one.key.template, own: [], at: messages.at)
    }

    private func request(
        to numbers: [E164Number], _ message: OutgoingMessage, _ template: String, own: [JSONText.Member],
        at now: Instant
    ) -> HTTPRequest {
        var members: [JSONText.Member] = [
            .init("PhoneNumberSet", .list(numbers.map { .text($0.e164) })),
            .init("SmsSdkAppId", .text(settings.appID)), .init("TemplateId", .text(template)),
            .init("TemplateParamSet", .list(message.values.map { .text($0.1) })),
        ]
        members += own
        if let name = settings.signName { members.append(.init("SignName", .text(name))) }
        if let code = settings.extendCode { members.append(.init("ExtendCode", .text(code))) }
        return signed("SendSms", .object(members), at: now)
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

    /// The statuses may be in any order: each is that of its number, which is in the call once. A number without a status,
    /// or with two, may have been taken.
    func answer(_ response: HTTPResponse, to messages: [BatchMessage], at now: Instant) -> BatchAnswer {
        guard let answer = response.json?["Response"] else { return .whole(response.outcome(at: now)) }
        if let code = answer["Error"]?["Code"]?.scalarText {
            return .whole(TencentSMSChannel.codes.outcome(of: code, at: now))
        }
        guard case .array(let items)? = answer["SendStatusSet"] else { return .whole(response.outcome(at: now)) }
        let statuses = Dictionary(grouping: items) { TencentSMSChannel.number($0["PhoneNumber"]?.scalarText) }
        return .each(
            messages.map { message in
                guard let own = statuses[message.number.e164], own.count == 1, let code = own[0]["Code"]?.scalarText
                else { return .unknown(code: BatchAnswer.missing) }
                return TencentSMSChannel.codes.outcome(of: code, id: own[0]["SerialNo"]?.scalarText, at: now)
            })
    }

    /// As the call had it: the provider may leave the plus sign or the country out.
    private static func number(_ text: String?) -> String? {
        text.flatMap { (E164Number($0) ?? E164Number("+" + $0))?.e164 }
    }
}
