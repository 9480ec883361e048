import Kit

/// Messages as JSON to an address of the shop's own, signed by the convention of Standard Webhooks. Its `webhook-id` is
/// our reference, which lets the receiver drop what came twice: what may have arrived can be sent again.
struct WebhookChannel: Channel {
    let type = "webhook"
    let settings: WebhookSettings
    let transport: HTTPTransport

    init(_ settings: WebhookSettings, transport: HTTPTransport) {
        self.settings = settings
        self.transport = transport
    }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        await transport.attempt(message, request: request, outcome: outcome)
    }

    func request(for message: OutgoingMessage) throws(Unsendable) -> HTTPRequest {
        guard let signature = WebhookSignature(secret: settings.secret) else {
            throw Unsendable(.misconfigured(code: "bad_secret"))
        }
        let body = WebhookChannel.body(of: message)
        let seconds = message.at.wholeSeconds
        var request = HTTPRequest(
            .post, settings.url,
            headers: [
                (name: "Content-Type", value: "application/json; charset=utf-8"),
                (name: "webhook-id", value: message.reference), (name: "webhook-timestamp", value: String(seconds)),
                (
                    name: "webhook-signature",
                    value: signature.sign(id: message.reference, timestamp: seconds, body: body)
                ),
            ],
            body: Array(body.utf8))
        request.mayReachPrivateAddresses = isListed
        return request
    }

    /// Whether the host may have a private address.
    private var isListed: Bool {
        let host = WebAddress.authority(settings.url).split(separator: ":").first.map(String.init) ?? ""
        return settings.allowedHosts.contains { $0.lowercased() == host.lowercased() }
    }

    /// The connection alone: whether the receiver takes our signature shows with the first message.
    func probe(at now: Instant) async -> ProbeOutcome {
        guard WebhookSignature(secret: settings.secret) != nil else { return .refused(code: "bad_secret") }
        var request = HTTPRequest(.connect, settings.url)
        request.mayReachPrivateAddresses = isListed
        return await transport.perform(request).probe { _ in .works() }
    }

    private static func body(of message: OutgoingMessage) -> String {
        func text(_ text: String?) -> JSONText { text.map(JSONText.text) ?? .null }
        return JSONText.object([
            "id": .text(message.reference), "type": "message", "channel": .text(message.channel),
            "rule": .text(message.rule), "member": .text(message.member), "occasion": .text(message.occasion),
            "to": text(message.to), "subject": text(message.subject), "text": .text(message.text),
            "template": text(message.templateCode),
            "values": .object(message.values.map { JSONText.Member($0.0, .text($0.1)) }),
        ]).rendered
    }

    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome {
        switch response.status {
        case 200...299: .accepted(providerID: (response.json?["id"]?.scalarText).flatMap(ProviderCode.id))
        case 429:
            .throttled(code: "http_429", retryAfter: response.retryAfter(at: now) ?? .seconds(60))
        case 408, 425, 500...599:
            .notSent(code: "http_\(response.status)", retryAfter: response.retryAfter(at: now))
        case 401, 403, 404, 410: .misconfigured(code: "http_\(response.status)")
        case 300...399: .misconfigured(code: "redirect")
        case 400...499: .rejected(code: "http_\(response.status)")
        default: .unknown(code: "http_\(response.status)")
        }
    }
}
