extension SendOutcome {
    /// The class of the outcome, as attempts have it.
    package var kind: String {
        switch self {
        case .accepted: "accepted"
        case .rejected, .suppressed: "rejected"
        case .notSent, .throttled: "not_sent"
        case .misconfigured: "misconfigured"
        case .unknown: "unknown"
        }
    }

    package var code: String? {
        switch self {
        case .accepted: nil
        case .rejected(let code), .suppressed(let code, _), .notSent(let code, _), .throttled(let code, _),
            .misconfigured(let code), .unknown(let code):
            code
        }
    }

    package var providerID: String? { if case .accepted(let id) = self { id } else { nil } }
}
