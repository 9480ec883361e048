import Dispatch

/// A thread for work that blocks: the cooperative pool has as many threads as the machine has cores, and two that block
/// stop every task.
package struct BlockingQueue: Sendable {
    private let queue: DispatchQueue

    package init(_ label: String) { queue = DispatchQueue(label: label) }

    package func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { reply in
            queue.async { reply.resume(with: Result { try work() }) }
        }
    }
}
