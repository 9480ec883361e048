import Kit
import Rules

/// What a callback says of one message or one member.
package enum CallbackEvent: Sendable, Equatable {
    case receipt(Receipt)
    case reply(Reply)
    case credit(Credit)
    case creditsEnded(CreditEnd)
    case following(Following)
    case revoked(Revocation)
    case contact(ContactChange)
}

/// Somebody became a customer of a clerk, or is none any more (https://developer.work.weixin.qq.com/document/path/92130).
package struct ContactChange: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case added, edited
        /// By the clerk.
        case deleted
        /// The customer deleted the clerk.
        case left
    }
    /// The id by which WeCom knows the customer.
    package var address: String
    package var kind: Kind
    /// The clerk's id at WeCom.
    package var clerk: String
    package var at: Instant

    package init(address: String, kind: Kind, clerk: String, at: Instant) {
        (self.address, self.kind, self.clerk, self.at) = (address, kind, clerk, at)
    }
}

/// What became of a message after the provider had taken it. It is joined by our own reference where the provider quotes
/// it, else by the provider's id, with the address where one id stands for several, else by address, template and time.
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
    /// The provider's template, where its answers bring no id: the receipt is of the last open message of that template
    /// to the address.
    package var template: String?
    /// Of a message in several parts, from 1.
    package var part: Int
    package var status: Status
    /// The provider's own code, an identifier.
    package var code: String
    /// Why the address gets no marketing, or nothing, on the channel from now on.
    package var suppression: SuppressionRow.Reason?
    package var at: Instant

    package init(
        reference: String? = nil, providerID: String? = nil, address: String? = nil, template: String? = nil,
        part: Int = 1, status: Status, code: String, suppression: SuppressionRow.Reason? = nil, at: Instant
    ) {
        self.reference = reference
        self.providerID = providerID
        self.address = address
        self.template = template
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

/// The right to messages that somebody gave through the provider: one message of a template for each consent, or a few
/// texts in answer, for a while. The same credit twice is one: it is known by address, template and instant.
package struct Credit: Sendable, Equatable {
    package var address: String
    /// The provider's template; nil for texts without one.
    package var template: String?
    package var messages: Int
    /// From `at` on; nil: until they are used.
    package var lasts: Duration?
    package var at: Instant

    package init(address: String, template: String?, messages: Int, lasts: Duration?, at: Instant) {
        self.address = address
        self.template = template
        self.messages = messages
        self.lasts = lasts
        self.at = at
    }
}

/// Somebody took back what he had given: the unused credits of the template from before it are void.
package struct CreditEnd: Sendable, Equatable {
    package var address: String
    package var template: String?
    package var at: Instant

    package init(address: String, template: String?, at: Instant) {
        self.address = address
        self.template = template
        self.at = at
    }
}

/// Whether the address follows the account now. Who does not gets nothing on the channel until he does again.
package struct Following: Sendable, Equatable {
    package var address: String
    package var isFollowing: Bool
    package var at: Instant

    package init(address: String, isFollowing: Bool, at: Instant) {
        self.address = address
        self.isFollowing = isFollowing
        self.at = at
    }
}

/// Somebody took back what the platform was allowed to tell of him, or left the platform: what is known of him from there
/// is to be deleted.
package struct Revocation: Sendable, Equatable {
    package var address: String
    package var at: Instant

    package init(address: String, at: Instant) { (self.address, self.at) = (address, at) }
}
