import GRDB
import Policies
import Rules

extension Scan {
    /// `festival`: the same date for every zone, by the Chinese calendar at UTC+8.
    func festivals(_ offset: Trigger.DateOffset, _ name: String, _ festival: FestivalRule) throws -> [Found] {
        try strikes(offset).flatMap { zone, anchor, due -> [Found] in
            guard festival.dates(inGregorianYear: anchor.year).contains(anchor) else { return [] }
            return try everyone(zone, due, occasion: "festival:\(name):\(anchor.text)", anchor, end(of: anchor, zone))
        }
    }

    /// `schedule`: never passes.
    func schedules(_ schedule: Trigger.Schedule, _ at: LocalTime) throws -> [Found] {
        try zones.all.flatMap { zone in
            try zone.strikes(of: at, in: window).flatMap { day, due -> [Found] in
                guard schedule.strikes(on: day) else { return [] }
                return try everyone(zone, due, occasion: "schedule:\(day.text)", day, nil)
            }
        }
    }

    /// The members of one zone; the condition narrows the scan, so that it costs what is due. Whoever fails is not due.
    private func everyone(
        _ zone: Zone, _ due: Instant, occasion: String, _ date: LocalDate, _ passes: Instant?
    ) throws -> [Found] {
        let (condition, clock) = try prefilter()
        var arguments = clock.arguments(now: decidesAt ?? due, zone: zone)
        var sql = """
            SELECT m.id FROM members m WHERE m.status = 'active' AND \(zones.predicate(zone)) AND \(condition)
            """
        if let members {
            sql += " AND m.id IN (SELECT value FROM json_each(:members))"
            arguments["members"] = JSONRows.encode(members).databaseValue
        }
        var found: [Found] = []
        try rows(sql, StatementArguments(arguments)) { row in
            found.append(
                .due(
                    Occurrence(
                        rule: rule.id, member: row[0], occasion: occasion, due: due, start: due, zone: zone,
                        date: date, passes: passes, isSilent: true)))
        }
        return found
    }

    /// The rule's condition as SQL over members, as far as it is settled before the decision.
    private func prefilter() throws -> (String, StatementClock) {
        guard let condition = rule.condition, !includesNotDue, rule.audience?.pick == nil else {
            return ("1", StatementClock(settings: settings))
        }
        var compiler = ConditionSQL(fields: try FieldSQL(db, settings: settings, custom: []))
        let sql = compiler.compileMayHold(condition)
        return (sql, compiler.fields.clock)
    }
}

extension FieldSQL {
    init(_ db: Database, settings: Settings, custom: [CustomField]) throws {
        self.init(
            custom: custom, tiers: settings.tiers,
            hasOverrides: try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM member_overrides)") ?? false,
            clock: StatementClock(settings: settings))
    }
}

extension Trigger.Schedule {
    func strikes(on day: LocalDate) -> Bool {
        switch self {
        case .daily: return true
        case .weekly(let weekday): return day.weekday == weekday
        case .once(let date): return day == date
        case .monthly(let wanted):
            let (year, month, number) = day.civil
            return number == min(wanted, LocalDate.length(ofMonth: month, year: year))
        }
    }
}

extension Scan {
    /// Whether a festival or schedule came up in the window.
    var hasStruck: Bool {
        switch rule.trigger {
        case .festival(let offset, _, _): !strikes(offset).isEmpty
        case .schedule(_, let at): zones.all.contains { !$0.strikes(of: at, in: window).isEmpty }
        default: false
        }
    }
}

extension RulePlan {
    /// The first day after an instant on which a festival (its days before counted) or schedule comes up.
    package func nextOccasion(after instant: Instant, within days: Int, _ zone: Zone) -> LocalDate? {
        let start = zone.date(of: instant)
        return (1...max(days, 1)).lazy.map { start.adding(days: $0) }.first { day in
            switch rule.trigger {
            case .festival(let offset, _, let festival):
                let anchor = day.adding(days: offset.daysBefore)
                return festival.dates(inGregorianYear: anchor.year).contains(anchor)
            case .schedule(let schedule, _): return schedule.strikes(on: day)
            default: return false
            }
        }
    }
}
