import Kit
import Rules

/// What a start found of the run before.
package struct Recovery: Sendable, Hashable {
    /// Ours until the next start; written with every attempt.
    package var epoch: Int64 = 0
    /// Claimed, nothing had left: back to waiting.
    package var released = 0
    /// Under way when the run ended: it may have arrived.
    package var unclear = 0
    /// Given up after three claims that ended in a crash.
    package var poisoned = 0
    /// Why nothing is sent until a person releases it: a backup was put back.
    package var rolledBack: String?
}

extension Outbox {
    /// How long an unclear try is left to receipts before it is repeated, where the policy allows that.
    static let reconcileFor: Int64 = 10 * 60_000_000
    /// How long an unclear try is kept open at most.
    static let unknownFor: Int64 = 72 * 3_600_000_000
    /// 48 bits: short in a reference, and no two starts of one store's copies draw the same.
    static let largestRun: Int64 = 1 << 48

    /// A new epoch, and an end to what the run before left in the middle (guarantees §1.4).
    /// - Parameter file: nil for a store in memory.
    func recover(_ file: HighWaterMarkFile?, at now: Instant) throws -> Recovery {
        var recovery = Recovery()
        // Drawn with the store itself; this is for those made before that was so.
        if try meta("generation") ?? 0 == 0 { try setMeta("generation", Int64.random(in: 1...0xFFFF_FFFF)) }
        recovery.rolledBack = try file.flatMap { try holdIfRolledBack($0, at: now) }
        recovery.epoch = (try meta("epoch") ?? 0) + 1
        try setMeta("epoch", recovery.epoch)
        // So that references of this epoch are those of no copy of the store, whatever epochs that has.
        try setMeta("run", Int64.random(in: 1...Outbox.largestRun))
        if try meta("mark") ?? 0 == 0, try !isHeldForRollback() { try drawToken() }
        (recovery.released, recovery.poisoned) = try reap(at: nil)
        let underWay = try db.all(
            """
            SELECT id, attempts FROM deliveries
            WHERE state = 'sending' AND state IN ('claimed', 'sending', 'unknown') ORDER BY id
            """)
        for row in underWay {
            try finish(
                AttemptResult(delivery: row["id"], attempt: row["attempts"], outcome: .unknown(code: "crash")), at: now)
            recovery.unclear += 1
        }
        return recovery
    }

    /// Moves unclear tries on: repeated after a while where the policy says so, closed after 72 hours. Nothing
    /// under a stop of all: it may be the clock that is wrong.
    /// Returns how many moved.
    func sweep(at now: Instant, maxResends: Int) throws -> Int {
        guard try !Stops(db).all else { return 0 }
        var moved = 0
        let rows = try db.all(
            """
            SELECT d.id, d.policy, d.send_by, MAX(a.outcome_at) AS last,
              COUNT(*) AS unclear
            FROM deliveries d JOIN attempts a ON a.delivery = d.id AND a.outcome = 'unknown'
            WHERE d.state = 'unknown' AND d.state IN ('claimed', 'sending', 'unknown')
            GROUP BY d.id HAVING MAX(a.outcome_at) <= ?
            """, [now.micros - Outbox.reconcileFor])
        for row in rows {
            if try (row["last"] as Int64) <= now.micros - Outbox.unknownFor {
                try move(row["id"], from: .unknown, to: .unknownClosed, cause: "72h")
            } else if try row["policy"] as String == Settings.OnUnknown.resend.rawValue,
                try (row["unclear"] as Int) <= maxResends, now.micros < (try row["send_by"] as Int64)
            {
                try move(row["id"], from: .unknown, to: .pending, cause: "resend", Change(notBefore: now))
            } else {
                continue
            }
            moved += 1
        }
        return moved
    }
}
