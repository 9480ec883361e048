import Kit
import Policies

/// The members drawn for an occasion, in `picks`. The row of the empty member says that the draw was made.
extension Session {
    package func isDrawn(_ member: String, for occurrence: Occurrence) throws -> Bool {
        try
            (value(
                "SELECT EXISTS (SELECT 1 FROM picks WHERE member = ? AND rule = ? AND occasion = ?)",
                [member, occurrence.rule, occurrence.occasion]) as Bool?) ?? false
    }

    package func noteDrawn(_ member: String, for occurrence: Occurrence) throws {
        try run(
            "INSERT INTO picks (rule, occasion, member) VALUES (?, ?, ?)",
            [occurrence.rule, occurrence.occasion, member])
    }

    /// The next active members on a zone's clock, by id.
    package func activeMembers(on zone: Zone, of zones: ZonesInUse, after last: String, most: Int) throws -> [String] {
        try values(
            """
            SELECT m.id FROM members m
            WHERE m.status = 'active' AND \(zones.predicate(zone)) AND m.id > ? ORDER BY m.id LIMIT ?
            """, [last, most])
    }
}
