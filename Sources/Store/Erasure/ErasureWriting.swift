import Foundation
import Kit
import Policies
import Rules

/// Removes one member within the caller's transaction.
///
/// Profile, history, orders, points, coupons, consents and tasks are deleted. Decisions and deliveries stay as figures:
/// without id, occasion, address, text or values, under the number of the erasure, so that counts hold and a receipt that
/// comes later finds its delivery by its reference. What is owed is cancelled. The addresses, as keyed hashes, are
/// withdrawn from on every channel, and so are those that a merge gave up, of which only the hashes are known. An erasure
/// by retention withdraws nothing: it leaves what the member refused.
struct ErasureWriting {
    struct Counts {
        var number: Int64 = 0
        var rows = 0
        var decisions = 0
        var cancelled = 0
        /// Messages that are being handed over at this moment.
        var underWay = 0
        /// Other members with an address of the erased one.
        var others = 0
        /// Events in quarantine, nobody's or another's, that named an address of theirs.
        var redacted = 0
    }

    let db: Session
    let member: String
    /// The instant from which on nothing that was said before counts.
    let at: Instant
    let cause: ErasedMember.Cause
    private var counts = Counts()

    init(_ db: Session, member: String, at: Instant, cause: ErasedMember.Cause = .request) {
        (self.db, self.member, self.at, self.cause) = (db, member, at, cause)
    }

    /// Whether the store has anything of the member.
    static func isKnown(_ member: String, _ db: Session) throws -> Bool {
        try db.value(
            """
            SELECT EXISTS (SELECT 1 FROM members WHERE id = ?1) OR EXISTS (SELECT 1 FROM decisions WHERE member = ?1)
              OR EXISTS (SELECT 1 FROM events WHERE member = ?1) OR EXISTS (SELECT 1 FROM consents WHERE member = ?1)
            """, [member]) ?? false
    }

    /// The addresses that the member's profile has.
    static func addresses(of member: String, _ db: Session) throws -> [CanonicalAddress] {
        let row = try db.first("SELECT \(CanonicalAddress.columns) FROM members WHERE id = ?", [member])
        guard let row else { return [] }
        return try CanonicalAddress.kinds.enumerated().compactMap { CanonicalAddress($1, try row[$0]) }
    }

    /// Those of them that no other member has.
    static func ownAddresses(of member: String, _ db: Session) throws -> [CanonicalAddress] {
        try addresses(of: member, db).filter { address in
            try AddressBook(db).holders(address, but: member, most: 1).isEmpty
        }
    }

    mutating func run() throws -> Counts {
        let addresses = try ErasureWriting.addresses(of: member, db)
        // Retention erases many at a time, of whom nothing new is in quarantine.
        let own = cause == .request ? try ErasureWriting.ownAddresses(of: member, db) : []
        let given: [Data] = try db.values(
            "SELECT address FROM merged_addresses WHERE member = ? ORDER BY address", [member])
        let names = try [member] + MergedMembers.names(of: member, db)
        let refusals = cause == .retention ? try KeptRefusals.standing(of: member, db) : []
        counts.number = try Sequence(db: db).next()
        try endDeliveries()
        try removeTraces()
        try forgetMerged()
        try strip()
        try freeCoupons()
        try leaveAddresses(addresses, given)
        try removeRows()
        if !own.isEmpty { counts.redacted = try StrayValues(own).clearQuarantine(db) }
        try Recommendation.countAnew(db)
        switch cause {
        case .request: try withdraw(from: addresses, given)
        case .retention: try keep(refusals, of: names, at: addresses, given)
        }
        try db.run(
            "INSERT INTO erasures (key, seq, at) VALUES (?, ?, ?)",
            [ErasedMember.key(member, db, cause), counts.number, at.micros])
        return counts
    }

    // MARK: deliveries and decisions

    private static let own = "SELECT d.id FROM decisions c JOIN deliveries d ON d.decision = c.id WHERE c.member = ?"

    private mutating func endDeliveries() throws {
        let open = try db.all(
            """
            SELECT d.id, d.state FROM decisions c JOIN deliveries d ON d.decision = c.id
            WHERE c.member = ? AND d.state IN ('pending', 'claimed', 'retry_wait', 'unknown', 'sending')
            """, [member])
        (counts.cancelled, counts.underWay) = try Outbox(db: db).endAll(open, cause: ErasedMember.source)
    }

    private func removeTraces() throws {
        try db.run(
            """
            WITH RECURSIVE own (id) AS (
              SELECT trace FROM decisions WHERE member = ?1 AND trace IS NOT NULL
              UNION SELECT trace FROM waits WHERE member = ?1 AND trace IS NOT NULL
              UNION SELECT t.earlier FROM traces t JOIN own o ON o.id = t.id WHERE t.earlier IS NOT NULL)
            DELETE FROM traces WHERE id IN (SELECT id FROM own)
            """, [member])
    }

    /// Whoever was merged into the member is erased with them: their ids are known by their hashes alone.
    private func forgetMerged() throws {
        try db.run(
            "DELETE FROM merged_decisions WHERE decision IN (SELECT id FROM decisions WHERE member = ?)", [member])
        for name in try MergedMembers.names(of: member, db) {
            let number = try Sequence(db: db).next()
            try db.run(
                "UPDATE unsubscribe_links SET member = ? WHERE member = ?", [ErasedMember.alias(number), name])
            try db.run(
                "INSERT INTO erasures (key, seq, at) VALUES (?, ?, ?)",
                [ErasedMember.key(name, db, cause), number, at.micros])
        }
    }

    /// Takes everything personal out of deliveries and decisions.
    private mutating func strip() throws {
        // The numbers of links are for ever: one that is used again would be another person's.
        try db.run(
            "UPDATE short_links SET url = '', first_click = NULL WHERE delivery IN (\(ErasureWriting.own))", [member])
        try db.run(
            "UPDATE unsubscribe_links SET member = ? WHERE member = ?", [ErasedMember.alias(counts.number), member])
        try db.run(
            """
            UPDATE deliveries SET address = NULL, subject = NULL, text = NULL, html = NULL, template_values = NULL,
              ref = NULL, event = NULL, date = NULL, alternatives = NULL, links = NULL, because = NULL
            WHERE id IN (\(ErasureWriting.own))
            """, [member])
        let decisions = try db.all("SELECT id, rule, occasion, because FROM decisions WHERE member = ?", [member])
        for row in decisions {
            let id: Int64 = try row[0]
            try db.run(
                """
                UPDATE decisions SET member = ?, occasion = ?, because = ?, task = NULL, trace = NULL
                WHERE member = ? AND rule = ? AND occasion = ?
                """,
                [
                    ErasedMember.alias(counts.number), ErasedMember.alias(id), ErasureWriting.impersonal(try row[3]),
                    member, row[1] as String, row[2] as String,
                ])
        }
        counts.decisions = decisions.count
    }

    /// The reason without what it says of the member: the values that a condition met, dates and ids.
    static func impersonal(_ because: String?) -> String? {
        guard let because, case .object(let members)? = try? StrictJSON(parsing: because), let first = members.first
        else { return nil }
        let value = (ReasonCode(rawValue: first.key)?.isImpersonal ?? false) ? first.value.scalarText ?? "" : ""
        return JSONText.object([.init(first.key, .text(value))]).rendered
    }

    // MARK: everything else

    /// A code that was given away is not given to another.
    private func freeCoupons() throws {
        let given = try db.all("SELECT template, code FROM coupons WHERE member = ? AND code IS NOT NULL", [member])
        for row in given {
            try db.run(
                "UPDATE coupon_codes SET coupon = ? WHERE template = ? AND code = ? AND coupon IS NOT NULL",
                [ErasedMember.alias(counts.number), row[0] as String, row[1] as String])
        }
    }

    private mutating func leaveAddresses(_ addresses: [CanonicalAddress], _ given: [Data]) throws {
        var book = AddressBook(db)
        for address in addresses { counts.others += try book.holders(address, but: member).count }
        for key in given { counts.others += try book.holders(ofKey: key, but: member) }
        for kind in CanonicalAddress.kinds {
            try book.settle(member, kind, nil, isNew: false, number: counts.number)
        }
        try book.keepSuppressions(of: member, at: addresses, counts.number)
    }

    /// Tables with one column that names the member. A test compares them with the schema.
    static let tables = [
        "member_tags", "member_attributes", "member_overrides", "dates", "latest", "order_items", "orders", "carts",
        "points", "coupons", "consents", "consent_requests", "personalisation_choices", "suppressions",
        "experiment_overrides", "waits", "tasks", "arrivals", "picks", "events", "quarantine", "merged_members",
        "merged_addresses",
    ]
    /// Tables with such a column that have another way: decisions and links stay without it, and the address book is kept
    /// by `AddressBook`.
    static let otherTables: Set<String> = [
        "decisions", "unsubscribe_links", "shared_addresses", "address_consents", "address_sends",
    ]

    private mutating func removeRows() throws {
        counts.rows += try db.run(
            "DELETE FROM event_ids WHERE event IN (SELECT seq FROM events WHERE member = ?)", [member])
        for table in ErasureWriting.tables {
            counts.rows += try db.run("DELETE FROM \(table) WHERE member = ?", [member])
        }
        counts.rows += try db.run("DELETE FROM members WHERE id = ?", [member])
    }

    private func withdraw(from addresses: [CanonicalAddress], _ given: [Data]) throws {
        var writer = RowWriter(db, origin: .world(now: at))
        for purpose in Rule.Purpose.allCases {
            let row = ConsentRow(
                memberID: "", channel: "*", purpose: purpose, state: .withdrawn, at: at, source: ErasedMember.source)
            for address in addresses { _ = try writer.write(consent: row, of: address) }
            for key in given { _ = try writer.write(consent: row, ofListed: key) }
        }
    }

    /// Whoever comes back, by an address or by an id, has refused what they refused, since the same instant.
    private func keep(
        _ refusals: [ConsentRow], of names: [String], at addresses: [CanonicalAddress], _ given: [Data]
    ) throws {
        guard !refusals.isEmpty else { return }
        var writer = RowWriter(db, origin: .world(now: at))
        let keys = try given + names.map { try ErasedMember.key($0, db, .retention) }
        for refusal in refusals {
            for address in addresses { _ = try writer.restate(refusal: refusal, of: address) }
            for key in keys { _ = try writer.restate(refusal: refusal, ofListed: key) }
        }
    }
}
