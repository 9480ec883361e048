import Kit
import Rules

/// What a callback says of one message or one member.
package enum CallbackEvent: Sendable, Equatable {
    case receipt(Receipt)
    case reply(Reply)
}

/// What became of a message after the provider had taken it. It is joined by our own reference where the provider quotes
/// it, else by the provider's id, with the address where one id stands for several.
package struct Receipt: Sendable, Equatable {
    package enum Status: String, Sendable {
        /// Taken, and on its way; says nothing final.
        case sent
        case delivered
        case undelivered
    }
    package var reference: String?
    package var providerID: String?
    package var address: String?
    /// Of a message in several parts, from 1.
    package var part: Int
    package var status: Status
    /// The provider's own code, an identifier.
    package var code: String
    /// Why the address gets no marketing, or nothing, on the channel from now on.
    package var suppression: SuppressionRow.Reason?
    package var at: Instant

    package init(
        reference: String? = nil, providerID: String? = nil, address: String? = nil, part: Int = 1, status: Status,
        code: String, suppression: SuppressionRow.Reason? = nil, at: Instant
    ) {
        self.reference = reference
        self.providerID = providerID
        self.address = address
        self.part = part
        self.status = status
        self.code = code
        self.suppression = suppression
        self.at = at
    }
}

/// What somebody wrote back.
package struct Reply: Sendable, Equatable {
    package var address: String
    package var text: String
    /// The provider's id of it, else one made of its content: the same reply twice is one.
    package var id: String
    package var at: Instant

    package init(address: String, text: String, id: String, at: Instant) {
        self.address = address
        self.text = text
        self.id = id
        self.at = at
    }
}
