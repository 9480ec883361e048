import GRDB
import Policies
import Rules

extension Scan {
    /// `points_expire`: one occasion for all of a member's batches with the same expiry date.
    func pointsExpiring(_ offset: Trigger.DateOffset) throws -> [Found] {
        var found: [Found] = []
        for (zone, anchor, due) in strikes(offset) {
            var arguments: StatementArguments = [
                zone.startOfDay(anchor).micros, end(of: anchor, zone).micros, due.micros,
            ]
            let sql = """
                SELECT p.member FROM points p JOIN members m ON m.id = p.member
                WHERE p.expires_at > ? AND p.expires_at <= ? AND p.remaining > 0
                  AND (p.earned_at IS NULL OR p.earned_at <= ?) AND m.status = 'active'
                  AND \(zones.predicate(zone))\(memberFilter("p.member", &arguments)) GROUP BY p.member
                """
            try rows(sql, arguments) { row in
                found.append(
                    .due(
                        Occurrence(
                            rule: rule.id, member: row[0], occasion: "points:\(anchor.text)", due: due, start: due,
                            zone: zone, date: anchor, passes: end(of: anchor, zone), anchor: .points(expiring: anchor)))
                )
            }
        }
        return found
    }

    /// `coupon_expires`: each coupon unused at the due instant; with `combine` one occasion per member and date.
    /// A rule ignores the coupons that it gave itself.
    func couponsExpiring(_ offset: Trigger.DateOffset) throws -> [Found] {
        var found = try heldCoupons()
        var combined: Set<String> = []
        for (zone, anchor, due) in strikes(offset) {
            var arguments: StatementArguments = [
                zone.startOfDay(anchor).micros, end(of: anchor, zone).micros, due.micros, due.micros, rule.id,
            ]
            let sql = """
                SELECT k.member, k.id, k.expires_at FROM coupons k JOIN members m ON m.id = k.member
                WHERE k.expires_at > ? AND k.expires_at <= ? AND (k.issued_at IS NULL OR k.issued_at <= ?)
                  AND (k.state = 'unused' OR (k.state = 'used' AND k.used_at > ?)) AND k.rule IS NOT ?
                  AND m.status = 'active' AND \(zones.predicate(zone))\(memberFilter("k.member", &arguments))
                """
            try rows(sql, arguments) { row in
                let member: String = row[0]
                guard rule.combine != nil else {
                    let id: String = row[1]
                    found.append(
                        .due(
                            Occurrence(
                                rule: rule.id, member: member, occasion: "coupon:\(id)", due: due, start: due,
                                zone: zone, date: anchor, passes: Instant(micros: row[2]), anchor: .coupon(id: id))))
                    return
                }
                guard combined.insert("\(member)\u{1F}\(anchor.text)").inserted else { return }
                found.append(
                    .due(
                        Occurrence(
                            rule: rule.id, member: member, occasion: "coupons:\(anchor.text)", due: due, start: due,
                            zone: zone, date: anchor, passes: end(of: anchor, zone), anchor: .coupons(expiring: anchor))
                    ))
            }
        }
        return found
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
