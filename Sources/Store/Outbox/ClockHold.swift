import GRDB
import Rules

/// What the store knows about the clock: the hold of the clock guard, and when the daemon was last at work.
package struct ClockHold: Sendable, Hashable {
    /// In force until a person releases the stop `all`.
    package var isHeld: Bool
    /// The latest instant that was good: the last evaluation, or the time that a released hold was about.
    package var mark: Instant?

    static let who = "clock guard"
}

extension MemberStore {
    package func clockHold() async throws -> ClockHold {
        try await writer.read { db in
            let isHeld = try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM stops WHERE scope = 'all' AND who = ?)"),
                arguments: [ClockHold.who])
            let mark = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT MAX(value) FROM meta WHERE key IN ('watermark', 'clock_hold')"))
            return ClockHold(isHeld: isHeld ?? false, mark: mark.map(Instant.init(micros:)))
        }
    }

    /// Nothing is sent or decided until a person releases the stop; the reason of an earlier one is kept in ours.
    package func holdForClock(reason: String, at now: Instant) async throws {
        try await writer.write { db in
            try db.execute(
                sql: """
                    INSERT INTO stops (scope, reason, who, at) VALUES ('all', ?, ?, ?)
                    ON CONFLICT (scope) DO UPDATE SET who = excluded.who, reason = excluded.reason || '; before: ' || reason
                    """, arguments: [reason, ClockHold.who, now.micros])
            try Outbox(db: db).setMeta("clock_hold", now.micros)
        }
    }

    /// The daemon was at work at `now`.
    package func markWatermark(_ now: Instant) async throws {
        try await writer.write { try Outbox(db: $0).setMeta("watermark", now.micros) }
    }
}
