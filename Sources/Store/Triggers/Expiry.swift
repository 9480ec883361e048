import Kit
import Policies
import Rules

extension Scan {
    /// `points_expire`: one occasion for all of a member's batches with the same expiry date. A late decision whose
    /// batch was spent since is cancelled. A `points.spent` does not say which row it was taken from, so the last one
    /// counts as the end of the batch.
    func pointsExpiring(_ offset: Trigger.DateOffset, _ take: (Candidate) throws -> Void) throws {
        let select = """
            SELECT x.member, x.expires_at, x.earned_at, CASE WHEN x.remaining <= 0 THEN \(lastSpent) END FROM points x
            """
        // What was due before the watermark was scanned then: a late event does not bring back a batch that was empty.
        let isLookedAtAgain = members != nil && decidesAt != nil
        let since = isLookedAtAgain ? "" : " OR (x.points > 0 AND \(lastSpent) > :first)"
        let left = "(x.earned_at IS NULL OR x.earned_at <= :last) AND (x.remaining > 0\(since))"
        func tell(_ batch: Batch) throws {
            let points = Occurrence.Anchor.points(expiring: batch.expiry.date)
            let single = occurrence("points:\(batch.expiry.date.text)", batch.expiry, points)
            try take(found(single, goneAt: batch.goneAt, "points.spent"))
        }
        var batches = Batches()
        try expiring(offset, select, where: left) { row, expiry in
            if let earned: Int64 = try row[2], earned > expiry.due.micros { return }
            let spent = try (row[3] as Int64?).map(Instant.init(micros:))
            if let spent, spent <= expiry.due { return }
            if let complete = batches.add(expiry, goneAt: spent) { try tell(complete) }
        }
        if let last = batches.current { try tell(last) }
    }

    private var lastSpent: String {
        "(SELECT MAX(s.at) FROM events s WHERE s.member = x.member AND s.name = 'points.spent' AND s.at <= :decided)"
    }

    /// `coupon_expires`: each coupon unused at the due instant; with `combine` one occasion per member and date. A
    /// coupon that was used before a late decision is cancelled. A rule ignores the coupons that it gave itself.
    func couponsExpiring(_ offset: Trigger.DateOffset, _ take: (Candidate) throws -> Void) throws {
        try heldCoupons().forEach(take)
        func tell(_ batch: Batch) throws {
            let coupons = Occurrence.Anchor.coupons(expiring: batch.expiry.date)
            let combined = occurrence("coupons:\(batch.expiry.date.text)", batch.expiry, coupons)
            try take(found(combined, goneAt: batch.goneAt, "coupon.used"))
        }
        var batches = Batches()
        let select = """
            SELECT x.member, x.expires_at, x.issued_at, CASE x.state WHEN 'used' THEN x.used_at END, x.id FROM coupons x
            """
        let unused = """
            (x.issued_at IS NULL OR x.issued_at <= :last) AND x.rule IS DISTINCT FROM :rule
            AND (x.state = 'unused' OR (x.state = 'used' AND x.used_at > :first))
            """
        try expiring(offset, select, where: unused) { row, expiry in
            if let issued: Int64 = try row[2], issued > expiry.due.micros { return }
            let used = try (row[3] as Int64?).map(Instant.init(micros:))
            if let used, used <= expiry.due { return }
            let goneAt = used.flatMap { $0 <= decidesAt ?? expiry.due ? $0 : nil }
            guard rule.combine == nil else {
                if let complete = batches.add(expiry, goneAt: goneAt) { try tell(complete) }
                return
            }
            let id: String = try row[4]
            var single = occurrence("coupon:\(id)", expiry, .coupon(id: id))
            single.passes = expiry.at
            try take(found(single, goneAt: goneAt, "coupon.used"))
        }
        if let last = batches.current { try tell(last) }
    }

    private func found(_ occurrence: Occurrence, goneAt: Instant?, _ event: String) -> Candidate {
        goneAt.map { .cancelled(occurrence, at: $0, .anchor(event)) } ?? .due(occurrence)
    }

    /// The rows of a member that expire on one date. `goneAt` is when the last was used up; nil: not yet.
    private typealias Batch = (expiry: Expiry, goneAt: Instant?)

    /// Groups rows that are ordered by member and expiry into batches, one at a time.
    private struct Batches {
        private(set) var current: Batch?

        /// - Parameter goneAt: when the row was used up; nil when something is left.
        /// - Returns: the previous batch, when the row begins another.
        mutating func add(_ expiry: Expiry, goneAt: Instant?) -> Batch? {
            guard let batch = current, batch.expiry.batch == expiry.batch else {
                defer { current = (expiry, goneAt) }
                return current
            }
            if let known = batch.goneAt { current?.goneAt = goneAt.map { max($0, known) } }
            return nil
        }
    }

    private struct Expiry {
        struct Batch: Hashable {
            var member: String
            var date: LocalDate
        }
        var batch: Batch
        var at: Instant
        var due: Instant
        var zone: Zone
        var date: LocalDate { batch.date }
    }

    private func occurrence(_ occasion: String, _ expiry: Expiry, _ anchor: Occurrence.Anchor) -> Occurrence {
        Occurrence(
            rule: rule.id, member: expiry.batch.member, occasion: occasion, due: expiry.due, start: expiry.due,
            zone: expiry.zone, date: expiry.date, passes: end(of: expiry.date, expiry.zone), anchor: anchor)
    }

    /// Reads the rows of a table `x` (first columns: member and expiry) whose expiry date makes the trigger due in the
    /// window, with one statement per zone for all dates. Conditions that depend on the date use `:first` and `:last`,
    /// the due instants of the first and last date; `body` then checks each row.
    private func expiring(
        _ offset: Trigger.DateOffset, _ select: String, where conditions: String,
        _ body: (SQLRow, Expiry) throws -> Void
    ) throws {
        for zone in zones.all {
            guard let days = zone.daysFalling(of: offset.at, in: window) else { continue }
            var arguments: Bindings = [
                "after": zone.startOfDay(days.lowerBound.adding(days: offset.daysBefore)).bound,
                "through": end(of: days.upperBound.adding(days: offset.daysBefore), zone).bound,
                "first": zone.instant(days.lowerBound, offset.at).bound,
                "last": zone.instant(days.upperBound, offset.at).bound,
                "decided": (decidesAt ?? zone.instant(days.lowerBound, offset.at)).bound,
                "rule": rule.id.sql,
            ]
            // `unindexed` disables the index on expiries where the members are given.
            let expiry = members == nil ? "x.expires_at" : "{unindexed x.expires_at}"
            var sql = """
                \(select) JOIN members m ON m.id = x.member WHERE \(expiry) > :after AND \(expiry) <= :through
                AND \(conditions) AND m.status = 'active' AND \(zones.predicate(zone))
                """
            if let members {
                sql += " AND " + AmongMembers.sql("x.member", members)
                arguments["members"] = AmongMembers.argument(members)
            }
            // Rows of one batch come together; `unindexed` prevents a walk over all members in the order of an index.
            sql += " ORDER BY {unindexed x.member}, x.expires_at"
            try rows(sql, SQLArguments(arguments)) { row in
                let at = try Instant(micros: row[1])
                let date = expiryDate(at, zone)
                let due = zone.instant(date.adding(days: -offset.daysBefore), offset.at)
                try body(row, Expiry(batch: .init(member: row[0], date: date), at: at, due: due, zone: zone))
            }
        }
    }

    /// The local date that began before this instant and ends at it or later.
    private func expiryDate(_ expiry: Instant, _ zone: Zone) -> LocalDate {
        let date = zone.date(of: expiry.adding(micros: -1))
        // A clock set back at midnight passes it twice.
        return expiry > end(of: date, zone) ? date.adding(days: 1) : date
    }

    /// Held reminders to cancel because their coupon was used; a combined one, with the last of its coupons.
    func heldCoupons() throws -> [Candidate] {
        var arguments: SQLArguments = [rule.id, window.after.micros, window.through.micros]
        let sql = """
            SELECT w.member, w.occasion, w.ref, w.date, w.first_due, w.zone, x.at, m.zone FROM events x
            {then} waits w ON w.member = x.member AND w.rule = ? AND w.kind = 'held'
            JOIN members m ON m.id = w.member
            WHERE x.name = 'coupon.used' AND x.at > ? AND x.at <= ?\(memberFilter("x.member", &arguments)) ORDER BY x.at
            """
        var found: [Candidate] = []
        try rows(sql, arguments) { row in
            let member: String = try row[0]
            let zone = try Zone(named: row[5]) ?? zones.standard
            let at = try Instant(micros: row[6])
            let day: Int? = try row[3]
            let id: String? = try row[2]
            guard let day, try remaining(of: member, id: id, LocalDate(days: day), zone, at: at) == 0 else { return }
            let date = LocalDate(days: day)
            let due = try Instant(micros: row[4])
            var held = try Occurrence(
                rule: rule.id, member: member, occasion: row[1], due: due, start: due, zone: zone, date: date,
                anchor: id.map { .coupon(id: $0) } ?? .coupons(expiring: date))
            try held.move(to: zones.zone(named: row[7]))
            found.append(.cancelled(held, at: at, .anchor("coupon.used")))
        }
        return found
    }

    private func remaining(of member: String, id: String?, _ date: LocalDate, _ zone: Zone, at now: Instant) throws
        -> Int
    {
        try
            (db.value(
                """
                SELECT COUNT(*) FROM coupons WHERE member = ?1
                  AND (id = ?2 OR (?2 IS NULL AND expires_at > ?3 AND expires_at <= ?4))
                  AND (issued_at IS NULL OR issued_at <= ?5) AND (state = 'unused' OR (state = 'used' AND used_at > ?5))
                  AND rule IS DISTINCT FROM ?6
                """,
                [
                    member, id, zone.startOfDay(date).micros, end(of: date, zone).micros, now.micros, rule.id,
                ]) as Int?) ?? 0
    }
}
