import Kit

// The rows of the member store as they come in, from a fixture or an import: money in fen, times resolved, ids in
// canonical form (`RowID`), an absent column nil.

/// A shop.
package struct StoreRow: Hashable, Sendable {
    package var id: String
    package var name: String?
    /// IANA name.
    package var timezone: String?
    package var manager: String?

    package init(id: String, name: String? = nil, timezone: String? = nil, manager: String? = nil) {
        self.id = id
        self.name = name
        self.timezone = timezone
        self.manager = manager
    }
}

/// An article of the catalogue.
package struct ProductRow: Hashable, Sendable {
    package var sku: String
    package var name: String?
    package var category: String?
    /// Fen.
    package var price: Int64?
    package var inStock: Bool?
    /// Skus or categories.
    package var pairsWith: [String]

    package init(
        sku: String, name: String? = nil, category: String? = nil, price: Int64? = nil, inStock: Bool? = nil,
        pairsWith: [String] = []
    ) {
        self.sku = sku
        self.name = name
        self.category = category
        self.price = price
        self.inStock = inStock
        self.pairsWith = pairsWith
    }
}

/// A customer, with the scalar columns of the member store (product §4).
package struct MemberRow: Hashable, Sendable {
    package enum Gender: String, Sendable, CaseIterable { case female, male, unknown }
    package enum Status: String, Sendable, CaseIterable { case active, closed }
    package enum Personalisation: String, Sendable, CaseIterable { case personalised, generic, none }

    package var id: String
    package var displayName: String?
    package var gender: Gender?
    package var status: Status
    package var tier: String?
    package var birthday: RecurringDate?
    package var registeredAt: Instant?
    /// The phone as `PhoneNumber.canonical` gives it.
    package var phone: String?
    package var email: String?
    package var wechatOpenID: String?
    package var wecomExternalUserID: String?
    package var city: String?
    package var region: String?
    package var storeID: String?
    package var advisor: String?
    package var language: String?
    /// IANA name.
    package var timezone: String?
    /// A key under `channels:`.
    package var preferredChannel: String?
    package var personalisation: Personalisation?
    package var tags: [String]?
    /// Custom attributes by name without `attr.`; one without text and type is removed.
    package var attributes: [String: AttributeValue]

    package init(
        id: String, displayName: String? = nil, gender: Gender? = nil, status: Status = .active, tier: String? = nil,
        birthday: RecurringDate? = nil, registeredAt: Instant? = nil, phone: String? = nil, email: String? = nil,
        wechatOpenID: String? = nil, wecomExternalUserID: String? = nil, city: String? = nil, region: String? = nil,
        storeID: String? = nil, advisor: String? = nil, language: String? = nil, timezone: String? = nil,
        preferredChannel: String? = nil, personalisation: Personalisation? = nil, tags: [String]? = nil,
        attributes: [String: AttributeValue] = [:]
    ) {
        self.id = id
        self.displayName = displayName
        self.gender = gender
        self.status = status
        self.tier = tier
        self.birthday = birthday
        self.registeredAt = registeredAt
        self.phone = phone
        self.email = email
        self.wechatOpenID = wechatOpenID
        self.wecomExternalUserID = wecomExternalUserID
        self.city = city
        self.region = region
        self.storeID = storeID
        self.advisor = advisor
        self.language = language
        self.timezone = timezone
        self.preferredChannel = preferredChannel
        self.personalisation = personalisation
        self.tags = tags
        self.attributes = attributes
    }
}

/// A yearly date of a member other than the birthday: a wedding, a child's birthday.
package struct DateRow: Hashable, Sendable {
    package var memberID: String
    package var name: String
    package var date: RecurringDate

    package init(memberID: String, name: String, date: RecurringDate) {
        self.memberID = memberID
        self.name = name
        self.date = date
    }
}

/// A member's consent for one channel.
package struct ConsentRow: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable { case granted, withdrawn }
    package typealias Purpose = Rule.Purpose

    package var memberID: String
    package var channel: String
    package var purpose: Purpose
    package var state: State
    /// Nil means since always.
    package var at: Instant?
    package var source: String?
    /// Which version of the words was agreed to.
    package var textVersion: String?
    /// Where it can be seen that it was said: a form, a call, a confirmed address.
    package var proof: String?
    /// The word of a parent or guardian, which is what counts for a member under the age of `minors`.
    package var isGuardian = false
    /// The kind of address at which the member must confirm the grant before it counts; nil: it counts at once.
    package var confirmedBy: ChannelDeclaration.Address?

    package init(
        memberID: String, channel: String, purpose: Purpose = .marketing, state: State, at: Instant? = nil,
        source: String? = nil, textVersion: String? = nil, proof: String? = nil, isGuardian: Bool = false
    ) {
        self.memberID = memberID
        self.channel = channel
        self.purpose = purpose
        self.state = state
        self.at = at
        self.source = source
        self.textVersion = textVersion
        self.proof = proof
        self.isGuardian = isGuardian
    }
}

/// A standing suppression of an address, whichever member has it.
package struct SuppressionRow: Hashable, Sendable {
    package enum Reason: String, Sendable, CaseIterable {
        case optOut = "opt_out"
        case bounce, complaint
        case `operator`

        /// The stored word of a reason against both purposes; nil for an opt-out, which is against marketing only.
        package var standing: String? { self == .optOut ? nil : rawValue }
    }

    package var address: CanonicalAddress
    /// `*` is every channel that uses such an address.
    package var channel: String
    package var reason: Reason
    package var at: Instant?

    package init(address: CanonicalAddress, channel: String = "*", reason: Reason = .optOut, at: Instant? = nil) {
        self.address = address
        self.channel = channel
        self.reason = reason
        self.at = at
    }
}
