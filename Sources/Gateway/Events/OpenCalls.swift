import Synchronization

/// How many requests were read whole and are not answered yet, over all connections of a server.
final class OpenCalls: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .relaxed) }

    func begin() { number.add(1, ordering: .relaxed) }
    func end(_ calls: Int = 1) { number.subtract(calls, ordering: .relaxed) }
}
