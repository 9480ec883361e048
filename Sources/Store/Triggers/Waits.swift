import Kit
import Policies
import Rules

/// Stored waits: held messages until their release, existing members until their slot.
package struct Waits {
    package let db: Session
    package let plan: RulePlan
    package let zones: ZonesInUse
    /// The daemon's now; nil: each is decided at its own instant.
    package var decidesAt: Instant?

    package init(db: Session, plan: RulePlan, zones: ZonesInUse, decidesAt: Instant? = nil) {
        (self.db, self.plan, self.zones, self.decidesAt) = (db, plan, zones, decidesAt)
    }

    /// Collects all candidates of `eachReleased`, for cases where they are few.
    package func released(in window: Window, members: [String]? = nil) throws -> [Candidate] {
        var found: [Candidate] = []
        try eachReleased(in: window, members: members) { found.append($0) }
        return found
    }

    /// Passes on the waits released within the window (of some members, or all), ready to be decided. Existing members
    /// of a rule that is still enrolling are not released until all of them are known.
    package func eachReleased(in window: Window, members: [String]? = nil, _ take: (Candidate) throws -> Void) throws {
        var arguments: Bindings = [
            "rule": plan.rule.id.sql, "after": window.after.bound, "through": window.through.bound,
        ]
        var sql = """
            SELECT w.member, w.occasion, w.kind, w.due, w.first_due, w.start, w.ref, w.event, w.date, w.passes, w.zone,
              m.zone AS zone_now
            FROM waits w JOIN members m ON m.id = w.member
            WHERE w.rule = :rule AND w.due > :after AND w.due <= :through AND m.status = 'active'
              AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM enrolments n WHERE n.rule = w.rule))
            """
        if case .inactive(let inactive) = plan.rule.trigger {
            // Any activity after the one that the wait began with ends it.
            for source in EventSource.of(inactive.activity) {
                sql += """
                     AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM \(source.table) x WHERE x.member = w.member
                      AND x.name IN (\(inactive.activity.map(sqlText).joined(separator: ", "))) AND x.at > w.start
                      AND x.at <= \(decidesAt == nil ? "w.due" : "{greatest}(w.due, :decided)")))
                    """
            }
            if let decidesAt { arguments["decided"] = decidesAt.bound }
        }
        if let members {
            sql += " AND " + AmongMembers.sql("w.member", members)
            arguments["members"] = AmongMembers.argument(members)
        }
        let cursor = try db.cursor(sql, SQLArguments(arguments))
        while let row = try cursor.next() { try take(.due(try occurrence(row))) }
    }

    private func occurrence(_ row: SQLRow) throws -> Occurrence {
        let zone = try Zone(named: row["zone"]) ?? zones.standard
        let date = try (row["date"] as Int?).map { LocalDate(days: $0) }
        var occurrence = try Occurrence(
            rule: plan.rule.id, member: row["member"], occasion: row["occasion"],
            due: Instant(micros: row["first_due"]),
            start: Instant(micros: row["start"]), zone: zone, date: date,
            passes: (row["passes"] as Int64?).map(Instant.init(micros:)), asksEveryone: plan.rule.trigger.asksEveryone)
        occurrence.ready = try Instant(micros: row["due"])
        occurrence.anchor = try anchor(row, occurrence)
        occurrence.isRelease = try row["kind"] as String == "held"
        occurrence.isStored = true
        try occurrence.move(to: zones.zone(named: row["zone_now"]))
        return occurrence
    }

    private func anchor(_ row: SQLRow, _ occurrence: Occurrence) throws -> Occurrence.Anchor {
        let ref: String? = try row["ref"]
        let seq: Int64? = try row["event"]
        switch (plan.rule.trigger, seq, ref) {
        case (.pointsExpire, _, _): return occurrence.date.map { .points(expiring: $0) } ?? .none
        case (.couponExpires, _, let ref?): return .coupon(id: ref)
        case (.couponExpires, _, nil): return occurrence.date.map { .coupons(expiring: $0) } ?? .none
        case (.cartIdle, let seq?, let ref?): return .cart(id: ref, touch: occurrence.start, seq: seq)
        case (.browsed, let seq?, let ref?): return .browse(value: ref, seq: seq)
        case (.event(let event), let seq?, let ref?) where event.name.hasPrefix("cart."):
            return .cart(id: ref, touch: occurrence.start, seq: seq)
        case (_, let seq?, let ref?): return .order(id: ref, seq: seq)
        case (_, let seq?, nil): return .event(seq: seq)
        default: return .none
        }
    }
}
