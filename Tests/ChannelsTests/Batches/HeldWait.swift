import Synchronization

/// The clock of a test: whoever waits by it waits until the test says that the time is over.
final class HeldWait: Sendable {
    private struct State: Sendable {
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    @Sendable func wait(_: Duration) async {
        await withCheckedContinuation { reply in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiting.append(reply) }
                return state.isOver
            }
            if isOver { reply.resume() }
        }
    }

    /// Every wait ends, those that are still to begin as well.
    func elapse() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for reply in waiting { reply.resume() }
    }
}
