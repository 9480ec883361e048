import Kit
import Rules

/// The dispatcher's request for deliveries: how much it has room for.
package struct ClaimRequest: Sendable {
    /// How many messages each channel can take now; a channel that is not named is closed.
    package var places: [String: Int]
    /// How many messages a throttled rule may still send now; a rule that is not named is not limited.
    package var quotas: [String: Int]
    /// What the channels may cost today; marketing of a channel whose budget is used up is not looked at.
    package var budgets: DayBudgets?
    /// The rules in force; deliveries of other rules wait, or are cancelled. Nil: all rules live in the store.
    package var rules: Set<String>?
    package var limit: Int
    /// Asks for the deliveries whose last claim ended in a crash. They are claimed one at a time, so that if one of
    /// them is the cause, the others get through.
    package var suspects: Bool
    /// The epoch of the start that claims.
    package var epoch: Int64

    package init(
        places: [String: Int], quotas: [String: Int] = [:], budgets: DayBudgets? = nil, rules: Set<String>? = nil,
        limit: Int, suspects: Bool = false, epoch: Int64
    ) {
        self.places = places
        self.quotas = quotas
        self.budgets = budgets
        self.rules = rules
        self.limit = limit
        self.suspects = suspects
        self.epoch = epoch
    }
}

/// A delivery that belongs to its holder until it is handed over or released, or its lease is over.
package struct Claimed: Sendable, Hashable {
    package let id: Int64
    package let rule: String
    package let channel: String
    /// The epoch of the start that claimed it.
    let holder: Int64
}

/// What a claim is to write, found by reading only. For an empty plan nothing is written.
struct ClaimPlan {
    var chores = OutboxChores()
    /// The deliveries to claim, in the order of leaving.
    var ids: [Int64] = []
    /// Whether deliveries wait whose last claim ended in a crash.
    var hasSuspects = false
}

extension Outbox {
    /// How many claims of one delivery may end in a crash before it is given up.
    static let mostClaims = 3

    /// Plans what ends or wakes now, and which deliveries are claimed, at most `limit`: service before marketing, then
    /// by priority, then those that expire first (settled-2 §9.11). Deliveries that are stopped or paused, or whose
    /// channel is closed, are not read.
    func plan(_ request: ClaimRequest, at now: Instant) throws -> ClaimPlan {
        let stops = try Stops(db)
        // Under a stop of all nothing ends either: it may be the clock that is wrong.
        guard !stops.all else { return ClaimPlan() }
        let groups = try owedGroups()
        let chores = try chores(groups, stops, at: now)
        guard request.limit > 0 else { return ClaimPlan(chores: chores) }
        let ids =
            request.suspects
            ? try suspect(request, stops, at: now) : try next(request, groups, stops, at: now)
        return ClaimPlan(chores: chores, ids: ids, hasSuspects: try hasSuspects(at: now))
    }

    private func next(
        _ request: ClaimRequest, _ groups: [OwedGroup], _ stops: Stops, at now: Instant
    ) throws -> [Int64] {
        let budgets = groups.isEmpty ? [:] : try request.budgets.map { try DaySpending.room($0, db) } ?? [:]
        let open = groups.filter { group in
            request.places[group.channel, default: 0] > 0 && request.quotas[group.rule, default: 1] > 0
                && (group.isService || budgets[group.channel, default: 1] > 0)
                && group.status == Rule.Status.live.rawValue && request.rules?.contains(group.rule) ?? true
                && !stops.covers(rule: group.rule, channel: group.channel)
        }
        var found: [Claimable] = []
        for (channel, groups) in Dictionary(grouping: open, by: \.channel) {
            let places = min(request.places[channel] ?? 0, request.limit)
            var count = 0
            var marketing = budgets[channel] ?? places
            for (place, alike) in Dictionary(grouping: groups, by: \.place).sorted(by: { $0.key < $1.key }) {
                let isService = alike[0].isService
                let most = isService ? places - count : min(places - count, marketing)
                guard most > 0 else { continue }
                let rows = try alike.flatMap { group in
                    try first(min(most, request.quotas[group.rule] ?? most), of: group)
                        .filter { $0.sendBy > now.micros }
                        .map { Claimable(place: place, sendBy: $0.sendBy, id: $0.id, rule: group.rule) }
                }
                let taken = rows.sorted(by: Claimable.precedes).prefix(most)
                found += taken
                count += taken.count
                if !isService { marketing -= taken.count }
            }
        }
        // A quota holds over all channels together.
        var quotas = request.quotas
        let within = found.sorted(by: Claimable.precedes).filter { candidate in
            guard let quota = quotas[candidate.rule] else { return true }
            quotas[candidate.rule] = quota - 1
            return quota > 0
        }
        return within.prefix(request.limit).map(\.id)
    }

    private struct Claimable {
        var place: Int
        var sendBy: Int64
        var id: Int64
        var rule: String

        static func precedes(_ a: Claimable, _ b: Claimable) -> Bool {
            (a.place, a.sendBy, a.id) < (b.place, b.sendBy, b.id)
        }
    }

    private func hasSuspects(at now: Instant) throws -> Bool {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM deliveries {indexed deliveries_suspect}
              WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by > ?)
            """
        return try (db.value(sql, [now.micros]) as Bool?) ?? false
    }

    private func suspect(_ request: ClaimRequest, _ stops: Stops, at now: Instant) throws -> [Int64] {
        let places = request.places.filter { $0.value > 0 && !stops.channels.contains($0.key) }
        let paused: [String] = try db.values("SELECT rule FROM live_rules WHERE status = 'paused'")
        let closed = stops.rules.union(paused).union(request.quotas.filter { $0.value <= 0 }.keys)
        return try
            (db.values(
                """
                SELECT id FROM deliveries {indexed deliveries_suspect}
                WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by > ?
                  AND channel IN {texts ?} AND rule NOT IN {texts ?}
                ORDER BY send_by LIMIT 1
                """, [now.micros, JSONRows.encode(places.keys.sorted()), JSONRows.encode(closed.sorted())]) as [Int64])
    }

    /// Claims what was planned; a delivery that changed since then is left alone.
    func claim(_ ids: [Int64], epoch: Int64, at now: Instant) throws -> [Claimed] {
        guard try meta("epoch") == epoch else { throw StaleEpoch() }
        let rows = try db.all(
            """
            UPDATE deliveries SET state = 'claimed', claim_count = claim_count + 1, claimed_by = :epoch,
              lease_until = :until
            WHERE id IN {numbers :ids} AND state = 'pending' AND parked = 0 AND not_before <= :now
            RETURNING id, rule, channel
            """,
            ["epoch": epoch, "until": now.micros + Outbox.lease, "ids": Outbox.list(ids), "now": now.micros])
        try noteAll(rows, from: .pending, to: .claimed, cause: "claim")
        if rows.count < ids.count {
            // They were decided by a clock ahead of ours: they are parked, so that they do not block the others.
            try db.run(
                """
                UPDATE deliveries SET parked = 1
                WHERE id IN {numbers ?} AND state = 'pending' AND not_before > ?
                """, [Outbox.list(ids), now.micros])
        }
        let claimed = try rows.reduce(into: [Int64: Claimed]()) {
            try $0[$1[0]] = Claimed(id: $1[0], rule: $1[1], channel: $1[2], holder: epoch)
        }
        return ids.compactMap { claimed[$0] }
    }
}
