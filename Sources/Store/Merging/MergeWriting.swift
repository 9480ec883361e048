import Foundation
import Intake
import Kit
import Policies
import Rules

/// Makes a duplicate of a member that member, within the caller's transaction (docs/decisions/0120).
///
/// What the member has stays, and what they lack comes from the duplicate. Everything that was done, said, decided and
/// sent is the member's afterwards, and counts for them from the number of the merge on.
struct MergeWriting {
    let db: Session
    let member: String
    let duplicate: String
    let now: Instant
    var rows: RowWriter
    var merge = MemberMerge()

    init(_ db: Session, member: String, duplicate: String, at now: Instant) {
        (self.db, self.member, self.duplicate, self.now) = (db, member, duplicate, now)
        rows = RowWriter(db, origin: .world(now: now))
        // The same things were sold.
        rows.countsSalesAnew = false
    }

    mutating func run() throws -> MemberMerge {
        try count()
        var refusals = try MergedRefusals(self)
        let profile = try rows.storedMember(duplicate)
        let choices = try [member, duplicate].compactMap { try rows.lastChoice(of: $0) }
        for id in [member, duplicate] {
            for kind in CanonicalAddress.kinds {
                try rows.book.settle(id, kind, nil, isNew: false, number: rows.number())
            }
        }
        try noteDecisions()
        try renameHoldings()
        try takeDecisions()
        try dropWaits()
        try leaveDoubledOrders()
        try leaveRegistration()
        try rows.moveHistory(of: duplicate, to: member)
        for (table, keys) in MergeWriting.keyed { try move(table, keys) }
        try db.run("UPDATE quarantine SET member = ?2 WHERE member = ?1", both)
        try moveConsents()
        try takeProfile(profile)
        // The later choice of one of them does not end what the other one chose.
        for choice in choices { _ = try rows.bound(member, by: choice, source: MergedRefusals.source, at: now) }
        try refusals.carry(&self)
        try note()
        return merge
    }

    var both: SQLArguments { [duplicate, member] }

    /// What there is to move, for whoever asks.
    private mutating func count() throws {
        for table in ["orders", "events", "points", "coupons", "consents", "suppressions", "tasks", "dates"] {
            let rows: Int = try db.value("SELECT COUNT(*) FROM \(table) WHERE member = ?", [duplicate]) ?? 0
            if rows > 0 { merge.moved[table] = rows }
        }
        let asked: [String] = try db.values(
            "SELECT DISTINCT channel FROM consent_requests WHERE member = ? AND confirmed_at IS NULL ORDER BY channel",
            [duplicate])
        merge.unconfirmed = try asked.filter {
            try ConsentRequest.last(of: duplicate, on: $0, db)?.isOpen(db, at: now) ?? false
        }
    }

    // MARK: tables

    /// Tables with a column that names the member, and the other columns of their keys: of two rows with the same key, that
    /// of the member stays.
    static let keyed: [(table: String, keys: [String])] = [
        ("member_overrides", ["name"]), ("dates", ["name"]), ("points", ["id"]), ("coupons", ["id"]),
        ("experiment_overrides", ["key"]), ("picks", ["rule", "occasion"]), ("tasks", ["rule", "occasion"]),
        ("waits", ["rule", "occasion"]), ("personalisation_choices", ["at"]), ("merged_addresses", ["address"]),
    ]
    /// Tables with such a column that have another way. Links to unsubscribe keep the name that they were signed with.
    static let otherTables: Set<String> = [
        "member_tags", "member_attributes", "latest", "order_items", "orders", "carts", "events", "consents",
        "consent_requests", "suppressions", "arrivals", "quarantine", "decisions", "merged_members",
        "unsubscribe_links",
        "shared_addresses", "address_consents", "address_sends",
    ]

    private func move(_ table: String, _ keys: [String]) throws {
        let isSame = keys.map { "o.\($0) = \(table).\($0)" }.joined(separator: " AND ")
        try db.run(
            """
            UPDATE \(table) SET member = ?2 WHERE member = ?1
              AND NOT EXISTS (SELECT 1 FROM \(table) o WHERE o.member = ?2 AND \(isSame))
            """, both)
        try db.run("DELETE FROM \(table) WHERE member = ?", [duplicate])
    }

    private mutating func moveConsents() throws {
        try rows.moveConsents(of: duplicate, to: member)
        try db.run(
            """
            INSERT INTO suppressions (member, channel, reason, at, seq) SELECT ?2, channel, reason, at, ?3 FROM suppressions
            WHERE member = ?1 \(SuppressionRank.keepingStronger(in: "suppressions", of: "member"))
            """, both + [rows.number()])
        // A yes that nobody has confirmed yet must be asked for again: its link names the duplicate.
        try db.run("DELETE FROM consent_requests WHERE member = ? AND confirmed_at IS NULL", [duplicate])
        try db.run("UPDATE consent_requests SET member = ?2 WHERE member = ?1", both)
    }

    // MARK: orders and registration

    /// An order that both have is one order: the member's stays, and what the duplicate's raised goes.
    private func leaveDoubledOrders() throws {
        let doubled: [String] = try db.values(
            """
            SELECT id FROM orders WHERE member = ?1
              AND EXISTS (SELECT 1 FROM orders o WHERE o.member = ?2 AND o.id = orders.id)
            """, both)
        for order in doubled {
            _ = try rows.retract(try rows.orderEvents(duplicate, order), duplicate)
            try db.run("DELETE FROM order_items WHERE member = ? AND order_id = ?", [duplicate, order])
        }
    }

    /// A person registers once: where the member's date is known, that of the duplicate raises nothing more.
    private func leaveRegistration() throws {
        guard try db.first("SELECT 1 FROM members WHERE id = ? AND registered_at IS NOT NULL", [member]) != nil else {
            return
        }
        try db.run(
            "DELETE FROM events WHERE member = ? AND name = ? AND source = ?",
            [duplicate, EventNames.memberRegistered, EventNames.rowSource])
        try rows.refreshLatest(duplicate, EventNames.memberRegistered)
    }

    // MARK: the member

    private mutating func takeProfile(_ profile: MemberRow?) throws {
        for table in ["member_tags", "member_attributes"] {
            try db.run("DELETE FROM \(table) WHERE member = ?", [duplicate])
        }
        try db.run("DELETE FROM members WHERE id = ?", [duplicate])
        if let profile {
            let lacking = try rows.lacking(member)
            let before = try rows.storedMember(member)?.personalisation
            _ = try rows.fill(member, with: profile, stating: nil)
            let left = try rows.lacking(member)
            merge.filled = lacking.filter { !left.contains($0) }.map(\.rawValue)
            if try rows.storedMember(member)?.personalisation != before {
                merge.filled.append(Column.personalisation.rawValue)
            }
        }
        let row = try rows.storedMember(member)
        for kind in CanonicalAddress.kinds {
            try rows.book.settle(member, kind, row?.address(kind), isNew: false, number: rows.number())
        }
        try rows.settleConfirmations(of: member)
        // Closed members have no waits.
        if row?.status == .closed { try db.run("DELETE FROM waits WHERE member = ?", [member]) }
    }

    private mutating func note() throws {
        try db.run("DELETE FROM suppressions WHERE member = ?", [duplicate])
        try db.run("DELETE FROM arrivals WHERE member = ?", [duplicate])
        try db.run("UPDATE merged_members SET member = ?2 WHERE member = ?1", both)
        try db.run(
            "INSERT INTO merged_members (id, member, seq, at) VALUES (?, ?, ?, ?)",
            [duplicate, member, try rows.number(), now.micros])
        try rows.mark(member)
    }
}
