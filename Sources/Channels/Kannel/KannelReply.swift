/// Kannel's answers to `sendsms` and what each means (channels.md §3.1; Kannel 1.4.5, gw/smsbox.c). The body tells
/// apart what the status does not. A reply that no row matches is `unknown`: it may hide an accepted message.
struct KannelReply: Sendable {
    enum Body: Sendable {
        case any
        case exactly(String)
    }
    enum Meaning: Sendable { case accepted, rejected, notSent, misconfigured }

    let status: Int
    let body: Body
    let meaning: Meaning
    let code: String

    static let table: [KannelReply] = [
        row(202, "0: Accepted for delivery", .accepted, code: "accepted"),
        row(202, "3: Queued for later delivery", .accepted, code: "queued"),
        row(202, "Sent.", .accepted, code: "sent"),
        row(400, "Number(s) has/have been denied by white- and/or black-lists.", .rejected, code: "denied"),
        row(400, "Missing receiver number, rejected", .rejected, code: "no_receiver"),
        row(400, "Missing receiver(s) number(s), rejected", .rejected, code: "no_receiver"),
        // Ours alone to mend, and wrong for every member alike.
        row(400, "DLR-URL field misformed, rejected", .misconfigured, code: "bad_dlr_url"),
        row(400, "Sender missing and no global set, rejected", .misconfigured, code: "no_sender"),
        row(400, nil, .rejected, code: "bad_request"),
        row(403, "Not routable. Do not try again.", .rejected, code: "not_routable"),
        row(403, "Authorization failed for sendsms", .misconfigured, code: "authorization"),
        row(404, nil, .misconfigured, code: "wrong_path"),
        row(500, "Sending failed.", .notSent, code: "sending_failed"),
        row(503, "Temporal failure, try again later.", .notSent, code: "queue_full"),
        // Not Kannel's words but a proxy's before it: both say that the request was not passed on (guarantees §1.3).
        row(401, nil, .misconfigured, code: "authorization"),
        row(429, nil, .notSent, code: "throttled"),
    ]

    /// The first row that matches.
    static func outcome(status: Int, body: String, retryAfter: Duration?) -> SendOutcome {
        guard let row = table.first(where: { $0.matches(status, body) }) else {
            return .unknown(code: "unlisted_reply")
        }
        return switch row.meaning {
        case .accepted: .accepted(providerID: nil)
        case .rejected: .rejected(code: row.code)
        case .notSent:
            retryAfter.map { .throttled(code: row.code, retryAfter: $0) } ?? .notSent(code: row.code, retryAfter: nil)
        case .misconfigured: .misconfigured(code: row.code)
        }
    }

    private static func row(_ status: Int, _ body: String?, _ meaning: Meaning, code: String) -> KannelReply {
        KannelReply(status: status, body: body.map(Body.exactly) ?? .any, meaning: meaning, code: code)
    }

    private func matches(_ status: Int, _ body: String) -> Bool {
        guard status == self.status else { return false }
        return switch self.body {
        case .any: true
        case .exactly(let text): body == text
        }
    }
}
