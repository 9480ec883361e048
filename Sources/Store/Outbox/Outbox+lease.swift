import Kit

extension Outbox {
    /// How long a claim lasts, in microseconds. Between the claim and the intent there is one transaction of at most a
    /// hundred deliveries, which waits for a busy store for at most 30 seconds; the rest is for a slow disk.
    package static let lease: Int64 = 120_000_000

    /// Releases unused claims that still belong to their holder. Claims that ended in order are not counted.
    package func release(_ claimed: [Claimed]) throws {
        for delivery in claimed where try isHeld(delivery) {
            try move(delivery.id, from: .claimed, to: .pending, cause: "released", Change(claimCount: 0))
        }
    }

    private func isHeld(_ delivery: Claimed) throws -> Bool {
        try db.first("SELECT 1 FROM deliveries WHERE id = ? AND claimed_by = ?", [delivery.id, delivery.holder]) != nil
    }

    /// Ends claims whose lease is over. The delivery waits again, to be claimed one at a time, or is given up.
    /// - Parameters:
    ///   - isStart: every lease ends, because a start has the store to itself and a new epoch.
    ///   - held: claims of this run that are still to be let go.
    func reap(
        at now: Instant, isStart: Bool = false, except held: Set<Int64> = []
    ) throws -> (released: Int, poisoned: Int) {
        var (released, poisoned) = (0, 0)
        for (id, claims, rule) in try lapsed(at: isStart ? nil : now) where !held.contains(id) {
            if claims >= Outbox.mostClaims {
                try end(id, from: .claimed, as: .dead, cause: "poison")
                try notePoison(of: rule, at: now)
                poisoned += 1
            } else {
                try move(id, from: .claimed, to: .pending, cause: "crash")
                released += 1
            }
        }
        return (released, poisoned)
    }

    /// The claims whose lease is over, and how often each was claimed. A lease that ends later than one beginning now
    /// would was given by a wrong clock, so it counts as over. Nil: all of them.
    fileprivate func lapsed(at now: Instant?) throws -> [(id: Int64, claims: Int, rule: String)] {
        try db.all(
            """
            SELECT id, claim_count, rule FROM deliveries {indexed deliveries_unclear}
            WHERE state = 'claimed' AND state IN ('claimed', 'sending', 'unknown')
              AND COALESCE(lease_until, 0) NOT BETWEEN :first AND :last ORDER BY id
            """, ["first": (now?.micros ?? 0) + 1, "last": now.map { $0.micros + Outbox.lease } ?? 0]
        ).map { try ($0[0], $0[1], $0[2]) }
    }
}

extension MemberStore {
    /// Ends claims whose lease is over while the daemon runs, and returns how many. When there are none, nothing is
    /// written. Throws `Outbox.StaleEpoch` when another daemon has started since.
    /// - Parameter held: claims of this run that are still to be let go.
    package func reapClaims(at now: Instant, except held: [Claimed], epoch: Int64) async throws -> Int {
        let held = Set(held.map(\.id))
        let lapsed = try await writer.read { try Outbox(db: $0).lapsed(at: now) }
        guard lapsed.contains(where: { !held.contains($0.id) }) else { return 0 }
        return try await committed { outbox in
            guard try outbox.meta("epoch") == epoch else { throw Outbox.StaleEpoch() }
            let (released, poisoned) = try outbox.reap(at: now, except: held)
            return released + poisoned
        }
    }
}
