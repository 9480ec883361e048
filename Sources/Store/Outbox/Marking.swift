import Dispatch
import Synchronization

/// The mark of a turn on its way to the disk. It has a thread of its own from its beginning on, so that neither a turn nor a
/// task that waits for it keeps it from being written.
package final class Marking: Sendable {
    private struct State {
        var end: Result<Void, any Error>?
        var waiting: [CheckedContinuation<Void, any Error>] = []
    }

    private static let queue = DispatchQueue(label: "nudged.mark")
    private let group = DispatchGroup()
    private let state = Mutex(State())

    /// - Parameters:
    ///   - mark: nil where there is none to write.
    ///   - file: nil for a store in memory.
    fileprivate init(_ mark: HighWaterMark?, in file: HighWaterMarkFile?) {
        group.enter()
        guard let mark, let file else {
            end(.success(()))
            return
        }
        Marking.queue.async { [self] in end(Result { try file.write(mark) }) }
    }

    private func end(_ result: Result<Void, any Error>) {
        let waiting = state.withLock { state in
            state.end = result
            return state.waiting
        }
        group.leave()
        for task in waiting { task.resume(with: result) }
    }

    /// Blocks the thread until the mark is on disk. Throws where it could not be written.
    package func wait() throws {
        group.wait()
        try state.withLock { $0.end }?.get()
    }

    /// The same for a task.
    package func written() async throws {
        try await withCheckedThrowingContinuation { task in
            let end = state.withLock { state in
                if state.end == nil { state.waiting.append(task) }
                return state.end
            }
            if let end { task.resume(with: end) }
        }
    }
}

extension MemberStore {
    /// Begins to write the mark of a turn whose intents are on disk.
    package func begin(_ mark: HighWaterMark?) -> Marking { Marking(mark, in: markFile) }
}
