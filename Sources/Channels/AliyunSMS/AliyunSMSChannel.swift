import Kit

/// SMS through Aliyun's SendSms (Dysmsapi 2017-05-25). The provider has no idempotency: our reference goes along as
/// `OutId`, which receipts and queries quote. A call with several numbers has one `OutId` and one `BizId` for all of them,
/// so it goes without the first, and its receipts are told apart by the second and the number.
struct AliyunSMSChannel: Channel {
    let type = "aliyun-sms"
    let settings: AliyunSMSSettings
    let transport: HTTPTransport
    /// Never the same twice.
    let nonce: @Sendable () -> String
    /// Nil: each message leaves in a call of its own.
    let calls: BatchCollector?

    init(
        _ settings: AliyunSMSSettings, transport: HTTPTransport, nonce: @escaping @Sendable () -> String = Nonce.make,
        calls: BatchCollector? = nil
    ) {
        self.settings = settings
        self.transport = transport
        self.nonce = nonce
        self.calls = calls
    }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        await transport.attempt(
            message, sharing: calls, request: request, outcome: outcome,
            together: (request: { self.request(for: $0) }, answer: { .whole(self.outcome(of: $0, at: $2)) }))
    }

    func endWaiting() { calls?.close() }

    func request(for message: OutgoingMessage) throws(Unsendable) -> HTTPRequest {
        let number = try E164Number.of(message)
        guard let template = message.templateCode else { throw .noTemplateCode }
        return request(to: [number], message, template, own: [("OutId", message.reference)], at: message.at)
    }

    /// The provider answers a call with one code: it takes all of them or none.
    func request(for messages: [BatchMessage]) -> HTTPRequest {
        let one = messages[0]
        return request(to: messages.map(\.number), one.message, one.key.template, own: [], at: messages.at)
    }

    private func request(
        to numbers: [E164Number], _ message: OutgoingMessage, _ template: String, own: [(String, String)],
        at now: Instant
    ) -> HTTPRequest {
        var parameters = [
            ("PhoneNumbers", numbers.map(\.e164).joined(separator: ",")), ("SignName", settings.signName),
            ("TemplateCode", template),
        ]
        parameters += own
        if !message.values.isEmpty {
            let values = JSONText.object(message.values.map { JSONText.Member($0.0, .text($0.1)) })
            parameters.append(("TemplateParam", values.rendered))
        }
        if let code = settings.extendCode { parameters.append(("SmsUpExtendCode", code)) }
        return signed("SendSms", parameters, at: now)
    }

    func signed(_ action: String, _ parameters: [(String, String)], at now: Instant) -> HTTPRequest {
        switch settings.signature {
        case .acs3: acs3(action, parameters, at: now)
        case .rpcV1: rpc(action, parameters, at: now)
        }
    }

    private func acs3(_ action: String, _ parameters: [(String, String)], at now: Instant) -> HTTPRequest {
        let bodyHash = Digest.sha256Hex([UInt8]())
        let headers = [
            (name: "host", value: WebAddress.authority(settings.endpoint)), (name: "x-acs-action", value: action),
            (name: "x-acs-content-sha256", value: bodyHash), (name: "x-acs-date", value: now.utcSeconds),
            (name: "x-acs-signature-nonce", value: nonce()), (name: "x-acs-version", value: "2017-05-25"),
        ]
        let authorization = AliyunSignature.acs3(
            method: "POST", query: parameters, headers: headers, bodyHash: bodyHash, keyID: settings.keyID,
            secret: settings.keySecret)
        return HTTPRequest(
            .post, "\(WebAddress.root(settings.endpoint))?\(PercentEncoding.query(parameters))",
            headers: headers + [
                (name: "Authorization", value: authorization), (name: "Accept", value: "application/json"),
            ])
    }

    private func rpc(_ action: String, _ parameters: [(String, String)], at now: Instant) -> HTTPRequest {
        var all = parameters
        all += [
            ("Action", action), ("Version", "2017-05-25"), ("Format", "JSON"), ("AccessKeyId", settings.keyID),
            ("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0"), ("SignatureNonce", nonce()),
            ("Timestamp", now.utcSeconds),
        ]
        all.append(("Signature", AliyunSignature.rpc(method: "POST", parameters: all, secret: settings.keySecret)))
        return HTTPRequest(
            .post, WebAddress.root(settings.endpoint),
            headers: [(name: "Content-Type", value: "application/x-www-form-urlencoded")],
            body: Array(PercentEncoding.query(all).utf8))
    }

    /// Success and refusal have one shape, whatever the status.
    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome {
        guard let answer = response.json, let code = answer["Code"]?.scalarText else {
            return response.outcome(at: now)
        }
        if code == "isv.BUSINESS_LIMIT_CONTROL" {
            let wait = AliyunSMSChannel.wait(named: answer["Message"]?.scalarText ?? "")
            return .notSent(code: code, retryAfter: wait)
        }
        return AliyunSMSChannel.codes.outcome(of: code, id: answer["BizId"]?.scalarText, at: now)
    }

    /// The level of flow control that the message names: so many in a minute, an hour, or a day.
    private static func wait(named message: String) -> Duration {
        if message.contains("天级") { return .seconds(86_400) }
        return message.contains("分钟级") ? .seconds(60) : .seconds(3600)
    }
}
