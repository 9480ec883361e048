import Kit
import Policies
import Rules

/// Changes of state that are the same for many deliveries and need no facts about the member. They are done beside the
/// sending, in slices, so that they never delay what is to leave.
struct OutboxChores {
    /// The most changes in one transaction: some ten milliseconds.
    static let slice = 1000

    /// Deliveries past their `send_by`.
    var expired: [Int64] = []
    /// Deliveries of rules no longer in force.
    var over: [Int64] = []
    /// Parked deliveries whose time has come.
    var awake: [Int64] = []

    /// There may be more of them.
    var isMore = false

    var count: Int { expired.count + over.count + awake.count }
}

extension Outbox {
    /// Plans what is to be done now; only reads. Under a stop of all nothing is done: the clock may be wrong.
    func chores(_ groups: [OwedGroup], _ stops: Stops, at now: Instant) throws -> OutboxChores {
        var chores = OutboxChores()
        guard !stops.all else { return chores }
        func room() -> Int { max(0, OutboxChores.slice - chores.count) }
        chores.awake =
            try
            (db.values(
                """
                SELECT id FROM deliveries {indexed deliveries_parked} WHERE parked = 1 AND not_before <= ?
                ORDER BY not_before, place LIMIT ?
                """, [now.micros, OutboxChores.slice / 2]) as [Int64])
        chores.expired =
            try
            (db.values(
                """
                SELECT id FROM deliveries {indexed deliveries_suspect}
                WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by <= ? LIMIT ?
                """, [now.micros, room()]) as [Int64])
        for group in groups where group.sendBy <= now && room() > 0 {
            chores.expired += try first(room(), of: group).filter { $0.sendBy <= now.micros }.map(\.id)
        }
        for group in groups where group.isOver && !stops.covers(rule: group.rule, channel: group.channel) {
            guard room() > 0 else { break }
            chores.over += try first(room(), of: group).filter { $0.sendBy > now.micros }.map(\.id)
        }
        chores.isMore = chores.awake.count == OutboxChores.slice / 2 || room() == 0
        return chores
    }

    func perform(_ chores: OutboxChores, epoch: Int64, at now: Instant) throws {
        guard try meta("epoch") == epoch else { throw StaleEpoch() }
        try endAll(chores.expired, as: .expired, cause: "send_by")
        try endAll(chores.over, as: .cancelled, cause: "rule_not_live")
        try moveAll(chores.awake, from: .retryWait, to: .pending, cause: "timer")
        if !chores.awake.isEmpty {
            try db.run(
                "UPDATE deliveries SET parked = 0 WHERE id IN {numbers ?} AND not_before <= ?",
                [Outbox.list(chores.awake), now.micros])
        }
    }

    /// Does what `end` does, for many pending deliveries.
    private func endAll(_ ids: [Int64], as next: DeliveryState, cause: String) throws {
        guard !ids.isEmpty else { return }
        let unclear = Set(
            try
                (db.values(
                    """
                    SELECT DISTINCT delivery FROM attempts
                    WHERE delivery IN {numbers ?} AND outcome = 'unknown'
                    """, [Outbox.list(ids)]) as [Int64]))
        try moveAll(ids.filter { !unclear.contains($0) }, from: .pending, to: next, cause: cause)
        try moveAll(unclear.sorted(), from: .pending, to: .unknownClosed, cause: "resend_\(cause)")
    }

    /// Moves many deliveries along one arrow of the drawing; those no longer in `from` stay as they are.
    func moveAll(_ ids: [Int64], from: DeliveryState, to next: DeliveryState, cause: String) throws {
        precondition(from.canBecome(next), "no arrow leads from \(from) to \(next)")
        guard !ids.isEmpty else { return }
        let moved = try db.all(
            """
            UPDATE deliveries SET state = ?, parked = 0, claimed_by = NULL, lease_until = NULL
            WHERE id IN {numbers ?} AND state = ? RETURNING id, rule, channel
            """, [next.rawValue, Outbox.list(ids), from.rawValue])
        try noteAll(moved, from: from, to: next, cause: cause)
    }

    /// - Parameter moved: the id, rule and channel of each delivery.
    func noteAll(_ moved: [SQLRow], from: DeliveryState, to next: DeliveryState, cause: String) throws {
        guard !moved.isEmpty else { return }
        let numbers = try Sequence(db: db).next(moved.count)
        try db.run(
            """
            INSERT INTO transitions (delivery, seq, from_state, to_state, cause)
            SELECT CAST(value AS BIGINT), ? + key, ?, ?, ? FROM {elements ?} t
            """,
            [
                numbers.lowerBound, from.rawValue, next.rawValue, cause, Outbox.list(moved.map { try $0[0] }),
            ])
        for row in moved { try tally?.add(row[1], row[2], from: from, to: next, cause: cause) }
    }

    static func list(_ ids: [Int64]) -> String { "[" + ids.map { String($0) }.joined(separator: ",") + "]" }
}
