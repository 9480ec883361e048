import Kit
import Rules

/// The outbox as tasks use it. Each write is one transaction on the store's own queue, on disk when the call returns. A
/// cancelled task still gets its transaction: what has left must be recorded.
extension MemberStore {
    /// Call this once at each start, before any other use of the outbox.
    package func recoverOutbox(at now: Instant) async throws -> Recovery {
        let file = markFile
        let (recovery, isHeld) = try await committed { outbox in
            let recovery = try outbox.recover(file, at: now)
            let detail = JSONText.object(["epoch": .int(Int(recovery.epoch))])
            try outbox.db.audit(AuditEntry(.start, detail: detail), at: now)
            return (recovery, try outbox.isHeldForRollback())
        }
        if file != nil, !isHeld {
            try await advanceMark()
            try await committed { try $0.noteMarked() }
        }
        return recovery
    }

    /// What a turn of the dispatcher may claim, found by reading only.
    package struct Owed: Sendable {
        /// In the order of leaving.
        package var ids: [Int64] = []
        /// Whether more is to be done at once.
        package var isMore = false
        /// Whether deliveries wait whose last claim ended in a crash.
        package var hasSuspects = false
    }

    /// Performs the chores, at most a slice, and finds what is due; where there is nothing to do, nothing is written.
    /// Throws `Outbox.StaleEpoch` when another daemon has started since.
    package func owed(
        _ request: ClaimRequest, at now: Instant, counting meter: OutboxMeter? = nil
    ) async throws -> Owed {
        var plan = try await writer.read { try Outbox(db: $0).plan(request, at: now) }
        var isMore = false
        // A delivery that woke is now in line, or is itself to be ended, so plan once more.
        for _ in 1...2 where plan.chores.count > 0 && !isMore {
            let chores = plan.chores
            try await committed(meter) { try $0.perform(chores, epoch: request.epoch, at: now) }
            isMore = chores.isMore
            plan = try await writer.read { try Outbox(db: $0).plan(request, at: now) }
        }
        return Owed(
            ids: plan.ids, isMore: isMore || !plan.ids.isEmpty && plan.ids.count == request.limit,
            hasSuspects: plan.hasSuspects)
    }

    package func release(_ claimed: [Claimed]) async throws {
        try await committed { try $0.release(claimed) }
    }

    /// Writes what channels said.
    package func finish(_ answers: Answers, at now: Instant, counting meter: OutboxMeter? = nil) async throws {
        try await committed(meter) { try $0.finish(answers, at: now) }
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
