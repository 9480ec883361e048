import Synchronization

/// The memory that all bodies of events may take together. Who gets none is to come again.
final class ByteBudget: Sendable {
    private let left: Mutex<Int>

    init(_ bytes: Int) { left = Mutex(bytes) }

    /// What one request took of it, given back when the request ends.
    final class Share: Sendable {
        private let budget: ByteBudget
        private let taken = Mutex(0)

        fileprivate init(_ budget: ByteBudget) { self.budget = budget }
        deinit {
            let bytes = taken.withLock { $0 }
            budget.left.withLock { $0 += bytes }
        }

        func take(_ bytes: Int) -> Bool {
            let isLeft = budget.left.withLock { left in
                guard bytes <= left else { return false }
                left -= bytes
                return true
            }
            if isLeft { taken.withLock { $0 += bytes } }
            return isLeft
        }
    }

    func share() -> Share { Share(self) }
}
