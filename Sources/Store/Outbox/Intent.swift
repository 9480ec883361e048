import Kit
import Policies
import Rules

/// One attempt that is on disk and may now leave, with everything the channel needs. Its printed form shows neither
/// address nor text.
package struct Intent: Sendable, CustomStringConvertible, CustomReflectable {
    package let delivery: Int64
    /// From 1.
    package let attempt: Int
    /// Opaque; the key that matches the provider's receipts to attempts.
    package let reference: String
    package let channel: String
    package let rule: String
    package let member: String
    /// As the member's row has them now.
    package let name: String?
    package let advisor: String?
    package let occasion: String
    package let address: String?
    package let subject: String?
    package let text: String
    package let html: String?
    package let templateCode: String?
    /// Names and values for the provider's template, in its order.
    package let values: [(String, String)]
    /// The links in any of these, with stand-ins in their places.
    package let links: [HandedLink]
    /// The link by which the member says no, for a channel that names it beside the text; nil: it names none.
    package let unsubscribe: LinkRow?
    /// The number of definite failures so far, from which the wait after the next one is computed.
    package let failures: Int

    package var description: String { "attempt \(reference) on \(channel)" }
    package var customMirror: Mirror { Mirror(self, children: ["reference": reference, "channel": channel]) }
}

/// A link of a message that leaves, with its row, which its token is made of.
package struct HandedLink: Sendable, Hashable {
    package let place: MessageLink
    package let row: LinkRow
}

/// The result of one attempt. Codes are short constant words, never text from outside.
package struct AttemptResult: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case accepted(providerID: String?)
        case rejected(code: String)
        /// Rejected for the address: the channel would reject any other message to it too.
        case suppressed(code: String, reason: SuppressionRow.Reason, ChannelDeclaration.Address)
        /// Rejected until the address follows the account again. `isTold`: the provider tells us when it does; where it
        /// does not, marketing ends for the address.
        case unfollowed(code: String, ChannelDeclaration.Address, isTold: Bool)
        /// Rejected because the member allows no further message of the template.
        case uncredited(code: String, ChannelDeclaration.Address)
        /// The provider definitely did not take it. `counts`: towards the limit of failures; false where the channel as
        /// a whole is at fault.
        case notSent(code: String, retryAt: Instant, counts: Bool)
        case unknown(code: String)
    }
    package let delivery: Int64
    package let attempt: Int
    package let outcome: Outcome

    package init(delivery: Int64, attempt: Int, outcome: Outcome) {
        self.delivery = delivery
        self.attempt = attempt
        self.outcome = outcome
    }
}
