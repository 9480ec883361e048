import Kit
import Rules

extension Session {
    /// Call this when an event was written: `latest` holds the newest event of each name.
    func noteLatest(_ member: String, _ name: String, _ at: Instant) throws {
        guard name != "message.sent" else { return }
        try run(
            """
            INSERT INTO latest (member, name, at) VALUES (?, ?, ?)
            ON CONFLICT (member, name) DO UPDATE SET at = excluded.at WHERE excluded.at > latest.at
            """, [member, name, at.micros])
    }

    /// Call this when an event was moved or deleted: reads `latest` again from the events.
    func refreshLatest(_ member: String, _ name: String) throws {
        guard name != "message.sent" else { return }
        try run("DELETE FROM latest WHERE member = ? AND name = ?", [member, name])
        try run(
            """
            INSERT INTO latest (member, name, at) SELECT member, name, at FROM events
            WHERE member = ? AND name = ? ORDER BY at DESC LIMIT 1
            """, [member, name])
    }
}
