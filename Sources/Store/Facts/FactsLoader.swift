import Kit
import Policies
import Rules

/// Loads the facts of a batch of one rule's occurrences at one instant, and what `combine` saves for them.
package struct FactsLoader {
    package struct Loaded {
        package var facts: Facts
        package var saved: [String: SavedValue] = [:]

        package init(facts: Facts, saved: [String: SavedValue] = [:]) { (self.facts, self.saved) = (facts, saved) }
    }

    /// The results by the index of the occurrence; a member that is no longer in the store has neither.
    package struct Reading {
        package var loaded: [Int: Loaded] = [:]
        /// The field that cannot be read for the occurrence, because its expression fails on this row.
        package var unreadable: [Int: String] = [:]

        package init() {}
    }

    package let db: Session
    package let query: FactQuery
    private var plan: RulePlan { query.plan }

    package init(db: Session, query: FactQuery) {
        self.db = db
        self.query = query
    }

    /// A row on which an expression fails is found by halving the batch, so that it affects nobody else.
    /// - Throws: when the rule's statement cannot be run at all.
    package func load(_ occurrences: [Occurrence], at now: Instant) throws -> Reading {
        var reading = Reading()
        reading.loaded.reserveCapacity(occurrences.count)
        let byZone = Dictionary(grouping: occurrences.indices, by: { occurrences[$0].zone })
        for (zone, indices) in byZone { try load(indices[...], occurrences, now, zone: zone, into: &reading) }
        return reading
    }

    private func load(
        _ indices: ArraySlice<Int>, _ occurrences: [Occurrence], _ now: Instant, zone: Zone,
        into reading: inout Reading
    ) throws {
        do {
            try read(Array(indices), occurrences, now, zone: zone, into: &reading.loaded)
        } catch  where StatementFault.reason(error) != nil {
            guard indices.count > 1 else {
                let targets = try indices.flatMap { try self.targets(of: occurrences[$0], now, zone) }
                guard let index = indices.first, let field = try query.unreadable(db, targets, at: now, in: zone)
                else { throw error }
                reading.unreadable[index] = field
                return
            }
            let middle = indices.startIndex + indices.count / 2
            try load(indices[..<middle], occurrences, now, zone: zone, into: &reading)
            try load(indices[middle...], occurrences, now, zone: zone, into: &reading)
        }
    }

    private func read(
        _ indices: [Int], _ occurrences: [Occurrence], _ now: Instant, zone: Zone, into loaded: inout [Int: Loaded]
    ) throws {
        if plan.rule.combine != nil {
            return try loadCombined(indices, occurrences, now, zone: zone, into: &loaded)
        }
        try query.fetch(db, indices.map { target(occurrences[$0]) }, at: now, in: zone) { position, facts in
            let index = indices[position]
            loaded[index] = Loaded(facts: withTrigger(facts, occurrences[index]))
        }
    }

    /// The targets of one occurrence: its own, or those of the coupons it combines.
    private func targets(of occurrence: Occurrence, _ now: Instant, _ zone: Zone) throws -> [FactQuery.Target] {
        guard plan.rule.combine != nil else { return [target(occurrence)] }
        return try coupons(of: occurrence, 0, now).map { FactQuery.Target(member: occurrence.member, ref: $0.id) }
    }

    private func target(_ occurrence: Occurrence) -> FactQuery.Target {
        var target = FactQuery.Target(member: occurrence.member)
        (target.ref, target.event) = (occurrence.anchor.ref, occurrence.anchor.event)
        target.lo = occurrence.anchor.touch?.micros
        if case .points(let date) = occurrence.anchor {
            target.ref = String(occurrence.due.micros)
            target.lo = occurrence.dateZone.startOfDay(date).micros
            target.hi = occurrence.dateZone.startOfDay(date.adding(days: 1)).micros
            target.day = date.days
        }
        return target
    }

    /// `trigger.*` comes from the occurrence, not from the store.
    private func withTrigger(_ facts: Facts, _ occurrence: Occurrence) -> Facts {
        guard query.readsTrigger else { return facts }
        var facts = facts
        for (slot, field) in plan.slots.fields.enumerated() where field.source == .trigger {
            switch field.path {
            case "due_at": facts.readings.values[slot] = .instant(occurrence.due)
            case "date":
                facts.readings.values[slot] = .date(occurrence.date ?? occurrence.zone.date(of: occurrence.due))
            case "occasion": facts.readings.values[slot] = .text(occurrence.occasion)
            case "name": facts.readings.values[slot] = plan.rule.trigger.eventName.map { .text($0) }
            default: break
            }
        }
        return facts
    }

    // MARK: combine

    private struct CouponRecord {
        var occurrence: Int
        var id: String
        var values: [String: Value]
    }

    /// Combines, for each occurrence, the coupons that pass `if`; when none passes, the first in `order_by` gives the
    /// reason. Ties are broken by id (semantics §4).
    private func loadCombined(
        _ indices: [Int], _ occurrences: [Occurrence], _ now: Instant, zone: Zone, into loaded: inout [Int: Loaded]
    ) throws {
        guard let combine = plan.rule.combine else { return }
        var records: [CouponRecord] = []
        for index in indices { records += try coupons(of: occurrences[index], index, now) }
        let targets = records.map { FactQuery.Target(member: occurrences[$0.occurrence].member, ref: $0.id) }
        var facts: [Int: Facts] = [:]
        try query.fetch(db, targets, at: now, in: zone) { facts[$0] = $1 }
        for index in indices {
            let mine = records.indices.filter { records[$0].occurrence == index && facts[$0] != nil }
            let ordered = mine.sorted { a, b in
                precedes(records[a], facts[a], records[b], factsB: facts[b], combine: combine)
            }
            let passing = ordered.filter { position in
                guard let condition = plan.condition else { return true }
                return facts[position]?.readings.holds(condition) ?? false
            }
            guard let lead = (passing.first ?? ordered.first).flatMap({ facts[$0] }) else { continue }
            let kept = passing.prefix(combine.keep ?? passing.count).map { records[$0].values }
            loaded[index] = Loaded(
                facts: withTrigger(lead, occurrences[index]),
                saved: [combine.saveAs: .records(kept, count: passing.count)])
        }
    }

    private func precedes(
        _ a: CouponRecord, _ factsA: Facts?, _ b: CouponRecord, factsB: Facts?, combine: Combine
    ) -> Bool {
        if let slot = combine.orderBy.flatMap(plan.slots.index(of:)) {
            let (x, y) = (factsA?.readings.values[slot], factsB?.readings.values[slot])
            // A coupon without the value comes last in either direction.
            guard let x, let y else { return x == nil && y == nil ? a.id.isBytewise(before: b.id) : y == nil }
            if let order = Value.compare(x, y), order != 0 { return combine.highestFirst ? order > 0 : order < 0 }
        }
        return a.id.isBytewise(before: b.id)
    }

    private func coupons(of occurrence: Occurrence, _ index: Int, _ now: Instant) throws -> [CouponRecord] {
        guard case .coupons(let date) = occurrence.anchor else { return [] }
        let zone = occurrence.dateZone
        let rows = try db.all(
            """
            SELECT id, template, code, face_value, issued_at, expires_at FROM coupons
            WHERE member = ? AND expires_at > ? AND expires_at <= ? AND (issued_at IS NULL OR issued_at <= ?)
              AND (state = 'unused' OR (state = 'used' AND used_at > ?)) AND rule IS DISTINCT FROM ?
            """,
            [
                occurrence.member, zone.startOfDay(date).micros, zone.startOfDay(date.adding(days: 1)).micros,
                // Coupons issued while the message is held join it; those issued before a late decision do not.
                (occurrence.isRelease ? now : occurrence.due).micros, now.micros, plan.rule.id,
            ])
        return try rows.map { row in
            var values: [String: Value] = [
                "id": .text(try row[0]), "template": .text(try row[1]), "state": .text("unused"),
                "expires_on": .date(date),
                "expires_at": .instant(Instant(micros: try row[5])),
            ]
            values["code"] = try (row[2] as String?).map { .text($0) }
            values["face_value"] = try (row[3] as Int64?).map { .money($0) }
            values["issued_at"] = try (row[4] as Int64?).map { .instant(Instant(micros: $0)) }
            return try CouponRecord(occurrence: index, id: row[0], values: values)
        }
    }
}

extension Value {
    /// -1, 0 or 1; nil when the two cannot be compared.
    static func compare(_ a: Value, _ b: Value) -> Int? {
        func sign<T: Comparable>(_ x: T, _ y: T) -> Int { x < y ? -1 : x > y ? 1 : 0 }
        switch (a, b) {
        case (.date(let x), .date(let y)): return sign(x, y)
        case (.instant(let x), .instant(let y)): return sign(x, y)
        case (.text(let x), .text(let y)): return x.isBytewise(before: y) ? -1 : y.isBytewise(before: x) ? 1 : 0
        case (.number(let x), .number(let y)): return sign(x, y)
        case (.money(let x), .money(let y)): return sign(x, y)
        default: return nil
        }
    }
}
