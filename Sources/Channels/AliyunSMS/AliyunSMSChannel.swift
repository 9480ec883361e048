import Kit

/// SMS through Aliyun's SendSms (Dysmsapi 2017-05-25), one number per request. The provider has no idempotency: our
/// reference goes along as `OutId`, which receipts and queries quote.
struct AliyunSMSChannel: Channel {
    let type = "aliyun-sms"
    let settings: AliyunSMSSettings
    let transport: HTTPTransport
    /// Never the same twice.
    let nonce: @Sendable () -> String

    init(
        _ settings: AliyunSMSSettings, transport: HTTPTransport, nonce: @escaping @Sendable () -> String = Nonce.make
    ) {
        self.settings = settings
        self.transport = transport
        self.nonce = nonce
    }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        await transport.attempt(message, request: request, outcome: outcome)
    }

    func request(for message: OutgoingMessage) throws(Unsendable) -> HTTPRequest {
        let number = try E164Number.of(message)
        guard let template = message.templateCode else { throw .noTemplateCode }
        var parameters = [
            ("PhoneNumbers", number.e164), ("SignName", settings.signName), ("TemplateCode", template),
            ("OutId", message.reference),
        ]
        if !message.values.isEmpty {
            let values = JSONText.object(message.values.map { JSONText.Member($0.0, .text($0.1)) })
            parameters.append(("TemplateParam", values.rendered))
        }
        if let code = settings.extendCode { parameters.append(("SmsUpExtendCode", code)) }
        return signed("SendSms", parameters, at: message.at)
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
