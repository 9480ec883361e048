import Intake
import Kit
import Store
import Synchronization
import Testing

@testable import Gateway

@Suite("The queue of events")
struct EventQueueTests {
    private static func batch(_ id: String) -> SourceBatch {
        let event = SourceEvent(id: id, identity: id, body: .text("{}"), person: nil, facts: .success([]))
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
        let gathering = EventQueue.Gathering(calls: { 0 }, moment: {})
        let queue = EventQueue(most: 10, slice: 1, patience: .milliseconds(20), gathering: gathering) { batches in
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

    private final class Transactions: Sendable {
        private let kept = Mutex<[[String]]>([])
        var ids: [[String]] { kept.withLock { $0 } }
        func take(_ batches: [SourceBatch]) -> [[SourceOutcome]] {
            kept.withLock { $0.append(batches.flatMap { $0.events.compactMap(\.id) }) }
            return batches.map { $0.events.map { _ in .accepted } }
        }
    }

    @Test("a transaction waits for calls that are being read, until as many wait as are still to come")
    func gathers() async throws {
        let transactions = Transactions()
        let (moments, over) = AsyncStream.makeStream(of: Void.self)
        defer { over.finish() }
        let gathering = EventQueue.Gathering(calls: { 4 }, moment: { for await _ in moments {} })
        let queue = EventQueue(most: 10, slice: 10, patience: .seconds(60), gathering: gathering) {
            transactions.take($0)
        }
        async let first = queue.write(EventQueueTests.batch("a"))
        async let second = queue.write(EventQueueTests.batch("b"))
        #expect(try await first + second == [.accepted, .accepted])
        #expect(transactions.ids.map { $0.sorted() } == [["a", "b"]])
    }

    @Test("it waits for a moment, however many are still to come")
    func moment() async throws {
        let transactions = Transactions()
        let gathering = EventQueue.Gathering(calls: { 4 }, moment: {})
        let queue = EventQueue(most: 10, slice: 10, patience: .seconds(60), gathering: gathering) {
            transactions.take($0)
        }
        #expect(try await queue.write(EventQueueTests.batch("a")) == [.accepted])
        #expect(transactions.ids == [["a"]])
    }

    @Test("a client that is alone waits for nobody", arguments: [0, 1, 2])
    func alone(calls: Int) async throws {
        let transactions = Transactions()
        let (moments, over) = AsyncStream.makeStream(of: Void.self)
        defer { over.finish() }
        let gathering = EventQueue.Gathering(calls: { calls }, moment: { for await _ in moments {} })
        let queue = EventQueue(most: 10, slice: 10, patience: .seconds(60), gathering: gathering) {
            transactions.take($0)
        }
        for id in ["a", "b"] { #expect(try await queue.write(EventQueueTests.batch(id)) == [.accepted]) }
        #expect(transactions.ids == [["a"], ["b"]])
    }
}
