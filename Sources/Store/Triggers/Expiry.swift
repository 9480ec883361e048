import GRDB
import Policies
import Rules

extension Scan {
    /// `points_expire`: one occasion for all of a member's batches with the same expiry date.
    func pointsExpiring(_ offset: Trigger.DateOffset) throws -> [Found] {
        var found: [Found] = []
        var seen: Set<Expiry.Batch> = []
        let left = "x.remaining > 0 AND (x.earned_at IS NULL OR x.earned_at <= :last)"
        try expiring(offset, "SELECT x.member, x.expires_at, x.earned_at FROM points x", where: left) { row, expiry in
            if let earned: Int64 = row[2], earned > expiry.due.micros { return }
            guard seen.insert(expiry.batch).inserted else { return }
            found.append(.due(occurrence("points:\(expiry.date.text)", expiry, .points(expiring: expiry.date))))
        }
        return found
    }

    /// `coupon_expires`: each coupon unused at the due instant; with `combine` one occasion per member and date.
    /// A rule ignores the coupons that it gave itself.
    func couponsExpiring(_ offset: Trigger.DateOffset) throws -> [Found] {
        var found = try heldCoupons()
        var seen: Set<Expiry.Batch> = []
        let select = """
            SELECT x.member, x.expires_at, x.issued_at, CASE x.state WHEN 'used' THEN x.used_at END, x.id FROM coupons x
            """
        let unused = """
            (x.issued_at IS NULL OR x.issued_at <= :last) AND x.rule IS NOT :rule
            AND (x.state = 'unused' OR (x.state = 'used' AND x.used_at > :first))
            """
        try expiring(offset, select, where: unused) { row, expiry in
            if let issued: Int64 = row[2], issued > expiry.due.micros { return }
            if let used: Int64 = row[3], used <= expiry.due.micros { return }
            guard rule.combine == nil else {
                guard seen.insert(expiry.batch).inserted else { return }
                found.append(.due(occurrence("coupons:\(expiry.date.text)", expiry, .coupons(expiring: expiry.date))))
                return
            }
            let id: String = row[4]
            var single = occurrence("coupon:\(id)", expiry, .coupon(id: id))
            single.passes = expiry.at
            found.append(.due(single))
        }
        return found
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

    /// The rows of a table `x` (its first columns member and expiry) that expire on a date for which the trigger strikes
    /// in the window: one statement a zone, however many dates those are. What may be otherwise from date to date is
    /// asked of `:first` and `:last`, the due instants of the first and the last, and then of the row.
    private func expiring(
        _ offset: Trigger.DateOffset, _ select: String, where conditions: String, _ body: (Row, Expiry) throws -> Void
    ) throws {
        for zone in zones.all {
            guard let days = zone.strikeDays(of: offset.at, in: window) else { continue }
            var arguments: Bindings = [
                "after": zone.startOfDay(days.lowerBound.adding(days: offset.daysBefore)).bound,
                "through": end(of: days.upperBound.adding(days: offset.daysBefore), zone).bound,
                "first": zone.instant(days.lowerBound, offset.at).bound,
                "last": zone.instant(days.upperBound, offset.at).bound, "rule": rule.id.databaseValue,
            ]
            // The sign keeps the index on expiries away where the members are named.
            let expiry = members == nil ? "x.expires_at" : "+x.expires_at"
            var sql = """
                \(select) JOIN members m ON m.id = x.member WHERE \(expiry) > :after AND \(expiry) <= :through
                AND \(conditions) AND m.status = 'active' AND \(zones.predicate(zone))
                """
            if let members {
                sql += " AND " + AmongMembers.sql("x.member", members)
                arguments["members"] = AmongMembers.argument(members)
            }
            try rows(sql, StatementArguments(arguments)) { row in
                let at = Instant(micros: row[1])
                let date = expiryDate(at, zone)
                let due = zone.instant(date.adding(days: -offset.daysBefore), offset.at)
                try body(row, Expiry(batch: .init(member: row[0], date: date), at: at, due: due, zone: zone))
            }
        }
    }

    /// The local date that ends with this instant or later, and began before it.
    private func expiryDate(_ expiry: Instant, _ zone: Zone) -> LocalDate {
        let date = zone.date(of: expiry.adding(micros: -1))
        // A midnight that the clock passes twice.
        return expiry > end(of: date, zone) ? date.adding(days: 1) : date
    }

    /// A held reminder is cancelled when its coupon is used; a combined one with the last of its coupons.
    func heldCoupons() throws -> [Found] {
        var arguments: StatementArguments = [rule.id, window.after.micros, window.through.micros]
        let sql = """
            SELECT w.member, w.occasion, w.ref, w.date, w.first_due, w.zone, x.at FROM events x
            CROSS JOIN waits w ON w.member = x.member AND w.rule = ? AND w.kind = 'held'
            WHERE x.name = 'coupon.used' AND x.at > ? AND x.at <= ?\(memberFilter("x.member", &arguments)) ORDER BY x.at
            """
        var found: [Found] = []
        try rows(sql, arguments) { row in
            let member: String = row[0]
            let zone = zones.zone(named: row[5])
            let at = Instant(micros: row[6])
            let day: Int? = row[3]
            let id: String? = row[2]
            guard let day, try remaining(of: member, id: id, LocalDate(days: day), zone, at: at) == 0 else { return }
            let date = LocalDate(days: day)
            let due = Instant(micros: row[4])
            found.append(
                .cancelled(
                    Occurrence(
                        rule: rule.id, member: member, occasion: row[1], due: due, start: due, zone: zone, date: date,
                        anchor: id.map { .coupon(id: $0) } ?? .coupons(expiring: date)),
                    at: at, .anchor("coupon.used")))
        }
        return found
    }

    private func remaining(of member: String, id: String?, _ date: LocalDate, _ zone: Zone, at now: Instant) throws
        -> Int
    {
        try Int.fetchOne(
            db,
            sql: """
                SELECT COUNT(*) FROM coupons WHERE member = ? AND (id = ? OR (? IS NULL AND expires_at > ? AND expires_at <= ?))
                  AND (state = 'unused' OR (state = 'used' AND used_at > ?)) AND rule IS NOT ?
                """,
            arguments: [
                member, id, id, zone.startOfDay(date).micros, end(of: date, zone).micros, now.micros, rule.id,
            ]) ?? 0
    }
}
