import Kit
import Rules

/// A test of `where` that an event does not meet, with the event's value for its key; nil is missing.
package struct UnmetTest: Sendable {
    package var key: String
    package var test: Comparison
    package var actual: Value?
}

extension MemberRecords {
    /// What the member's latest event of a name, up to and including `now`, does not meet of `where`, in file order.
    /// Empty where it meets all of it, or there is no such event.
    package func unmet(
        _ filter: EventFilter, of name: String, through now: Instant, _ settings: Settings
    ) throws -> [UnmetTest] {
        var compiler = ConditionSQL(fields: try FieldSQL(db, settings: settings, custom: []))
        let tests = filter.tests.flatMap { one in one.tests.map { (key: one.key, test: $0) } }
        let columns = tests.flatMap { key, test in
            let alone = EventFilter(tests: [.init(key: key, tests: [test])])
            return [
                EventColumns.expression(key: key, event: "e.name", row: "e"),
                "(\(compiler.filter(alone, of: name, row: "e"))) IS TRUE",
            ]
        }
        var arguments = compiler.fields.clock.arguments(now: now, zone: settings.zone)
        arguments["member"] = member.sql
        arguments["name"] = name.sql
        var latest: (at: Int64, row: SQLRow)?
        for source in EventSource.of([name]) {
            let row = try db.first(
                """
                SELECT e.at, \(columns.joined(separator: ", ")) FROM \(source.table) e
                WHERE e.member = :member AND e.name = :name AND e.at <= :now ORDER BY e.at DESC, e.seq DESC LIMIT 1
                """, SQLArguments(arguments))
            guard let row else { continue }
            let at: Int64 = try row[0]
            if latest.map({ $0.at < at }) ?? true { latest = (at, row) }
        }
        guard let row = latest?.row else { return [] }
        return try tests.enumerated().compactMap { index, one in
            guard try !(row[2 * index + 2] as Bool) else { return nil }
            return UnmetTest(key: one.key, test: one.test, actual: Value(try row[2 * index + 1], type: .any))
        }
    }
}
