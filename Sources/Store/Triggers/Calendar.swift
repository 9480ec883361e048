import Kit
import Policies
import Rules

/// One occasion of a festival or schedule for the members on one zone's clock.
package struct CalendarSlot {
    package var zone: Zone
    var due: Instant
    package var occasion: String
    var date: LocalDate
    /// When it has passed; nil: never.
    var passes: Instant?
}

extension Scan {
    /// The slots in the window. A `festival` has the same date in every zone, by the Chinese calendar at UTC+8; a
    /// `schedule` never passes. Empty for other triggers.
    var slots: [CalendarSlot] {
        switch rule.trigger {
        case .festival(let offset, let name, let festival):
            falls(offset).compactMap { zone, anchor, due in
                guard festival.dates(inGregorianYear: anchor.year).contains(anchor) else { return nil }
                return CalendarSlot(
                    zone: zone, due: due, occasion: "festival:\(name):\(anchor.text)", date: anchor,
                    passes: end(of: anchor, zone))
            }
        case .schedule(let schedule, let at):
            zones.all.flatMap { zone in
                zone.falls(of: at, in: window).compactMap { day, due in
                    guard schedule.falls(on: day) else { return nil }
                    return CalendarSlot(zone: zone, due: due, occasion: "schedule:\(day.text)", date: day, passes: nil)
                }
            }
        default: []
        }
    }

    /// Finds the members that a slot addresses. The rule's condition narrows the scan, so that its cost depends on how
    /// many are due; members who fail the condition are not due.
    func everyone(_ slot: CalendarSlot, _ take: (Candidate) throws -> Void) throws {
        let (sql, arguments) = try people(slot)
        try rows("SELECT m.id \(sql)", SQLArguments(arguments)) { row in
            try take(.due(occurrence(of: slot, member: row[0])))
        }
    }

    /// The next `most` members of a slot by id. With `audience.pick` the draw must have been made.
    func page(_ slot: CalendarSlot, after member: String?, most: Int) throws -> [Candidate] {
        var (sql, arguments) = try people(slot)
        if let member {
            sql += " AND m.id > :after"
            arguments["after"] = member.sql
        }
        if rule.audience?.pick != nil {
            sql += """
                 AND EXISTS (SELECT 1 FROM picks p WHERE p.member = m.id AND p.rule = :rule AND p.occasion = :occasion)
                """
            arguments["rule"] = rule.id.sql
            arguments["occasion"] = slot.occasion.sql
        }
        sql += " ORDER BY m.id LIMIT :most"
        arguments["most"] = most.sql
        var found: [Candidate] = []
        try rows("SELECT m.id \(sql)", SQLArguments(arguments)) { row in
            try found.append(.due(occurrence(of: slot, member: row[0])))
        }
        return found
    }

    package func occurrence(of slot: CalendarSlot, member: String) -> Occurrence {
        Occurrence(
            rule: rule.id, member: member, occasion: slot.occasion, due: slot.due, start: slot.due,
            zone: slot.zone, date: slot.date, passes: slot.passes, asksEveryone: true)
    }

    /// How many members a slot addresses, or how many of them have no decision yet.
    package func count(_ slot: CalendarSlot, onlyUndecided: Bool = false) throws -> Int {
        var (sql, arguments) = try people(slot)
        if onlyUndecided {
            sql += """
                 AND NOT EXISTS (SELECT 1 FROM decisions d
                  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)
                """
            arguments["rule"] = rule.id.sql
            arguments["occasion"] = slot.occasion.sql
        }
        return try (db.value("SELECT COUNT(*) \(sql)", SQLArguments(arguments)) as Int?) ?? 0
    }

    private func people(_ slot: CalendarSlot) throws -> (sql: String, arguments: [String: SQLValue]) {
        let (condition, clock) = try prefilter()
        var arguments = clock.arguments(now: decidesAt ?? slot.due, zone: slot.zone)
        var sql = "FROM members m WHERE m.status = 'active' AND \(zones.predicate(slot.zone)) AND \(condition)"
        if let members {
            sql += " AND " + AmongMembers.sql("m.id", members)
            arguments["members"] = AmongMembers.argument(members)
        }
        return (sql, arguments)
    }

    /// The rule's condition as SQL over members, as far as it is settled before the decision.
    private func prefilter() throws -> (String, StatementClock) {
        guard let condition = rule.condition, !includesNotDue, rule.audience?.pick == nil else {
            return ("TRUE", StatementClock(settings: settings))
        }
        var compiler = ConditionSQL(fields: try FieldSQL(db, settings: settings, custom: []))
        let sql = compiler.compileMayHold(condition)
        return (sql, compiler.fields.clock)
    }
}

extension FieldSQL {
    init(_ db: Session, settings: Settings, custom: [CustomField]) throws {
        self.init(
            custom: custom, tiers: settings.tiers,
            hasOverrides: try (db.value("SELECT EXISTS (SELECT 1 FROM member_overrides)") as Bool?) ?? false,
            clock: StatementClock(settings: settings))
    }
}

extension Trigger {
    /// When a festival or schedule is due for the occasion of a date on one zone's clock; nil for other triggers.
    package func due(of date: LocalDate, in zone: Zone) -> Instant? {
        switch self {
        case .festival(let offset, _, _): zone.instant(date.adding(days: -offset.daysBefore), offset.at)
        case .schedule(_, let at): zone.instant(date, at)
        default: nil
        }
    }
}

extension Scan {
    /// Whether a festival or schedule came up in the window.
    package var hasFallen: Bool {
        switch rule.trigger {
        case .festival(let offset, _, _): zones.all.contains { $0.daysFalling(of: offset.at, in: window) != nil }
        case .schedule(_, let at): zones.all.contains { $0.daysFalling(of: at, in: window) != nil }
        default: false
        }
    }
}

extension RulePlan {
    /// The first local date after an instant on which a festival or schedule is due; nil: none within `days`.
    package func nextOccasion(after instant: Instant, within days: Int, _ zone: Zone) -> LocalDate? {
        let start = zone.date(of: instant)
        return (1...max(days, 1)).lazy.map { start.adding(days: $0) }.first { day in
            switch rule.trigger {
            case .festival(let offset, _, let festival):
                let anchor = day.adding(days: offset.daysBefore)
                return festival.dates(inGregorianYear: anchor.year).contains(anchor)
            case .schedule(let schedule, _): return schedule.falls(on: day)
            default: return false
            }
        }
    }
}
