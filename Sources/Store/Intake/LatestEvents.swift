import Kit
import Rules

extension Session {
    /// An event was written: `latest` knows the newest of each name.
    func noteLatest(_ member: String, _ name: String, _ at: Instant) throws {
        guard name != "message.sent" else { return }
        try run(
            """
            INSERT INTO latest (member, name, at) VALUES (?, ?, ?)
            ON CONFLICT (member, name) DO UPDATE SET at = excluded.at WHERE excluded.at > latest.at
            """, [member, name, at.micros])
    }

    /// An event was moved or taken away: `latest` is read anew.
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
