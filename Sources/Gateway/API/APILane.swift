import Kit
import Synchronization

/// A thread for one kind of work of the API, so that it never takes the daemon's: of the store's readers it has one at a
/// time, and what waits is bounded.
final class APILane: Sendable {
    struct Full: Error {}

    private let queue: BlockingQueue
    private let most: Int
    private let waiting = Mutex(0)

    init(_ label: String, most: Int) {
        queue = BlockingQueue(label)
        self.most = most
    }

    /// Throws `Full`, `Patience.Over`, or what `work` throws. Work whose caller gave up before it began is not done.
    func run<T: Sendable>(_ patience: Duration, _ work: @escaping @Sendable () throws -> T) async throws -> T {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < most else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw Full() }
        let end = ContinuousClock.now + patience
        return try await Patience.wait(patience) { [self] in
            defer { waiting.withLock { $0 -= 1 } }
            return try await queue.run {
                guard ContinuousClock.now < end else { throw Patience.Over() }
                return try work()
            }
        }
    }
}
