import Kit
import Policies

/// The progress of enrolling existing members, in `enrolments`, and their waits, in `waits`.
extension Session {
    package func beginEnrolment(of rule: String, at now: Instant) throws {
        try run("INSERT INTO enrolments (rule, at, read_through) VALUES (?, ?, '')", [rule, now.micros])
    }

    /// Ends the enrolment of a rule and deletes the waits of its existing members.
    package func endEnrolment(of rule: String) throws {
        try run("DELETE FROM waits WHERE rule = ? AND kind = 'existing'", [rule])
        try closeEnrolment(of: rule)
    }

    /// Records that all existing members are enrolled, so that they may be released.
    package func closeEnrolment(of rule: String) throws { try run("DELETE FROM enrolments WHERE rule = ?", [rule]) }

    package func enrolments() throws -> [(rule: String, at: Instant, readThrough: String?, dealt: Int)] {
        try all("SELECT rule, at, read_through, dealt FROM enrolments ORDER BY rule")
            .map { try ($0[0], Instant(micros: $0[1]), $0[2], $0[3]) }
    }

    package func noteEnrolment(of rule: String, readThrough: String?, dealt: Int) throws {
        try run("UPDATE enrolments SET read_through = ?, dealt = ? WHERE rule = ?", [readThrough, dealt, rule])
    }

    /// The next active members by id, each with their last event of these names and its instant; nil: there is none.
    package func silences(
        _ activity: [String], at now: Instant, after member: String, most: Int
    ) throws -> [(event: Int64?, member: String, last: Instant?, zone: String?)] {
        // One index lookup for each member and name: the history itself is not read.
        let last = activity.flatMap { name in
            EventSource.of([name]).map { source in
                """
                SELECT (SELECT MAX(x.at) FROM \(source.table) x WHERE x.member = m.id AND x.name = \(sqlText(name))
                  AND x.at <= :now) AS at
                """
            }
        }
        let numbers = EventSource.of(activity).map { source in
            """
            (SELECT MIN(e.seq) FROM \(source.table) e WHERE e.member = s.id AND e.at = s.last
              AND e.name IN (\(activity.map(sqlText).joined(separator: ", "))))
            """
        }
        return try all(
            """
            WITH silent AS MATERIALIZED (
              SELECT m.id, m.zone, (SELECT MAX(at) FROM (\(last.joined(separator: " UNION ALL "))) t) AS last
              FROM members m WHERE m.status = 'active' AND m.id > :after ORDER BY m.id LIMIT :most)
            SELECT COALESCE(\(numbers.joined(separator: ", ")), NULL), s.id, s.last, s.zone
            FROM silent s
            """, ["now": now.micros, "after": member, "most": most]
        ).map { try ($0[0], $0[1], ($0[2] as Int64?).map(Instant.init(micros:)), $0[3]) }
    }

    package func enrol(_ occurrence: Occurrence, event: Int64, due: Instant) throws {
        try run(
            """
            INSERT INTO waits (member, rule, occasion, kind, due, first_due, start, event, zone)
            VALUES (?, ?, ?, 'existing', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                occurrence.member, occurrence.rule, occurrence.occasion, due.micros, due.micros,
                occurrence.start.micros, event, occurrence.zone.name,
            ])
    }

    /// Existing members without a slot (due beyond `reach`), in the order of the dealing.
    package func undealt(
        of rule: String, beyond reach: Int64, most: Int
    ) throws -> [(member: String, occasion: String, zone: String)] {
        try all(
            """
            SELECT member, occasion, zone FROM waits WHERE rule = ? AND kind = 'existing' AND due > ?
            ORDER BY due, member LIMIT ?
            """, [rule, reach, most]
        ).map { try ($0[0], $0[1], $0[2]) }
    }

    package func deal(_ due: Instant, to member: String, rule: String, occasion: String) throws {
        try run(
            "UPDATE waits SET due = ?, first_due = ? WHERE member = ? AND rule = ? AND occasion = ?",
            [due.micros, due.micros, member, rule, occasion])
    }

    package func dropWaits(of rule: String) throws { try run("DELETE FROM waits WHERE rule = ?", [rule]) }
}
