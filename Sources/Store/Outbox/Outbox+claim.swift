import GRDB
import Rules

/// What the dispatcher has room for.
package struct ClaimRequest: Sendable {
    /// Messages each channel can take now; a channel that is not named is closed.
    package var places: [String: Int]
    /// Messages a throttled rule may still send now; a rule that is not named is free.
    package var quotas: [String: Int]
    package var limit: Int
    /// Deliveries whose last claim ended in a crash, one at a time: if one of them is the cause, the others get through.
    package var suspects: Bool

    package init(places: [String: Int], quotas: [String: Int] = [:], limit: Int, suspects: Bool = false) {
        self.places = places
        self.quotas = quotas
        self.limit = limit
        self.suspects = suspects
    }
}

/// A delivery that is ours until it is handed over or let go.
package struct Claimed: Sendable, Hashable {
    package let id: Int64
    package let rule: String
    package let channel: String
}

extension Outbox {
    /// Claims of one delivery that may end in a crash.
    static let mostClaims = 3

    /// At most `limit` deliveries due at `now`, those that expire first first. What is past its `send_by` expires here;
    /// what is stopped or paused stays where it is.
    func claim(_ request: ClaimRequest, at now: Instant) throws -> [Claimed] {
        let stops = try Stops(db)
        // Under a stop of all nothing ends either: it may be the clock that is wrong.
        guard !stops.all else { return [] }
        try expire(at: now)
        var places = request.places.filter { $0.value > 0 && !stops.channels.contains($0.key) }
        var quotas = request.quotas
        var closed = stops.rules.union(try pausedRules()).union(quotas.filter { $0.value <= 0 }.keys)
        var claimed: [Claimed] = []
        let limit = request.suspects ? min(request.limit, 1) : request.limit
        // A quota that runs out in the middle narrows the next look, so that its rows do not hide the others'.
        while claimed.count < limit, !places.isEmpty {
            let wanted = limit - claimed.count
            let rows = try due(places.keys.sorted(), closed, wanted, request.suspects, now)
            for row in rows {
                let (rule, channel): (String, String) = (row["rule"], row["channel"])
                guard let place = places[channel], !closed.contains(rule) else { continue }
                claimed.append(try claim(row, rule, channel))
                places[channel] = place > 1 ? place - 1 : nil
                if let quota = quotas[rule] {
                    quotas[rule] = quota - 1
                    if quota <= 1 { closed.insert(rule) }
                }
            }
            if rows.count < wanted { break }
        }
        return claimed
    }

    private func claim(_ row: Row, _ rule: String, _ channel: String) throws -> Claimed {
        let id: Int64 = row["id"]
        if row["state"] as String == DeliveryState.retryWait.rawValue {
            try move(id, from: .retryWait, to: .pending, cause: "timer")
        }
        try move(id, from: .pending, to: .claimed, cause: "claim", Change(claimCount: (row["claim_count"] as Int) + 1))
        return Claimed(id: id, rule: rule, channel: channel)
    }

    /// In the order of the index, ties too: those decided at one tick expire at one instant, and to sort a hundred
    /// thousand of them for each claim would cost more than to send them.
    private func due(
        _ channels: [String], _ closed: Set<String>, _ limit: Int, _ suspects: Bool, _ now: Instant
    ) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, rule, channel, state, claim_count FROM deliveries
                    INDEXED BY \(suspects ? "deliveries_suspect" : "deliveries_due")
                    WHERE state IN ('pending', 'retry_wait') AND claim_count \(suspects ? ">" : "=") 0 AND not_before <= ?
                      AND channel IN (SELECT value FROM json_each(?)) AND rule NOT IN (SELECT value FROM json_each(?))
                    ORDER BY send_by LIMIT ?
                    """),
            arguments: [now.micros, JSONRows.encode(channels), JSONRows.encode(closed.sorted()), limit])
    }

    private func expire(at now: Instant) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, state FROM deliveries INDEXED BY deliveries_due
                    WHERE state IN ('pending', 'retry_wait') AND send_by <= ? LIMIT 1000
                    """), arguments: [now.micros])
        for row in rows {
            guard let state = DeliveryState(rawValue: row["state"]) else { continue }
            try end(row["id"], from: state, as: .expired, cause: "send_by")
        }
    }

    private func pausedRules() throws -> [String] {
        try String.fetchAll(db.cachedStatement(sql: "SELECT rule FROM live_rules WHERE status = 'paused'"))
    }

    /// Lets go of claims that were not used; a claim that ended in order is not held against the delivery.
    func release(_ claimed: [Claimed]) throws {
        for delivery in claimed {
            try move(delivery.id, from: .claimed, to: .pending, cause: "released", Change(claimCount: 0))
        }
    }
}
