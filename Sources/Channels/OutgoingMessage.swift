import Kit
import Rules

/// One rendered message for one address, at the moment of one attempt.
package struct OutgoingMessage: Sendable {
    /// Delivery id and attempt number: stable for the attempt, and what receipts and the log are joined by.
    package let reference: String
    /// The key under `channels:`.
    package let channel: String
    /// Canonical as stored: E.164 or 11 digits, a mailbox, an openid. Nil for channels without addresses.
    package let to: String?
    package let text: String
    package let subject: String?
    package let html: String?
    /// The provider's template, with `values` in the template's order.
    package let templateCode: String?
    package let values: [(String, String)]
    /// The address of one-click unsubscribing, for a channel that names it beside the text.
    package let unsubscribe: String?
    package let rule: String
    package let member: String
    /// The member's name, and the colleague who looks after the member, as the store has them.
    package let name: String?
    package let advisor: String?
    package let occasion: String
    package let at: Instant

    package init(
        reference: String, channel: String, to: String?, text: String, subject: String? = nil, html: String? = nil,
        templateCode: String? = nil, values: [(String, String)] = [], unsubscribe: String? = nil, rule: String,
        member: String, name: String? = nil, advisor: String? = nil, occasion: String, at: Instant
    ) {
        self.reference = reference
        self.channel = channel
        self.to = to
        self.text = text
        self.subject = subject
        self.html = html
        self.templateCode = templateCode
        self.values = values
        self.unsubscribe = unsubscribe
        self.rule = rule
        self.member = member
        self.name = name
        self.advisor = advisor
        self.occasion = occasion
        self.at = at
    }
}

/// Printing or dumping a message shows neither address nor text, wherever it ends up interpolated.
extension OutgoingMessage: CustomStringConvertible, CustomReflectable {
    package var description: String { "message \(reference) on \(channel)" }
    package var customMirror: Mirror { Mirror(self, children: ["reference": reference, "channel": channel]) }
}
