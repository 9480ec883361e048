/// One provider. One attempt, one outcome: no retry, no database, no waiting for a turn (the dispatcher does those).
package protocol Channel: Sendable {
    /// The adapter's `type:` in nudged.yaml.
    var type: String { get }

    /// Hands `message` over at most once and always returns, within the adapter's own deadlines.
    /// Cancelling the task withdraws a message that has not left yet; one that has left is waited for.
    func send(_ message: OutgoingMessage) async -> SendOutcome
}

/// What the channel said to one attempt (guarantees §1.3). Codes are short constant identifiers, never an
/// address, a text or anything else that came from outside.
package enum SendOutcome: Sendable, Equatable {
    /// The provider took it and may deliver it. The id is what its receipts will quote, where it gives one.
    case accepted(providerID: String?)
    /// The provider will never take this message: trying again is pointless.
    case rejected(code: String)
    /// Proven not taken: safe to try again, not before `retryAfter` where the provider named a time.
    case notSent(code: String, retryAfter: Duration?)
    /// Proven not taken, and no message will be until a person changes the settings: stop the channel, keep the rows.
    case misconfigured(code: String)
    /// May have been taken: never sent again unless the rule's policy says so.
    case unknown(code: String)
}
