import Kit
import Rules

/// What the store knows about the clock: the hold of the clock guard, and when the daemon was last at work.
package struct ClockHold: Sendable, Hashable {
    /// In force until a person releases it.
    package var isHeld: Bool
    /// The latest instant that was good: the last evaluation, or the time that a released hold was about.
    package var mark: Instant?
    /// How far the rules were evaluated. Ahead of the clock, they would decide nothing until then.
    package var evaluated: Instant?

    static let who = "clock guard"
    /// A stop of its own: an operator's beside it neither replaces nor lifts it.
    static let scope = "clock"
    /// How far ahead of the clock is still the clock's own trembling, in microseconds.
    package static let tolerance: Int64 = 600_000_000

    /// Nothing that is evaluated may be further than this.
    package static func farthest(at now: Instant) -> Instant { now.adding(micros: tolerance) }

    /// `evaluated`, where it lies in the future.
    package func future(at now: Instant) -> Instant? {
        evaluated.flatMap { $0 > ClockHold.farthest(at: now) ? $0 : nil }
    }

    /// Takes marks from the future back to when the daemon was last at work, else to now: what fell due since is looked
    /// at again, and what is decided stays decided. Nil: there were none.
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

    /// Of a store that no daemon has at the moment.
    package func clockHoldNow() throws -> ClockHold { try writer.read(ClockHold.read) }

    /// Nothing is sent or decided until a person releases it.
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

    /// The daemon was at work at `now`, by a clock that is good: what a released hold was about counts no more.
    package func markWatermark(_ now: Instant) async throws {
        try await writer.write { db in
            try Outbox(db: db).setMeta("watermark", now.micros)
            try db.run("DELETE FROM meta WHERE key = 'clock_hold'")
        }
    }
}
