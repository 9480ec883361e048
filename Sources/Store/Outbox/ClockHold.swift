import Kit
import Rules

/// The clock as the store knows it: whether the clock guard holds, and when the daemon was last at work.
package struct ClockHold: Sendable, Hashable {
    /// The hold stays in force until a person releases it.
    package var isHeld: Bool
    /// The latest instant known to be good: the last evaluation, or the time that a hold was about.
    package var mark: Instant?
    /// How far the rules were evaluated. While this is ahead of the clock, they decide nothing.
    package var evaluated: Instant?

    static let who = "clock guard"
    /// The guard's stop has its own scope: an operator's stop beside it neither replaces nor lifts it.
    static let scope = "clock"
    /// How far a mark may be ahead of the clock and still count as clock jitter, in microseconds.
    package static let tolerance: Int64 = 600_000_000

    /// The latest instant that may be evaluated.
    package static func farthest(at now: Instant) -> Instant { now.adding(micros: tolerance) }

    /// Returns `evaluated` where it lies in the future, else nil.
    package func future(at now: Instant) -> Instant? {
        evaluated.flatMap { $0 > ClockHold.farthest(at: now) ? $0 : nil }
    }

    /// How many seconds ago the rules were last evaluated; nil: never, or by a clock that is ahead.
    package func lateBy(at now: Instant) -> Int? {
        guard future(at: now) == nil else { return nil }
        return evaluated.map { Int(max(0, now.micros - $0.micros) / 1_000_000) }
    }

    /// Moves marks in the future back to when the daemon was last at work, else to now. What fell due since then is
    /// evaluated again, and what was decided stays decided. Returns nil when no mark was in the future.
    static func mend(_ db: Session, at now: Instant) throws -> StopListing? {
        guard let future = try read(db).future(at: now) else { return nil }
        let last = try Outbox(db: db).meta("watermark").flatMap { $0 <= now.micros ? $0 : nil } ?? now.micros
        let arguments: SQLArguments = ["last": last, "now": now.micros]
        try db.run(
            """
            UPDATE live_rules SET watermark = {least}(watermark, :last), since = {least}(since, :last)
            WHERE watermark > :now OR since > :now
            """, arguments)
        try db.run("UPDATE meta SET value = :last WHERE key = 'watermark' AND value > :now", arguments)
        return StopListing(
            scope: scope, reason: "the rules were evaluated until \(future.utcText), which has not come yet", who: who,
            at: now)
    }

    fileprivate static func read(_ db: Session) throws -> ClockHold {
        let row = try db.first(
            """
            SELECT EXISTS (SELECT 1 FROM stops WHERE scope = ?),
              (SELECT MAX(value) FROM meta WHERE key IN ('watermark', 'clock_hold')),
              (SELECT MAX(at) FROM (SELECT MAX(watermark) AS at FROM live_rules
                UNION ALL SELECT value FROM meta WHERE key = 'watermark') t)
            """, [scope])
        guard let row else { return ClockHold(isHeld: false) }
        return try ClockHold(
            isHeld: row[0], mark: (row[1] as Int64?).map(Instant.init(micros:)),
            evaluated: (row[2] as Int64?).map(Instant.init(micros:)))
    }
}

extension MemberStore {
    package func clockHold() async throws -> ClockHold { try await writer.read(ClockHold.read) }

    /// For a store that no daemon is using.
    package func clockHoldNow() throws -> ClockHold { try writer.read(ClockHold.read) }

    /// Holds all sending and deciding until a person releases the clock.
    package func holdForClock(reason: String, at now: Instant) async throws {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?)
                ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason
                """, [ClockHold.scope, reason, ClockHold.who, now.micros])
            try Outbox(db: db).setMeta("clock_hold", now.micros)
        }
    }

    /// Records that the daemon was at work at `now` by a good clock; drops the time that a released hold was about.
    package func markWatermark(_ now: Instant) async throws {
        try await writer.write { db in
            try Outbox(db: db).setMeta("watermark", now.micros)
            try db.run("DELETE FROM meta WHERE key = 'clock_hold'")
        }
    }
}
