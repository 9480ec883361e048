import GRDB
import Policies
import Rules

extension Evaluation {
    /// For all rules that begin now, or reach others than before.
    func enrolExisting(at now: Instant) throws {
        let known = try KnownRules(db)
        let set = engine.planned.set
        let zones = try ZonesInUse(db, set.settings)
        for (index, plan) in engine.planned.plans.enumerated()
        where known.begins(plan.rule) || known.reachesAnew(plan.rule, in: set) {
            try enrolExisting(index, at: now, zones: zones)
        }
    }

    /// Spreads the members who were already past the limit when an `inactive` rule goes live: those who pass `if` and
    /// `audience` now, latest first, then member id; number i is due in slot ⌊i / drip⌋ (semantics §4).
    func enrolExisting(_ plan: Int, at now: Instant, zones: ZonesInUse) throws {
        let rulePlan = engine.planned.plans[plan]
        guard case .inactive(let inactive) = rulePlan.rule.trigger, let delay = Delay(rulePlan.rule.trigger) else {
            return
        }
        let perSlot: Int
        let every: Span
        switch rulePlan.rule.existingMembers {
        case .all: (perSlot, every) = (Int.max, .zero)
        case .drip(let count, let span): (perSlot, every) = (max(count, 1), span)
        case .skip, nil: return
        }
        let candidates = try pastTheLimit(rulePlan.rule, inactive, delay, now, zones)
        let reading = try FactsLoader(db: db, query: engine.queries[plan]).load(candidates, at: now)
        let settled = try ledger.settled(candidates)
        var number = 0
        for (index, occurrence) in candidates.enumerated() {
            // Who cannot be read now is enrolled: the decision says `failed` where it still cannot be.
            let qualifies =
                reading.unreadable[index] != nil
                || reading.loaded[index]?.facts.readings.qualifies(for: rulePlan) ?? false
            guard qualifies, !settled.contains(index) else { continue }
            let slot = number * oneIn / perSlot
            number += 1
            try enrol(occurrence, at: slotInstant(slot, every, inactive.at, now, occurrence.zone))
        }
    }

    private func pastTheLimit(
        _ rule: Rule, _ inactive: Trigger.Inactive, _ delay: Delay, _ now: Instant, _ zones: ZonesInUse
    ) throws -> [Occurrence] {
        // One step into the index for each member and name: the history itself is not read.
        let last = inactive.activity.map { name in
            """
            SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = \(quoted(name)) AND x.at <= :now) AS at
            """
        }
        let rows = try Row.fetchAll(
            db,
            sql: """
                WITH silent AS MATERIALIZED (
                  SELECT m.id, m.zone, (SELECT MAX(at) FROM (\(last.joined(separator: " UNION ALL ")))) AS last
                  FROM members m WHERE m.status = 'active')
                SELECT (SELECT MIN(e.seq) FROM events e WHERE e.member = s.id AND e.at = s.last
                  AND e.name IN (\(inactive.activity.map(quoted).joined(separator: ", ")))), s.id, s.last, s.zone
                FROM silent s WHERE s.last IS NOT NULL
                """, arguments: ["now": now.micros])
        return rows.compactMap { row -> Occurrence? in
            let zone = zones.zone(named: row[3])
            let last = Instant(micros: row[2])
            let due = delay.due(from: last, in: zone)
            guard due < now else { return nil }
            return Occurrence(
                rule: rule.id, member: row[1], occasion: "inactive@\(last.utcText)", due: due, start: last, zone: zone,
                anchor: .event(seq: row[0]))
        }.sorted { a, b in
            let (x, y) = (a.zone.add(inactive.for, to: a.start), b.zone.add(inactive.for, to: b.start))
            return x != y ? x > y : a.member.isBytewise(before: b.member)
        }
    }

    /// Slot 0 is the first local `at` on or after now (without `at`: now itself), slot k is k × `every` later.
    private func slotInstant(_ slot: Int, _ every: Span, _ at: LocalTime?, _ now: Instant, _ zone: Zone) -> Instant {
        var first = now
        if let at {
            let today = zone.instant(zone.date(of: now), at)
            first = today >= now ? today : zone.instant(zone.date(of: now).adding(days: 1), at)
        }
        return zone.add(Span(every.amount * slot, every.unit), to: first)
    }

    private func enrol(_ occurrence: Occurrence, at slot: Instant) throws {
        guard case .event(let seq) = occurrence.anchor else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO waits (member, rule, occasion, kind, due, first_due, start, event, zone)
                VALUES (?, ?, ?, 'existing', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [
            occurrence.member, occurrence.rule, occurrence.occasion, slot.micros, slot.micros, occurrence.start.micros,
            seq, occurrence.zone.name,
        ])
    }
}

extension Readings {
    func qualifies(for plan: RulePlan) -> Bool {
        (plan.condition.map(holds) ?? true)
            && (plan.audienceIn.isEmpty || plan.audienceIn.contains(where: holds))
            && !plan.audienceNotIn.contains(where: holds)
    }
}
