import Kit

/// SMS through Twilio's Messages. The provider has no idempotency for creation.
struct TwilioChannel: Channel {
    let type = "twilio"
    let settings: TwilioSettings
    let transport: HTTPTransport

    init(_ settings: TwilioSettings, transport: HTTPTransport) {
        self.settings = settings
        self.transport = transport
    }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        await transport.attempt(message, request: request, outcome: outcome)
    }

    func request(for message: OutgoingMessage) throws(Unsendable) -> HTTPRequest {
        let number = try E164Number.of(message)
        guard !message.text.isEmpty else { throw .emptyText }
        var form = [("To", number.e164), ("Body", message.text)]
        if let service = settings.serviceSID {
            form.append(("MessagingServiceSid", service))
        } else if let from = settings.from {
            form.append(("From", from))
        } else {
            throw Unsendable(.misconfigured(code: "no_sender"))
        }
        if let url = settings.statusCallback {
            form.append(("StatusCallback", "\(url)?reference=\(PercentEncoding.encode(message.reference))"))
        }
        return HTTPRequest(
            .post, "\(account)/Messages.json",
            headers: [(name: "Content-Type", value: "application/x-www-form-urlencoded"), login],
            body: Array(PercentEncoding.query(form).utf8))
    }

    /// The address of the account.
    var account: String {
        "\(WebAddress.root(settings.endpoint))2010-04-01/Accounts/\(PercentEncoding.encode(settings.accountSID))"
    }

    var login: (name: String, value: String) {
        (name: "Authorization", value: BasicLogin.header(settings.accountSID, settings.authToken))
    }

    /// 201 with the message, or an error with its code.
    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome {
        guard let answer = response.json else { return response.outcome(at: now) }
        if response.status == 201 || response.status == 200, let id = answer["sid"]?.scalarText {
            return .accepted(providerID: ProviderCode.id(id))
        }
        guard (400...499).contains(response.status), let code = answer["code"]?.scalarText else {
            return response.outcome(at: now)
        }
        if code == "20429" {
            return .throttled(code: code, retryAfter: response.retryAfter(at: now) ?? .seconds(60))
        }
        return TwilioChannel.codes.outcome(of: code, at: now)
    }

    /// https://www.twilio.com/docs/api/errors
    static let codes = CodeTable([
        .busy: ["20429"],
        .misconfigured: ["20003", "20404", "21606", "21608", "21408", "30002"],
        .rejected: ["21211", "21612", "21614", "21617", "21635", "30005", "30006", "30007"],
        .suppressed(.optedOut): ["21610"],
        .wait(.seconds(14_400)): ["30003", "30008"],
    ])
}
