import Intake
import Kit
import Store
import Synchronization
import Testing

@testable import Gateway

@Suite("The queue of events")
struct EventQueueTests {
    private static func batch(_ id: String) -> SourceBatch {
        let event = SourceEvent(id: id, identity: id, body: "{}", person: nil, facts: .success([]))
        return SourceBatch(source: "shop", at: Instant(micros: 0), events: [event])
    }

    private final class Taken: Sendable {
        private let kept = Mutex<[String]>([])
        var ids: [String] { kept.withLock { $0 } }
        func note(_ batches: [SourceBatch]) {
            kept.withLock { $0 += batches.flatMap { $0.events.compactMap(\.id) } }
        }
    }

    @Test(
        "a call that waits for too long is given up: what is being written is, what waits never will be, and others come in"
    )
    func late() async throws {
        let taken = Taken()
        let (opens, open) = AsyncStream.makeStream(of: Void.self)
        let queue = EventQueue(most: 10, slice: 1, patience: .milliseconds(20)) { batches in
            taken.note(batches)
            for await _ in opens { break }
            return batches.map { $0.events.map { _ in .accepted } }
        }
        await #expect(throws: Patience.Over.self) { try await queue.write(EventQueueTests.batch("a")) }
        await #expect(throws: Patience.Over.self) { try await queue.write(EventQueueTests.batch("b")) }
        open.finish()
        // However slow the machine is.
        var outcomes: [SourceOutcome]?
        while outcomes == nil { outcomes = try? await queue.write(EventQueueTests.batch("c")) }
        #expect(outcomes == [.accepted])
        #expect(Set(taken.ids) == ["a", "c"] && taken.ids.first == "a")
    }
}
