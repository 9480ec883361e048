import Kit
import Rules

/// One event that a source sent, with what it means for the store.
package struct SourceEvent: Sendable {
    /// The id that the source gave it; nil where the store makes one of `identity`.
    package var id: String?
    /// The same text for the same event, however often and whenever it is sent.
    package var identity: String
    /// The event as it came, for those that are kept because they cannot be taken.
    package var body: Body
    /// The member that it names.
    package var person: String?
    package var facts: Result<[SourceFact], Rejection>

    package enum Body: Sendable {
        case json(StrictJSON)
        /// What cannot be read as JSON.
        case text(String)

        /// Made only for the few events that are kept.
        package var text: String {
            switch self {
            case .json(let json): json.compactText
            case .text(let text): text
            }
        }
    }

    package init(id: String?, identity: String, body: Body, person: String?, facts: Result<[SourceFact], Rejection>) {
        self.id = id
        self.identity = identity
        self.body = body
        self.person = person
        self.facts = facts
    }
}

/// What an event says, in the order in which it is written down.
package enum SourceFact: Sendable {
    /// A member as of that instant; a later word about the member stays.
    case member(MemberRow, stating: ColumnSet, at: Instant)
    /// - Parameter lacksCart: it is about a cart that the source did not name.
    case event(EventRow, lacksCart: Bool)
    case cart(CartChange)
    /// A row as imports have them; its member must be there.
    case row(IntakeRow, stating: ColumnSet, at: Instant)
    /// What was done without a name is the member's from now on.
    case merge(anonymous: String, member: String)
}

/// One product that was put into a cart or taken out of it; the rest of the cart stays as it was.
package struct CartChange: Sendable {
    /// The event, with the data that the source sent. Its name is that of the change, until the cart is known.
    package var event: EventRow
    /// Nil where the source did not name it.
    package var cart: String?
    package var item: ItemRow
    package var isRemoval: Bool
    /// The whole line goes, whatever its quantity.
    package var isWhole: Bool
}

/// What reading events needs to know of the shop.
package struct SourceTerms: Sendable {
    /// The zone of `settings.timezone`, for times without an offset.
    package var zone: Zone
    package var tiers: TierNames
    /// The channels of nudged.yaml.
    package var channels: [ChannelDeclaration]
    /// The custom attributes of fields.yaml, by name without `attr.`.
    package var attributes: [String: FieldType]

    package init(
        zone: Zone, tiers: TierNames = TierNames(), channels: [ChannelDeclaration] = ChannelDeclaration.standard,
        attributes: [String: FieldType] = [:]
    ) {
        self.zone = zone
        self.tiers = tiers
        self.channels = channels
        self.attributes = attributes
    }

    /// Nil where the settings name no zone that exists.
    package init?(_ settings: Settings, channels: [ChannelDeclaration], attributes: [String: FieldType]) {
        guard let zone = Zone(named: settings.timezone) else { return nil }
        self.init(
            zone: zone, tiers: TierNames(settings.tiers), channels: channels, attributes: attributes)
    }

    func builder(_ record: ImportRecord, at now: Instant) -> RowBuilder {
        RowBuilder(
            CellReader(record, DateText(zone: zone)), today: zone.date(of: now), tiers: tiers, channels: channels,
            types: attributes)
    }
}

/// Somebody of whom only a device is known. Their events are kept under a name that no member has, until the source
/// says who they are.
package enum AnonymousPerson {
    private static let prefix = "anonymous:"
    package static func id(_ name: String) -> String { prefix + name }
    package static func isOne(_ id: String) -> Bool { id.hasPrefix(prefix) }
}
