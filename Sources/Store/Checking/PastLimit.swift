import Kit
import Policies
import Rules

/// Counts the members that an `inactive` rule would find past its limit when it goes live (T13, R260).
struct PastLimit {
    let db: Session
    let set: RuleSet
    /// The custom fields whose SQL can be run.
    let custom: [CustomField]
    let now: Instant

    /// Counts only members who meet `if` and `audience`; nil where SQL cannot express these.
    func count(_ rule: Rule) throws -> Int? {
        guard case .inactive(let inactive) = rule.trigger, let delay = Delay(rule.trigger) else { return nil }
        var compiler = ConditionSQL(fields: try FieldSQL(db, settings: set.settings, custom: custom))
        guard let condition = compiler.compile(condition(of: rule)) else { return nil }
        let zones = try ZonesInUse(db, set.settings)
        var count = 0
        for zone in zones.all {
            var arguments = compiler.fields.clock.arguments(now: now, zone: zone)
            arguments["activity"] = JSONRows.encode(inactive.activity).sql
            arguments["latest"] = latestStart(delay, zone).micros.sql
            count +=
                try
                (db.value(
                    """
                    SELECT COUNT(*) FROM
                      (SELECT member, MAX(at) AS last FROM latest
                       WHERE name IN {texts :activity} GROUP BY member) l
                    JOIN members m ON m.id = l.member
                    WHERE l.last <= :latest AND m.status = 'active' AND \(zones.predicate(zone)) AND \(condition)
                    """, SQLArguments(arguments)) as Int?) ?? 0
        }
        return count
    }

    private func condition(of rule: Rule) -> Condition {
        func segments(_ ids: [String]) -> [Condition] { ids.map { set.segments[$0]?.condition ?? .any([]) } }
        var parts = rule.condition.map { [$0] } ?? []
        if let audience = rule.audience {
            if !audience.inSegments.isEmpty { parts.append(.any(segments(audience.inSegments))) }
            if !audience.notInSegments.isEmpty { parts.append(.none(segments(audience.notInSegments))) }
        }
        return .all(parts)
    }

    /// The last start that is due before now: due instants rise with their starts.
    private func latestStart(_ delay: Delay, _ zone: Zone) -> Instant {
        var low = now.micros - delay.longest - 86_400_000_000
        var high = now.micros
        while low < high {
            let middle = low + (high - low + 1) / 2
            if delay.due(from: Instant(micros: middle), in: zone) < now { low = middle } else { high = middle - 1 }
        }
        return Instant(micros: low)
    }
}
