import Kit
import Rules

/// What a start found left over from the previous run.
package struct Recovery: Sendable, Hashable {
    /// The epoch of this start, valid until the next one; written with every attempt.
    package var epoch: Int64 = 0
    /// Deliveries that were claimed but had not left: they wait again.
    package var released = 0
    /// Deliveries under way when the run ended: they may have arrived.
    package var unclear = 0
    /// Deliveries given up after three claims that ended in a crash.
    package var poisoned = 0
    /// Why nothing is sent until a person releases it: a backup was restored. Nil: nothing is held.
    package var rolledBack: String?
}

extension Outbox {
    /// Microseconds for which an unclear try waits for receipts before it is repeated, where the policy allows that.
    static let reconcileFor: Int64 = 10 * 60_000_000
    /// The most microseconds for which an unclear try is kept open.
    static let unknownFor: Int64 = 72 * 3_600_000_000
    /// 48 bits: short in a reference, yet no two starts of a store and its copies draw the same number.
    static let largestRun: Int64 = 1 << 48

    /// Begins a new epoch and settles what the previous run left unfinished (guarantees §1.4).
    /// - Parameter file: nil for a store in memory.
    func recover(_ file: HighWaterMarkFile?, at now: Instant) throws -> Recovery {
        var recovery = Recovery()
        // New stores draw it when they are made; this is for older ones.
        if try meta("generation") ?? 0 == 0 { try setMeta("generation", Int64.random(in: 1...0xFFFF_FFFF)) }
        recovery.rolledBack = try file.flatMap { try holdIfRolledBack($0, at: now) }
        recovery.epoch = (try meta("epoch") ?? 0) + 1
        try setMeta("epoch", recovery.epoch)
        // The references of this epoch then differ from those of any copy of the store, whatever its epoch.
        try setMeta("run", Int64.random(in: 1...Outbox.largestRun))
        if try meta("mark") ?? 0 == 0, try !isHeldForRollback() { try drawToken() }
        (recovery.released, recovery.poisoned) = try reap(at: now, isStart: true)
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
        try readyChannels(at: now)
        return recovery
    }

    /// Moves unclear tries on, and returns how many: repeated after a while where the policy says so, closed after 72
    /// hours. Under a stop of all nothing moves: the clock may be wrong.
    func sweep(at now: Instant, maxResends: Int) throws -> Int {
        guard try !Stops(db).all else { return 0 }
        try dropWaitingReceipts(at: now)
        try dropPastWindows(at: now)
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
