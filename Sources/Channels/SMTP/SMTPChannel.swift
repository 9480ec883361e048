import Kit

/// Mail over SMTP submission, one recipient a mail. The Message-ID is our reference, the same for every attempt.
struct SMTPChannel: Channel {
    let type = "smtp"
    let settings: SMTPSettings
    let transport: HTTPTransport
    let deadlines: HTTPDeadlines

    init(_ settings: SMTPSettings, transport: HTTPTransport, deadlines: HTTPDeadlines = MailRequest.deadlines) {
        self.settings = settings
        self.transport = transport
        self.deadlines = deadlines
    }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        guard settings.isSafe else { return .misconfigured(code: "tls_required") }
        guard let to = message.to else { return .rejected(code: "no_address") }
        guard !message.text.isEmpty || message.html?.isEmpty == false else { return .rejected(code: "empty_text") }
        let id = "\(message.reference)@\(settings.domain)"
        let mail = MailMessage(
            from: settings.from, to: to, subject: message.subject ?? "", text: message.text, html: message.html,
            id: id, at: message.at,
            unsubscribe: message.unsubscribe.map(settings.unsubscribeAddress), isOneClick: settings.isOneClick)
        let from = settings.sender(of: message.reference)
        switch await transport.perform(request(.init(from: from, to: to, data: mail.bytes))) {
        case .response(let response): return outcome(of: response)
        case .notSent(.badRequest): return .rejected(code: "bad_address")
        case .notSent(.tls), .notSent(.loginDenied):
            return .misconfigured(code: "tls_or_login")
        case .notSent(let fault): return .notSent(code: fault.rawValue, retryAfter: nil)
        case .unknown(let fault): return .unknown(code: fault.rawValue)
        }
    }

    private func request(_ envelope: MailRequest.Envelope?) -> MailRequest {
        MailRequest(
            host: settings.host, port: settings.port, encryption: settings.encryption, login: settings.login,
            hello: settings.hello, trusted: settings.trusted, envelope: envelope, deadlines: deadlines)
    }

    /// Connection, TLS, login and a NOOP.
    func probe(at now: Instant) async -> ProbeOutcome {
        guard settings.isSafe else { return .refused(code: "tls_required") }
        return await transport.perform(request(nil)).probe { response in
            let reply = SMTPReply(code: response.status, line: String(decoding: response.body, as: UTF8.self))
            return reply.outcome.map { ProbeOutcome($0) } ?? .works()
        }
    }

    /// The server's own number of the mail is in its log beside our Message-ID, and nothing that comes back quotes it: an
    /// index of it would cost each mail a page.
    private func outcome(of response: HTTPResponse) -> SendOutcome {
        let reply = SMTPReply(code: response.status, line: String(decoding: response.body, as: UTF8.self))
        return reply.outcome ?? .accepted(providerID: nil)
    }
}

/// What a mail server's last line means: by its first digit, refined by the enhanced code of RFC 3463.
struct SMTPReply {
    let code: Int
    /// `5.1.1`; nil where the line has none.
    let enhanced: String?

    init(code: Int, line: String) {
        self.code = code
        let point = UInt8(ascii: ".")
        let word = line.utf8.dropFirst(4).prefix { (0x30...0x39).contains($0) || $0 == point }
        let parts = word.split(separator: point, omittingEmptySubsequences: false)
        let isCode = parts.count == 3 && parts.allSatisfy { (1...3).contains($0.count) }
        enhanced = isCode ? String(decoding: word, as: UTF8.self) : nil
    }

    private var name: String { enhanced.map { "\(code)_\($0)" } ?? String(code) }

    /// Addresses that no mail arrives at.
    private static let bounces: Set = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"]
    private static let settings: Set = ["5.7.0", "5.7.8"]

    /// Whether no mail arrives at the address, whoever says so, and whenever.
    static func isBounce(_ enhanced: String) -> Bool { bounces.contains(enhanced) }

    /// Nil: the server took the mail.
    var outcome: SendOutcome? {
        switch code {
        case 200...299: return nil
        case 530, 535, 538: return .misconfigured(code: name)
        // Greylisting lets a mail through after some minutes.
        case 400...499: return .notSent(code: name, retryAfter: .seconds(300))
        case 500...599:
            guard let enhanced else { return .rejected(code: name) }
            if SMTPReply.settings.contains(enhanced) { return .misconfigured(code: name) }
            return SMTPReply.isBounce(enhanced)
                ? .suppressed(code: name, .bounced) : .rejected(code: name)
        default: return .unknown(code: name)
        }
    }
}
