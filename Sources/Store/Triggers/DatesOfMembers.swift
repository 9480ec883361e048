import Kit
import Policies
import Rules

extension Scan {
    /// `date`: members whose date of that name is the anchor date itself, not its return in another year.
    func dates(_ offset: Trigger.DateOffset, of name: String, _ take: (Candidate) throws -> Void) throws {
        for (zone, anchor, due) in falls(offset) {
            func found(_ row: SQLRow) throws {
                try take(
                    .due(
                        Occurrence(
                            rule: rule.id, member: row[0], occasion: "date:\(name):\(anchor.text)", due: due,
                            start: due, zone: zone, date: anchor, passes: offset.isAfter ? nil : end(of: anchor, zone)))
                )
            }
            if let attribute = Trigger.attribute(in: name) {
                try attributes(attribute, on: anchor, zone, found)
            } else {
                try recorded(name, on: anchor, zone, found)
            }
        }
    }

    /// Rows of `dates` with their year; one without a year is no single date. A lunar date is converted once.
    private func recorded(
        _ name: String, on anchor: LocalDate, _ zone: Zone, _ found: (SQLRow) throws -> Void
    ) throws {
        for calendar in [RecurringCalendar.solar, .lunar] {
            for (key, year) in RecurringDate.keys(fallingOn: anchor, calendar: calendar, policy: .standard) {
                var arguments: SQLArguments = [key, name, year]
                let sql = """
                    SELECT d.member FROM dates d JOIN members m ON m.id = d.member
                    WHERE d.key = ? AND d.name = ? AND d.year = ? AND m.status = 'active' AND \(zones.predicate(zone))
                    """
                try rows(sql + memberFilter("d.member", &arguments), arguments, found)
            }
        }
    }

    /// Custom attributes stored as dates are found by their text; those stored otherwise, by an earlier version or before
    /// the attribute was declared a date, are read as conditions read them.
    private func attributes(
        _ name: String, on anchor: LocalDate, _ zone: Zone, _ found: (SQLRow) throws -> Void
    ) throws {
        let read = "nudged_attribute(a.value, a.type, 'date', \(sqlText(settings.zone.name)))"
        let stored = ["a.type IS NULL", "a.type < 'date'", "a.type > 'date'"]
            .map { (sql: "\($0) AND CAST(\(read) AS BIGINT) = ?", value: anchor.days.sql) }
        for test in [(sql: "a.type = 'date' AND a.value = ?", value: anchor.text.sql)] + stored {
            var arguments: SQLArguments = [name, test.value]
            let sql = """
                SELECT a.member FROM member_attributes a JOIN members m ON m.id = a.member
                WHERE a.name = ? AND \(test.sql) AND m.status = 'active' AND \(zones.predicate(zone))
                """
            try rows(sql + memberFilter("a.member", &arguments), arguments, found)
        }
    }
}
