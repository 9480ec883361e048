import Store

/// Brings events to the store, whose one connection writes: what comes while a transaction is under way shares the next
/// one. Bounded, so that a burst is pushed back and not kept in memory.
actor EventQueue {
    struct Full: Error {}

    /// Before a transaction: a moment for calls that are being read, where they are more than those that wait. A client that
    /// is alone waits for nobody.
    struct Gathering: Sendable {
        /// Calls that are here whole and not answered, those that wait among them.
        let calls: @Sendable () -> Int
        /// Returns when the moment is over.
        let moment: @Sendable () async -> Void

        init(calls: @escaping @Sendable () -> Int, moment: @escaping @Sendable () async -> Void) {
            (self.calls, self.moment) = (calls, moment)
        }

        init(_ open: OpenCalls, atMost time: Duration) {
            self.init(calls: { open.count }, moment: { try? await Task.sleep(for: time) })
        }
    }

    /// What of a call goes into one transaction.
    private final class Part {
        let batch: SourceBatch
        let ends: ContinuousClock.Instant
        /// Nil once it was answered.
        private var reply: CheckedContinuation<[SourceOutcome], any Error>?

        init(
            _ batch: SourceBatch, until ends: ContinuousClock.Instant,
            _ reply: CheckedContinuation<[SourceOutcome], any Error>
        ) {
            (self.batch, self.ends, self.reply) = (batch, ends, reply)
        }

        var isAnswered: Bool { reply == nil }

        func answer(_ result: Result<[SourceOutcome], any Error>) {
            reply?.resume(with: result)
            reply = nil
        }
    }

    private let take: EventDesk.Take
    private let most: Int
    private let slice: Int
    private let patience: Duration
    private let gathering: Gathering
    /// The transaction that waits for more calls.
    private var gate: CheckedContinuation<Void, Never>?
    private var gatherings = 0
    private var waiting: [Part] = []
    /// Those of the transaction that is under way.
    private var writing: [Part] = []
    /// Events that wait or are being written.
    private var count = 0
    private var isWriting = false
    private var isWatching = false

    /// - Parameters:
    ///   - most: how many events may wait at once.
    ///   - slice: how many are written in one transaction; the dispatcher's turn comes after it.
    ///   - patience: how long a call may take.
    init(most: Int, slice: Int, patience: Duration, gathering: Gathering, take: @escaping EventDesk.Take) {
        self.most = most
        self.slice = slice
        self.patience = patience
        self.gathering = gathering
        self.take = take
    }

    /// Returns what became of each event once it is on disk. Throws `Full`, `Patience.Over`, or why the store could not be
    /// written: then some of the events may be on disk, and are known when they come again.
    func write(_ batch: SourceBatch) async throws -> [SourceOutcome] {
        guard !batch.events.isEmpty else { return [] }
        guard count == 0 || count + batch.events.count <= most else { throw Full() }
        count += batch.events.count
        defer { count -= batch.events.count }
        let ends = ContinuousClock.now.advanced(by: patience)
        var outcomes: [SourceOutcome] = []
        for start in stride(from: 0, to: batch.events.count, by: slice) {
            let part = SourceBatch(
                source: batch.source, at: batch.at,
                events: Array(batch.events[start..<min(start + slice, batch.events.count)]))
            outcomes += try await withCheckedThrowingContinuation { reply in
                waiting.append(Part(part, until: ends, reply))
                begin()
                if !areMoreComing { openGate() }
            }
        }
        return outcomes
    }

    private func begin() {
        if !isWriting {
            isWriting = true
            Task { await writeAll() }
        }
        if !isWatching {
            isWatching = true
            Task { await watch() }
        }
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            await gather()
            writing = next()
            guard !writing.isEmpty else { continue }
            do {
                let outcomes = try await take(writing.map(\.batch))
                for (part, outcomes) in zip(writing, outcomes) { part.answer(.success(outcomes)) }
            } catch {
                for part in writing { part.answer(.failure(error)) }
            }
            writing = []
        }
        isWriting = false
    }

    // MARK: gathering

    private var areMoreComing: Bool { gathering.calls() - waiting.count > waiting.count }

    /// Who was answered after the last transaction is on the way back: a transaction that begins at once has only the few
    /// who were quickest, and the others wait for two.
    private func gather() async {
        guard areMoreComing else { return }
        gatherings += 1
        let number = gatherings
        await withCheckedContinuation { gate in
            self.gate = gate
            Task {
                await gathering.moment()
                if number == gatherings { openGate() }
            }
        }
    }

    private func openGate() {
        gate?.resume()
        gate = nil
    }

    /// Those that came first, as many as fit into a transaction, and one at least.
    private func next() -> [Part] {
        var (taken, events) = (0, 0)
        while taken < waiting.count, taken == 0 || events + waiting[taken].batch.events.count <= slice {
            events += waiting[taken].batch.events.count
            taken += 1
        }
        defer { waiting.removeFirst(taken) }
        return Array(waiting[..<taken])
    }

    // MARK: patience

    /// One alarm for all calls: an alarm that is cancelled stays in memory until its time, and there may be ten thousand
    /// calls a second. Who comes later has to wait until later.
    private func watch() async {
        while let ends = (writing + waiting).filter({ !$0.isAnswered }).map(\.ends).min() {
            try? await Task.sleep(until: ends, clock: .continuous)
            giveUp(at: .now)
        }
        isWatching = false
    }

    /// What has waited for too long is not written any more; what is being written goes on.
    private func giveUp(at now: ContinuousClock.Instant) {
        let late = (writing + waiting).filter { $0.ends <= now }
        waiting.removeAll { $0.ends <= now }
        for part in late { part.answer(.failure(Patience.Over())) }
    }
}
