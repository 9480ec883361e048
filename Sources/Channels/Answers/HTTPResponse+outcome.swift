import Kit

extension HTTPResponse {
    /// The body as JSON; nil where it is none.
    var json: StrictJSON? { try? StrictJSON(parsing: body) }

    /// What the status alone says, for a reply that is not the provider's own: a proxy's or a wrong address's. After a
    /// success or a fault of the server the message may have been taken.
    func outcome(at now: Instant) -> SendOutcome {
        switch status {
        case 401, 403, 404, 405, 410: .misconfigured(code: "http_\(status)")
        case 429: .throttled(code: "http_429", retryAfter: retryAfter(at: now) ?? .seconds(60))
        case 300...399: .misconfigured(code: "redirect")
        case 200...299: .unknown(code: "unreadable_reply")
        default: .unknown(code: "http_\(status)")
        }
    }

    func retryAfter(at now: Instant) -> Duration? { retryAfter.map { RetryAfter.wait(for: $0, at: now) } }
}
