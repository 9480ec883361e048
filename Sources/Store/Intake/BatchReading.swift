import Intake
import Rules

/// What the store has of the rows of a batch, read for all of them at once before the first is written. A row of which
/// it has nothing needs no reading of its own; the others are read one by one, when their turn comes.
struct BatchReading {
    /// Those of the members that the rows name.
    private(set) var members: Set<String> = []
    /// The keys of which the store has nothing yet, neither the row nor an event that may stand for it.
    private var new: Set<String> = []
    /// The addresses that may belong to several members: another one has them, or two rows of the batch name them.
    private var shared: Set<CanonicalAddress> = []
    /// The time zones of the stores that the rows name.
    private var zones: [String: String] = [:]

    /// - Parameter rows: of one kind, with different keys.
    /// - Parameter isFirst: the store had nothing of the kind before the import, and nobody else has written since.
    init(_ db: Session, _ rows: [IntakeRow], isFirst: Bool = false) throws {
        let named = Set(rows.compactMap(\.namedMember))
        if !named.isEmpty {
            members = Set(
                try db.values("SELECT id FROM members WHERE id IN {texts ?}", [JSONRows.encode(Array(named))]))
        }
        if isFirst {
            new = Set(rows.compactMap(BatchReading.key))
        } else if let known = BatchReading.known(rows) {
            try findNew(known, rows, db)
        }
        if case .member? = rows.first {
            try readAddresses(rows.compactMap(BatchReading.member), db)
            try readZones(rows.compactMap(BatchReading.member), db)
        }
    }

    /// Whether the store has nothing of that key. The answer is yes only once, because then the row is written.
    mutating func isNew(_ key: String) -> Bool { new.remove(key) != nil }

    /// Whether no other member has the address.
    func isOfOne(_ address: CanonicalAddress) -> Bool { !shared.contains(address) }

    func zone(ofStore store: String?) -> String? { store.flatMap { zones[$0] } }

    // MARK: what is new

    /// Selects the keys that are not new; `?1` is the keys and `?2` the members.
    private static let orders = """
        SELECT id FROM orders WHERE id IN {texts ?1} UNION SELECT ref FROM events {indexed events_member}
        WHERE member IN {texts ?2} AND name IN ('order.paid', 'order.cancelled', 'order.refunded') AND ref IN {texts ?1}
        """
    private static let points = """
        SELECT id FROM points WHERE member IN {texts ?2} AND id IN {texts ?1} UNION SELECT ref FROM events
        {indexed events_member} WHERE member IN {texts ?2} AND name = 'points.earned' AND ref IN {texts ?1}
        """
    private static let coupons = """
        SELECT id FROM coupons WHERE member IN {texts ?2} AND id IN {texts ?1} UNION SELECT ref FROM events
        {indexed events_member} WHERE member IN {texts ?2} AND name = 'coupon.used' AND ref IN {texts ?1}
        """
    private static let events = """
        SELECT event_id FROM events WHERE source = 'import' AND event_id IN {texts ?1}
        UNION SELECT event_id FROM event_ids WHERE source = 'import' AND event_id IN {texts ?1}
        """
    private static let consents = """
        SELECT member FROM consents WHERE member IN {texts ?1}
        UNION SELECT member FROM shared_addresses WHERE member IN {texts ?1}
        """
    private static let people = """
        SELECT id FROM members WHERE id IN {texts ?1} UNION SELECT member FROM member_tags WHERE member IN {texts ?1}
        UNION SELECT member FROM events {indexed events_member}
          WHERE member IN {texts ?1} AND name = 'member.registered'
        UNION SELECT member FROM shared_addresses WHERE member IN {texts ?1}
        """

    private static func known(_ rows: [IntakeRow]) -> String? {
        switch rows.first {
        case .order?: orders
        case .points?: points
        case .coupon?: coupons
        case .event?: events
        case .consent? where rows.allSatisfy({ $0.place != nil }): consents
        case .member?: people
        default: nil
        }
    }

    /// Whether the store has nothing at all of a kind of which each row must be looked up otherwise.
    static func hasNothing(_ kind: ImportKind, _ db: Session) throws -> Bool {
        let sql: String
        switch kind {
        case .orders:
            sql = """
                SELECT EXISTS (SELECT 1 FROM orders)
                  OR EXISTS (SELECT 1 FROM events WHERE name IN ('order.paid', 'order.cancelled', 'order.refunded'))
                """
        case .points:
            sql = """
                SELECT EXISTS (SELECT 1 FROM points) OR EXISTS (SELECT 1 FROM events WHERE name = 'points.earned')
                """
        case .members:
            sql = """
                SELECT EXISTS (SELECT 1 FROM members) OR EXISTS (SELECT 1 FROM member_tags)
                  OR EXISTS (SELECT 1 FROM events WHERE name = 'member.registered')
                  OR EXISTS (SELECT 1 FROM shared_addresses)
                """
        default: return false
        }
        return try db.value(sql) == false
    }

    private mutating func findNew(_ sql: String, _ rows: [IntakeRow], _ db: Session) throws {
        new = Set(rows.compactMap(BatchReading.key))
        guard !new.isEmpty else { return }
        var arguments: SQLArguments = [JSONRows.encode(Array(new))]
        if sql.contains("?2") { arguments += [JSONRows.encode(Array(members))] }
        try db.each(sql, arguments) { new.remove(try $0[0]) }
    }

    /// An id of points or coupons may be in use by several members, and a member may have several consents: only the
    /// first row of the batch is new then.
    private static func key(_ row: IntakeRow) -> String? {
        switch row {
        case .order(let row): row.id
        case .points(let row): row.id
        case .coupon(let row): row.id
        case .event(let row): row.id
        case .consent(let row, _): row.memberID
        case .member(let row): row.id
        case .date, .store, .orderItem, .product, .cart, .couponCode, .suppression: nil
        }
    }

    // MARK: members

    private static func member(_ row: IntakeRow) -> MemberRow? {
        if case .member(let row) = row { row } else { nil }
    }

    private mutating func readAddresses(_ rows: [MemberRow], _ db: Session) throws {
        for kind in CanonicalAddress.kinds {
            guard let column = kind.indexed else { continue }
            var seen: Set<String> = []
            for row in rows {
                guard let address = CanonicalAddress(kind, row.address(kind)) else { continue }
                if !seen.insert(address.text).inserted { shared.insert(address) }
            }
            guard !seen.isEmpty else { continue }
            let sql = "SELECT \(column) FROM members WHERE \(column) IN {texts ?}"
            try db.each(sql, [JSONRows.encode(Array(seen))]) { held in
                if let address = CanonicalAddress(kind, try held[0]) { shared.insert(address) }
            }
        }
    }

    private mutating func readZones(_ rows: [MemberRow], _ db: Session) throws {
        let stores = Set(rows.compactMap(\.storeID))
        guard !stores.isEmpty else { return }
        let sql = "SELECT id, timezone FROM stores WHERE timezone IS NOT NULL AND id IN {texts ?}"
        try db.each(sql, [JSONRows.encode(Array(stores))]) { zones[try $0[0]] = try $0[1] as String }
    }
}

extension MemberRow {
    func address(_ kind: ChannelDeclaration.Address) -> String? {
        switch kind {
        case .phone: phone
        case .email: email
        case .wechatOpenID: wechatOpenID
        case .wecomExternalUserID: wecomExternalUserID
        case .none: nil
        }
    }
}
