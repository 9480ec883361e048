import Kit
import Rules

/// SMS through Kannel's `sendsms` (channels.md §3.1). One number per request; texts longer than one part are split
/// by Kannel, whose user needs `concatenation` and `max-messages`.
struct KannelChannel: Channel {
    let type = "kannel"
    private let settings: KannelSettings
    private let transport: HTTPTransport
    private let deadlines: HTTPDeadlines

    init(_ settings: KannelSettings, transport: HTTPTransport, deadlines: HTTPDeadlines = .standard) {
        self.settings = settings
        self.transport = transport
        self.deadlines = deadlines
    }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        await transport.attempt(message, request: request, outcome: outcome)
    }

    /// The same request without a receiver, which Kannel refuses after it has looked at user and password.
    func probe(at now: Instant) async -> ProbeOutcome {
        let request =
            switch settings.method {
            case .postHeaders: HTTPRequest(.post, settings.url, headers: login, deadlines: deadlines)
            case .get:
                HTTPRequest(
                    .get,
                    "\(settings.url)?\(PercentEncoding.query([("username", settings.username), ("password", settings.password)]))",
                    deadlines: deadlines)
            }
        return await transport.perform(request).probe { response in
            let outcome = outcome(of: response, at: now)
            return outcome == .rejected(code: "no_receiver") ? .works() : ProbeOutcome(outcome)
        }
    }

    private var login: [(name: String, value: String)] {
        [
            (name: "Content-Type", value: "text/plain; charset=UTF-8"),
            (name: "X-Kannel-Username", value: settings.username),
            (name: "X-Kannel-Password", value: settings.password),
        ]
    }

    /// The outcome of a reply that came whole. `now` turns a date of `Retry-After` into a wait.
    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome {
        let body = String(decoding: response.body, as: UTF8.self).drop(while: \.isWhitespace)
        let end = body.lastIndex { !$0.isWhitespace }
        return KannelReply.outcome(
            status: response.status, body: end.map { String(body[...$0]) } ?? "",
            retryAfter: response.retryAfter.map { RetryAfter.wait(for: $0, at: now) })
    }

    // MARK: The request

    func request(for message: OutgoingMessage) throws(Unsendable) -> HTTPRequest {
        guard let to = message.to else { throw .noAddress }
        guard KannelChannel.isNumber(to) else { throw .badAddress }
        // Kannel would deliver a blank message.
        guard !message.text.isEmpty else { throw .emptyText }
        switch settings.method {
        case .postHeaders: return post(message, to: to)
        case .get: return get(message, to: to)
        }
    }

    private func post(_ message: OutgoingMessage, to: String) -> HTTPRequest {
        var headers = [
            (name: "X-Kannel-To", value: to),
            (name: "X-Kannel-Coding", value: KannelChannel.coding(of: message.text)),
        ]
        headers = login + headers
        if let from = settings.from { headers.append(("X-Kannel-From", from)) }
        if let dlr = settings.dlr {
            headers.append(("X-Kannel-DLR-Mask", String(dlr.mask)))
            headers.append(("X-Kannel-DLR-Url", receiptURL(dlr, message.reference)))
        }
        return HTTPRequest(
            .post, settings.url, headers: headers, body: Array(message.text.utf8), deadlines: deadlines)
    }

    private func get(_ message: OutgoingMessage, to: String) -> HTTPRequest {
        var query = [
            ("username", settings.username), ("password", settings.password), ("to", to),
            // Always both: Kannel reads the text of coding 2 as UTF-16 unless told otherwise.
            ("coding", KannelChannel.coding(of: message.text)), ("charset", "UTF-8"), ("text", message.text),
        ]
        if let from = settings.from { query.append(("from", from)) }
        if let dlr = settings.dlr {
            query.append(("dlr-mask", String(dlr.mask)))
            query.append(("dlr-url", receiptURL(dlr, message.reference)))
        }
        return HTTPRequest(.get, "\(settings.url)?\(PercentEncoding.query(query))", deadlines: deadlines)
    }

    private func receiptURL(_ dlr: KannelSettings.Receipts, _ reference: String) -> String {
        // Kannel expands every % of this URL, so one of ours is doubled.
        let encoded = PercentEncoding.encode(reference)
        let safe = encoded.utf8.contains(UInt8(ascii: "%")) ? encoded.replacing("%", with: "%%") : encoded
        return "\(dlr.url)?reference=\(safe)&status=%d&answer=%A"
    }

    // MARK: Text

    /// `0` (7 bit) where every character is ASCII and in the GSM alphabet, else `2` (UCS-2).
    static func coding(of text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "`") || byte == 0x0A || byte == 0x0D
        }
        return isPlain ? "0" : "2"
    }

    /// Digits after an optional `+`. Anything else could reach more people than one: Kannel splits `to` at spaces.
    static func isNumber(_ to: String) -> Bool {
        let digits = to.hasPrefix("+") ? to.dropFirst() : to[...]
        return !digits.isEmpty && digits.utf8.count <= 20 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
