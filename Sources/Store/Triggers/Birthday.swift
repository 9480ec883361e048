import Kit
import Policies
import Rules

extension Scan {
    /// `birthday`: few keys of recorded dates resolve to the anchor date, and each is looked up in the index on keys.
    func birthdays(
        _ offset: Trigger.DateOffset, _ recorded: Trigger.RecordedCalendar, _ take: (Candidate) throws -> Void
    ) throws {
        try recurring(
            offset, calendars: recorded.calendars, occasion: { "birthday:\($0.rawValue):\($1)" },
            sql: { zone in
                """
                SELECT m.id, m.birthday_year FROM members m
                WHERE m.birthday_key = ? AND m.status = 'active' AND \(zones.predicate(zone))
                """
            }, memberColumn: "m.id", name: nil, take)
    }

    /// `anniversary`: works like `birthdays`, on rows of `dates` or on the local date of registration.
    func anniversaries(
        _ offset: Trigger.DateOffset, of name: String, _ take: (Candidate) throws -> Void
    ) throws {
        if name == "membership" { return try memberships(offset, take) }
        try recurring(
            offset, calendars: [.solar, .lunar], occasion: { "anniversary:\(name):\($0.rawValue):\($1)" },
            sql: { zone in
                """
                SELECT d.member, d.year FROM dates d JOIN members m ON m.id = d.member
                WHERE d.key = ? AND d.name = ? AND m.status = 'active' AND \(zones.predicate(zone))
                """
            }, memberColumn: "d.member", name: name, take)
    }

    private func recurring(
        _ offset: Trigger.DateOffset, calendars: [RecurringCalendar], occasion: (RecurringCalendar, Int) -> String,
        sql: (Zone) -> String, memberColumn: String, name: String?, _ take: (Candidate) throws -> Void
    ) throws {
        for (zone, anchor, due) in falls(offset) {
            for calendar in calendars {
                for (key, year) in RecurringDate.keys(fallingOn: anchor, calendar: calendar, policy: settings.birthdays)
                {
                    var arguments: SQLArguments = [key]
                    if let name { arguments += [name] }
                    let statement = sql(zone) + memberFilter(memberColumn, &arguments)
                    try rows(statement, arguments) { row in
                        let bornIn: Int? = try row[1]
                        guard bornIn.map({ year > $0 }) ?? true else { return }
                        try take(
                            .due(
                                Occurrence(
                                    rule: rule.id, member: row[0], occasion: occasion(calendar, year), due: due,
                                    start: due, zone: zone, date: anchor, passes: end(of: anchor, zone))))
                    }
                }
            }
        }
    }

    /// Anniversaries of registration, through the `member.registered` events of that day in earlier years.
    private func memberships(_ offset: Trigger.DateOffset, _ take: (Candidate) throws -> Void) throws {
        guard
            let first = try (db.value("SELECT MIN(at) FROM events WHERE name = 'member.registered'") as Int64?).map(
                Instant.init(micros:))
        else { return }
        for (zone, anchor, due) in falls(offset) {
            for (key, year) in RecurringDate.keys(fallingOn: anchor, calendar: .solar, policy: settings.birthdays) {
                guard let month = Int(key.dropFirst().prefix(2)), let day = Int(key.suffix(2)) else { continue }
                let oldest = zone.date(of: first).year
                guard oldest < year else { continue }
                let days = (oldest..<year).compactMap { LocalDate($0, month, day) }.map { date in
                    "[\(zone.startOfDay(date).micros),\(zone.startOfDay(date.adding(days: 1)).micros)]"
                }
                var arguments: SQLArguments = ["[\(days.joined(separator: ","))]"]
                // The days lead, so that each is a range of the index on events.
                let sql = """
                    SELECT DISTINCT e.member FROM {elements ?} d CROSS JOIN events e JOIN members m ON m.id = e.member
                    WHERE e.name = 'member.registered' AND e.at >= CAST(d.value ->> 0 AS BIGINT)
                      AND e.at < CAST(d.value ->> 1 AS BIGINT)
                      AND m.status = 'active' AND \(zones.predicate(zone))\(memberFilter("e.member", &arguments))
                    """
                try rows(sql, arguments) { row in
                    try take(
                        .due(
                            Occurrence(
                                rule: rule.id, member: row[0], occasion: "anniversary:membership:solar:\(year)",
                                due: due, start: due, zone: zone, date: anchor, passes: end(of: anchor, zone))))
                }
            }
        }
    }
}

extension Trigger.RecordedCalendar {
    var calendars: [RecurringCalendar] {
        switch self {
        case .solar: [.solar]
        case .lunar: [.lunar]
        case .asRecorded: [.solar, .lunar]
        }
    }
}
