import Kit

extension Outbox {
    /// How long a claim is its holder's. Between the claim and the intent there is one transaction of at most a hundred
    /// deliveries, which waits for a busy store for 30 seconds at most; the rest is for a slow disk.
    package static let lease: Int64 = 120_000_000

    /// Lets go of claims that were not used, where they are still their holder's; a claim that ended in order is not held
    /// against the delivery.
    package func release(_ claimed: [Claimed]) throws {
        for delivery in claimed where try isHeld(delivery) {
            try move(delivery.id, from: .claimed, to: .pending, cause: "released", Change(claimCount: 0))
        }
    }

    private func isHeld(_ delivery: Claimed) throws -> Bool {
        try db.first("SELECT 1 FROM deliveries WHERE id = ? AND claimed_by = ?", [delivery.id, delivery.holder]) != nil
    }

    /// Ends claims whose lease is over: the delivery waits again, one at a time, or is given up.
    /// - Parameters:
    ///   - now: nil at a start, which ends every lease: it has the store to itself, and a new epoch.
    ///   - held: claims of this run that are still to be let go.
    func reap(at now: Instant?, except held: Set<Int64> = []) throws -> (released: Int, poisoned: Int) {
        var (released, poisoned) = (0, 0)
        for (id, claims) in try lapsed(at: now) where !held.contains(id) {
            if claims >= Outbox.mostClaims {
                try end(id, from: .claimed, as: .dead, cause: "poison")
                poisoned += 1
            } else {
                try move(id, from: .claimed, to: .pending, cause: "crash")
                released += 1
            }
        }
        return (released, poisoned)
    }

    /// The claims whose lease is over, and how often each was claimed. A lease that ends later than one that begins now
    /// was given by a clock that was wrong: it is over too.
    fileprivate func lapsed(at now: Instant?) throws -> [(id: Int64, claims: Int)] {
        try db.all(
            """
            SELECT id, claim_count FROM deliveries {indexed deliveries_unclear}
            WHERE state = 'claimed' AND state IN ('claimed', 'sending', 'unknown')
              AND COALESCE(lease_until, 0) NOT BETWEEN :first AND :last ORDER BY id
            """, ["first": (now?.micros ?? 0) + 1, "last": now.map { $0.micros + Outbox.lease } ?? 0]
        ).map { try ($0[0], $0[1]) }
    }
}

extension MemberStore {
    /// Gives back claims whose lease is over, while running. Where there are none, nothing is written and nobody waits.
    /// Throws `Outbox.StaleEpoch` when another daemon has started since.
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
