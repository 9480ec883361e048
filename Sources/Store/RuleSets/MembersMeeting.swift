import Kit
import Rules

/// Finds the members that meet a condition about members alone, with one statement for each zone.
package struct MembersMeeting {
    private let statements: [(sql: String, arguments: Bindings)]

    /// Nil where the store cannot answer the condition.
    package init?(_ condition: Condition, of set: RuleSet, at now: Instant, _ db: Session) throws {
        let zones = try ZonesInUse(db, set.settings)
        var compiler = ConditionSQL(fields: try FieldSQL(db, settings: set.settings, custom: set.fields))
        guard let sql = compiler.compile(condition) else { return nil }
        statements = zones.all.map { zone in
            (
                """
                SELECT m.id FROM members m WHERE m.status = 'active' AND \(zones.predicate(zone)) AND \(sql)
                  AND m.id > :page_after AND m.id <= :page_through
                """, compiler.fields.clock.arguments(now: now, zone: zone)
            )
        }
    }

    package func members(after: String, through: String, _ db: Session) throws -> Set<String> {
        var members: Set<String> = []
        for (sql, arguments) in statements {
            let bounds = ["page_after": after.sql, "page_through": through.sql]
            members.formUnion(try (db.values(sql, SQLArguments(arguments.merging(bounds) { $1 })) as [String]))
        }
        return members
    }
}

extension Session {
    /// One page of all members in the order of their ids.
    package func memberIDs(after last: String, limit: Int) throws -> [String] {
        try values("SELECT id FROM members WHERE id > ? ORDER BY id LIMIT ?", [last, limit])
    }
}
