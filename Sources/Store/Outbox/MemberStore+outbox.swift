import GRDB
import Rules

/// The outbox for tasks: each call is one transaction on the store's own queue, on disk when it returns. A cancelled
/// task still gets its transaction: what has left must be written down.
extension MemberStore {
    /// Once at each start, before anything else of the outbox.
    package func recoverOutbox(at now: Instant) async throws -> Recovery {
        let file = markFile
        let content = file?.read() ?? .none
        let recovery = try await committed { try $0.recover(content, at: now) }
        if content == .none { try await advanceMark() }
        return recovery
    }

    package func claim(_ request: ClaimRequest, at now: Instant) async throws -> [Claimed] {
        try await committed { try $0.claim(request, at: now) }
    }

    /// Throws `Outbox.StaleEpoch` when another daemon has started since.
    package func intend(
        _ claimed: [Claimed], under engine: Engine, epoch: Int64, at now: Instant
    ) async throws -> [Intent] {
        try await committed { try $0.intend(claimed, under: engine, epoch: epoch, at: now) }
    }

    package func release(_ claimed: [Claimed]) async throws {
        try await committed { try $0.release(claimed) }
    }

    package func finish(_ results: [AttemptResult], at now: Instant) async throws {
        try await committed { outbox in
            for result in results { try outbox.finish(result, at: now) }
        }
    }

    /// - Returns: how many unclear tries moved on.
    package func sweepOutbox(at now: Instant, maxResends: Int) async throws -> Int {
        try await committed { try $0.sweep(at: now, maxResends: maxResends) }
    }

    /// How many deliveries are owed, and whether the emergency stop for all is in force.
    package func outboxStatus() async throws -> (owed: Int, isStopped: Bool) {
        try await writer.read { db in
            let owed = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT COUNT(*) FROM deliveries WHERE state IN ('pending', 'retry_wait')"))
            return (owed ?? 0, try Stops(db).all)
        }
    }

    private func committed<T: Sendable>(_ work: @escaping @Sendable (Outbox) throws -> T) async throws -> T {
        let writer = writer
        return try await Task { try await writer.write { try work(Outbox(db: $0)) } }.value
    }
}
