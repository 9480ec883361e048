import Kit

extension TokenChannel {
    /// Fetches the access token, which needs the account's id and secret, and an address that the account lists.
    package func probe(at now: Instant) async -> ProbeOutcome {
        switch await tokens.current() {
        case .token: .works()
        case .outcome(let outcome): ProbeOutcome(outcome)
        }
    }
}
