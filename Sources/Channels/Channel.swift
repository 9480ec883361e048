import Kit

/// One provider. One attempt, one outcome: no retry, no database, no waiting for a turn (the dispatcher does those).
/// Printing or dumping a channel shows no settings: secrets stand among them.
package protocol Channel: Sendable, CustomStringConvertible, CustomReflectable {
    /// The adapter's `type:` in nudged.yaml.
    var type: String { get }

    /// Hands `message` over at most once and always returns, within the adapter's own deadlines.
    /// Cancelling the task withdraws a message that has not left yet; one that has left is waited for.
    func send(_ message: OutgoingMessage) async -> SendOutcome

    /// The daemon ends: what still waits to share a call with others was not sent, and nothing waits any more.
    func endWaiting()

    /// When the provider is asked what became of its messages; nil where it cannot be asked.
    var queries: QuerySchedule? { get }

    /// Asks what became of messages, at most `queries.perCall` of them. There is one answer for each, in their order;
    /// it always returns, within the adapter's own deadlines.
    func query(_ sent: [SentReference], at now: Instant) async -> [QueryAnswer]

    /// Asks the provider about the credentials, by a question that can send nothing to anybody.
    func probe(at now: Instant) async -> ProbeOutcome
}

extension Channel {
    package func endWaiting() {}
    package var queries: QuerySchedule? { nil }
    package func query(_ sent: [SentReference], at now: Instant) async -> [QueryAnswer] {
        sent.map { _ in .unanswered(code: "cannot_be_asked") }
    }

    package var description: String { "channel of type \(type)" }
    package var customMirror: Mirror { Mirror(self, children: ["type": type]) }
}

/// What the channel said to one attempt (guarantees §1.3). A code is a word of ours or the provider's own code, never
/// an address or a text.
package enum SendOutcome: Sendable, Equatable {
    /// The provider took it and may deliver it. The id is what its receipts will quote, where it gives one.
    case accepted(providerID: String?)
    /// The provider will never take this message: trying again is pointless.
    case rejected(code: String)
    /// The provider will never take this message, nor another one for this address.
    case suppressed(code: String, Suppression)
    /// Proven not taken: this message may be tried again, not before `retryAfter` where a time is known.
    case notSent(code: String, retryAfter: Duration?)
    /// Proven not taken, and no message of this channel will be for that long.
    case throttled(code: String, retryAfter: Duration)
    /// Proven not taken, and no message will be until a person changes the settings: stop the channel, keep the rows.
    case misconfigured(code: String)
    /// May have been taken: never sent again unless the rule's policy says so.
    case unknown(code: String)

    /// Why an address gets nothing more on a channel.
    package enum Suppression: String, Sendable {
        /// The member said no to the provider: marketing ends.
        case optedOut = "opt_out"
        /// Nothing arrives there: everything ends.
        case bounced = "bounce"
        /// The address does not follow the account: everything ends until it does.
        case unfollowed = "unfollow"
        /// The member allows no further message of this kind: this message ends, and what was counted for it.
        case uncredited = "no_credit"
    }
}
