import Kit
import Rules

/// The outbox as tasks use it. Each write is one transaction on the store's own queue, on disk when the call returns. A
/// cancelled task still gets its transaction: what has left must be recorded.
extension MemberStore {
    /// Call this once at each start, before any other use of the outbox.
    package func recoverOutbox(at now: Instant) async throws -> Recovery {
        let file = markFile
        let (recovery, isHeld) = try await committed { outbox in
            (try outbox.recover(file, at: now), try outbox.isHeldForRollback())
        }
        if file != nil, !isHeld {
            try await advanceMark()
            try await committed { try $0.noteMarked() }
        }
        return recovery
    }

    /// The deliveries claimed, and whether more is to be done at once.
    package struct Claims: Sendable {
        package var claimed: [Claimed] = []
        package var isMore = false
    }

    /// Performs the chores, at most a slice, and claims what is due; where there is nothing to do, nothing is written.
    /// Throws `Outbox.StaleEpoch` when another daemon has started since.
    package func claim(
        _ request: ClaimRequest, at now: Instant, counting meter: OutboxMeter? = nil
    ) async throws -> Claims {
        var plan = try await writer.read { try Outbox(db: $0).plan(request, at: now) }
        var claims = Claims()
        // A delivery that woke is now in line, or is itself to be ended, so plan once more.
        for _ in 1...2 where plan.chores.count > 0 && !claims.isMore {
            let chores = plan.chores
            try await committed(meter) { try $0.perform(chores, epoch: request.epoch, at: now) }
            claims.isMore = chores.isMore
            plan = try await writer.read { try Outbox(db: $0).plan(request, at: now) }
        }
        let ids = plan.ids
        guard !ids.isEmpty else { return claims }
        claims.claimed = try await committed(meter) { try $0.claim(ids, epoch: request.epoch, at: now) }
        claims.isMore = claims.isMore || ids.count == request.limit
        return claims
    }

    /// Runs `work`, which writes the attempts of the claimed deliveries, in one transaction. Throws
    /// `Outbox.RolledBack`, and holds all sends, when a backup was restored under this store.
    package func handOver(
        _ claimed: [Claimed], at now: Instant, counting meter: OutboxMeter? = nil,
        _ work: @escaping @Sendable (Outbox) throws -> [Intent]
    ) async throws -> [Intent] {
        let file = markFile
        let (intents, reason) = try await committed(meter) { outbox -> ([Intent], String?) in
            if let reason = try file.flatMap({ try outbox.holdIfRolledBack($0, at: now) }) {
                try outbox.release(claimed)
                return ([], reason)
            }
            return (try work(outbox), nil)
        }
        if let reason { throw Outbox.RolledBack(description: reason) }
        return intents
    }

    /// The deliveries that no stop covers now: a stop may have come after the intents were written.
    package func notStopped(_ intents: [Intent]) async throws -> Set<Int64> {
        try await writer.read { db in
            let stops = try Stops(db)
            guard !stops.all else { return [] }
            return Set(intents.filter { !stops.covers(rule: $0.rule, channel: $0.channel) }.map(\.delivery))
        }
    }

    package func release(_ claimed: [Claimed]) async throws {
        try await committed { try $0.release(claimed) }
    }

    /// - Parameters:
    ///   - wait: `settings.delivery_wait`, for receipts that came before these answers.
    ///   - states: how channels stand since these answers.
    package func finish(
        _ results: [AttemptResult], at now: Instant, wait: Span? = nil, noting states: [ChannelState] = [],
        counting meter: OutboxMeter? = nil
    ) async throws {
        try await committed(meter) { outbox in
            for result in results { try outbox.finish(result, at: now, wait: wait) }
            try outbox.note(states)
        }
    }

    /// - Returns: how many unclear tries moved on.
    package func sweepOutbox(
        at now: Instant, maxResends: Int, counting meter: OutboxMeter? = nil
    ) async throws -> Int {
        try await committed(meter) { try $0.sweep(at: now, maxResends: maxResends) }
    }

    /// How many deliveries are owed.
    package func owedDeliveries() async throws -> Int {
        try await writer.read { try ($0.value(Outbox.owed) as Int?) ?? 0 }
    }

    func committed<T: Sendable>(
        _ meter: OutboxMeter? = nil, _ work: @escaping @Sendable (Outbox) throws -> T
    ) async throws -> T {
        let writer = writer
        let (result, counts) = try await Task {
            try await writer.write { db in
                let tally = OutboxTally()
                return (try work(Outbox(db: db, tally: tally)), tally.counts)
            }
        }.value
        meter?.add(counts)
        return result
    }
}
