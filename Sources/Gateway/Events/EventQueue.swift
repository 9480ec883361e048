import Store

/// Brings events to the store, whose one connection writes: what comes while a transaction is under way shares the next
/// one. Bounded, so that a burst is pushed back and not kept in memory.
actor EventQueue {
    struct Full: Error {}

    private struct Waiting {
        let batch: SourceBatch
        let reply: CheckedContinuation<[SourceOutcome], any Error>
    }

    private let take: EventDesk.Take
    private let most: Int
    private let slice: Int
    private var waiting: [Waiting] = []
    /// Events that wait or are being written.
    private var count = 0
    private var isWriting = false

    /// - Parameters:
    ///   - most: how many events may wait at once.
    ///   - slice: how many are written in one transaction; the dispatcher's turn comes after it.
    init(most: Int, slice: Int, take: @escaping EventDesk.Take) {
        self.most = most
        self.slice = slice
        self.take = take
    }

    /// Returns what became of each event once it is on disk. Throws `Full`, or why the store could not be written: then
    /// some of the events may be on disk, and are known when they come again.
    func write(_ batch: SourceBatch) async throws -> [SourceOutcome] {
        guard !batch.events.isEmpty else { return [] }
        guard count == 0 || count + batch.events.count <= most else { throw Full() }
        count += batch.events.count
        defer { count -= batch.events.count }
        var outcomes: [SourceOutcome] = []
        for start in stride(from: 0, to: batch.events.count, by: slice) {
            let part = SourceBatch(
                source: batch.source, at: batch.at,
                events: Array(batch.events[start..<min(start + slice, batch.events.count)]))
            outcomes += try await withCheckedThrowingContinuation { reply in
                waiting.append(Waiting(batch: part, reply: reply))
                guard !isWriting else { return }
                isWriting = true
                Task { await writeAll() }
            }
        }
        return outcomes
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            let now = next()
            do {
                let outcomes = try await take(now.map(\.batch))
                for (one, outcomes) in zip(now, outcomes) { one.reply.resume(returning: outcomes) }
            } catch {
                for one in now { one.reply.resume(throwing: error) }
            }
        }
        isWriting = false
    }

    /// Those that came first, as many as fit into a transaction, and one at least.
    private func next() -> [Waiting] {
        var (taken, events) = (0, 0)
        while taken < waiting.count, taken == 0 || events + waiting[taken].batch.events.count <= slice {
            events += waiting[taken].batch.events.count
            taken += 1
        }
        defer { waiting.removeFirst(taken) }
        return Array(waiting[..<taken])
    }
}
