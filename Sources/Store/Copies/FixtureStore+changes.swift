import Intake
import Policies
import Rules

extension MemberStore {
    /// Adds an event to a private store as if it came from outside; it counts from its own instant on. Throws a
    /// `Rejection` when its data cannot be used.
    package func tell(_ event: EventRow) throws {
        try writer.write { db in
            var rows = RowWriter(db, origin: .fixtures)
            _ = try rows.write(event: event, source: "test:\(event.memberID)")
            try db.run("DELETE FROM arrivals")
        }
    }

    /// Overwrites these keys of a member; keys that the fixture leaves out become missing.
    package func change(_ member: MemberFixture, keys: [String], custom: [CustomField]) throws {
        let stated = try MemberStore.stated(member, custom)
        try writer.write { db in
            var rows = RowWriter(db, origin: .fixtures)
            var row = member.row
            if keys.contains("tags"), row.tags == nil { row.tags = [] }
            var columns = ColumnSet(keys.compactMap(Column.init(rawValue:)))
            if keys.contains(where: { $0.hasPrefix("birthday_") }) { columns.insert(.birthday) }
            _ = try rows.write(member: row, stating: columns)
            for consent in member.consents { _ = try rows.write(consent: consent) }
            for key in keys {
                try db.run("DELETE FROM member_overrides WHERE member = ? AND name = ?", [row.id, key])
            }
            for (name, value) in stated.derived {
                try db.run(
                    "INSERT INTO member_overrides (member, name, value) VALUES (?, ?, ?) "
                        + "ON CONFLICT (member, name) DO UPDATE SET value = excluded.value",
                    [row.id, name, value])
            }
            for (key, variant) in stated.arms {
                try db.run(
                    "INSERT INTO experiment_overrides (member, key, variant) VALUES (?, ?, ?) "
                        + "ON CONFLICT (member, key) DO UPDATE SET variant = excluded.variant",
                    [row.id, key, variant])
            }
            try db.run("DELETE FROM arrivals")
        }
    }

    /// The derived values and forced arms of a member, as a fixture store holds them.
    private static func stated(
        _ member: MemberFixture, _ custom: [CustomField]
    ) throws -> (derived: [(String, String)], arms: [(String, String)]) {
        guard !member.derived.isEmpty || !member.experiment.isEmpty else { return ([], []) }
        var bare = MemberFixture(row: MemberRow(id: member.row.id))
        bare.derived = member.derived
        bare.experiment = member.experiment
        let store = try MemberStore.inMemory(Fixtures(members: [bare]), settings: Settings(), custom: custom)
        return try store.writer.read { db in
            let derived = try db.all("SELECT name, value FROM member_overrides")
            let arms = try db.all("SELECT key, variant FROM experiment_overrides")
            return try (derived.map { try ($0[0], $0[1]) }, arms.map { try ($0[0], $0[1]) })
        }
    }
}
