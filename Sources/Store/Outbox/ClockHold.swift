import GRDB
import Rules

/// What the store knows about the clock: the hold of the clock guard, and when the daemon was last at work.
package struct ClockHold: Sendable, Hashable {
    /// In force until a person releases all.
    package var isHeld: Bool
    /// The latest instant that was good: the last evaluation, or the time that a released hold was about.
    package var mark: Instant?

    static let who = "clock guard"
    /// A stop of its own: an operator's beside it neither replaces nor lifts it.
    static let scope = "clock"
}

extension MemberStore {
    package func clockHold() async throws -> ClockHold {
        try await writer.read { db in
            let isHeld = try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM stops WHERE scope = ?)"),
                arguments: [ClockHold.scope])
            let mark = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT MAX(value) FROM meta WHERE key IN ('watermark', 'clock_hold')"))
            return ClockHold(isHeld: isHeld ?? false, mark: mark.map(Instant.init(micros:)))
        }
    }

    /// Nothing is sent or decided until a person releases it.
    package func holdForClock(reason: String, at now: Instant) async throws {
        try await writer.write { db in
            try db.execute(
                sql: """
                    INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason
                    """, arguments: [ClockHold.scope, reason, ClockHold.who, now.micros])
            try Outbox(db: db).setMeta("clock_hold", now.micros)
        }
    }

    /// The daemon was at work at `now`, by a clock that is good: what a released hold was about counts no more.
    package func markWatermark(_ now: Instant) async throws {
        try await writer.write { db in
            try Outbox(db: db).setMeta("watermark", now.micros)
            try db.execute(sql: "DELETE FROM meta WHERE key = 'clock_hold'")
        }
    }
}
