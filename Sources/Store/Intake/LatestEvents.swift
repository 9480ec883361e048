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
            """, SQLArguments([member.sql, name.sql, at.micros.sql]))
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

/// Keeps `latest` in line with the events that one writer of rows writes. The rows of a batch come member by member, so
/// the newest event of a member is written once, when the next member's turn comes or the batch ends.
final class LatestEvents {
    private let db: Session
    private var member = ""
    private var newest: [(name: String, at: Instant)] = []

    init(_ db: Session) { self.db = db }

    /// Call this when an event was written.
    func note(_ member: String, _ name: String, _ at: Instant) throws {
        if member != self.member {
            try write()
            self.member = member
        }
        if let known = newest.firstIndex(where: { $0.name == name }) {
            newest[known].at = max(newest[known].at, at)
        } else {
            newest.append((name, at))
        }
    }

    /// Call this when an event was moved or deleted. What was noted of the same name is among the events already.
    func refresh(_ member: String, _ name: String) throws {
        if member == self.member { newest.removeAll { $0.name == name } }
        try db.refreshLatest(member, name)
    }

    /// Call this at the end of the batch.
    func write() throws {
        for (name, at) in newest { try db.noteLatest(member, name, at) }
        newest.removeAll(keepingCapacity: true)
    }
}
