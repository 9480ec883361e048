import Kit
import Rules

/// What channels said since it was last written.
package struct Answers: Sendable {
    package var results: [AttemptResult]
    /// How channels stand since these answers.
    package var states: [ChannelState]
    /// For receipts that came before these answers.
    package var terms: ReceiptTerms

    package init(
        _ results: [AttemptResult] = [], states: [ChannelState] = [], terms: ReceiptTerms = ReceiptTerms()
    ) {
        (self.results, self.states, self.terms) = (results, states, terms)
    }
}

/// What one turn of the dispatcher wrote.
package struct Turn: Sendable {
    package enum Outcome: Sendable {
        /// The attempts of those that may leave once the mark is on disk, and the answers.
        case intended([Intent], HighWaterMark?)
        /// A backup was restored under this store, and all sends are held. The answers were written, the claims let go.
        case rolledBack(Outbox.RolledBack)
        /// Nothing was written but the claims.
        case failed(any Error)
    }
    package var claimed: [Claimed]
    package var outcome: Outcome
}

extension MemberStore {
    /// Claims the deliveries, then writes the answers and, by `work`, the attempts of what was claimed: all of that in one
    /// transaction, so that a turn waits for the disk once.
    ///
    /// The claims are a commit before it that is not waited for: they tell the next start which deliveries were at work when
    /// this one ended, and a power cut may take them back, since nothing of them has left.
    ///
    /// Throws, with nothing written, when nothing could be claimed: `Outbox.StaleEpoch` when another daemon has started since.
    /// - Parameters:
    ///   - pass: called between the two commits.
    ///   - marked: returns once the mark of the turn before is on disk; it may block the thread, and where it throws, only
    ///     the claims are written.
    package func turn(
        _ ids: [Int64], answers: Answers, epoch: Int64, at now: Instant, counting meter: OutboxMeter? = nil,
        between pass: @escaping @Sendable () -> Void = {}, marked: @escaping @Sendable () throws -> Void = {},
        _ work: @escaping @Sendable (Outbox, [Claimed]) throws -> [Intent]
    ) async throws -> Turn {
        let (writer, file) = (writer, markFile)
        let (turn, counts) = try await Task {
            try await writer.transactions { series in
                let claimed = try series.commitUnsynced { db in try Outbox(db: db).claim(ids, epoch: epoch, at: now) }
                pass()
                do {
                    let tally = OutboxTally()
                    let outcome = try series.commit { db in
                        try Outbox(db: db, tally: tally).finish(answers, at: now)
                        try marked()
                        return try Outbox(db: db, tally: tally).handOver(claimed, file, at: now, work)
                    }
                    return (Turn(claimed: claimed, outcome: outcome), tally.counts)
                } catch { return (Turn(claimed: claimed, outcome: .failed(error)), OutboxCounts()) }
            }
        }.value
        meter?.add(counts)
        return turn
    }

    /// Waits for the mark of a turn, and only then asks which of its intents no stop covers: a stop may have come since.
    package func clear(_ intents: [Intent], after marking: Marking) async throws -> Set<Int64> {
        try await marking.written()
        return try await writer.unsafeRead { db in
            let stops = try Stops(db)
            guard !stops.all else { return [] }
            return Set(intents.filter { !stops.covers(rule: $0.rule, channel: $0.channel) }.map(\.delivery))
        }
    }
}

extension Outbox {
    func finish(_ answers: Answers, at now: Instant) throws {
        if answers.results.count > 1 { try takeNumbers(for: answers.results.count) }
        // Asked once: no receipt comes within the transaction.
        let early = try !answers.results.isEmpty && hasEarlyReceipts()
        // A receipt that waits may be for any of them.
        let rest = early ? answers.results : try accept(answers.results, at: now)
        for result in rest { try finish(result, at: now, answers.terms, early: early) }
        try note(answers.states)
    }

    /// Runs `work`, which writes the attempts of the claimed deliveries, unless a backup was restored under this store.
    func handOver(
        _ claimed: [Claimed], _ file: HighWaterMarkFile?, at now: Instant,
        _ work: (Outbox, [Claimed]) throws -> [Intent]
    ) throws -> Turn.Outcome {
        guard !claimed.isEmpty else { return .intended([], nil) }
        if let reason = try file.flatMap({ try holdIfRolledBack($0, at: now) }) {
            try release(claimed)
            return .rolledBack(RolledBack(description: reason))
        }
        let intents = try work(self, claimed)
        if !intents.isEmpty { try drawToken() }
        return .intended(intents, intents.isEmpty || file == nil ? nil : try mark())
    }
}
