import Kit
import Synchronization
import Testing

@testable import Channels

/// A provider that remembers the calls that it got, and answers them as told.
private final class Calls: Sendable {
    let together = Mutex<[[String]]>([])
    let alone = Mutex<[String]>([])
    private let answer: @Sendable ([BatchMessage]) async -> BatchAnswer
    let collector: BatchCollector

    init(
        most: Int, _ held: HeldWait,
        answer: @escaping @Sendable ([BatchMessage]) async -> BatchAnswer = { messages in
            .each(messages.map { .accepted(providerID: $0.message.reference) })
        }
    ) {
        self.answer = answer
        collector = BatchCollector(BatchTerms(most: most, linger: .milliseconds(200)), wait: held.wait)
    }

    func send(_ message: OutgoingMessage) async throws -> SendOutcome {
        let own = try BatchMessage(message)
        return await collector.send(own) {
            alone.withLock { $0.append(message.reference) }
            return Task.isCancelled
                ? .notSent(code: "cancelled", retryAfter: nil) : .accepted(providerID: "alone \(message.reference)")
        } together: { [self] messages in
            together.withLock { $0.append(messages.map(\.message.reference).sorted()) }
            return await answer(messages)
        }
    }

    /// Until so many calls with several messages were made.
    func made(_ count: Int) async { while together.withLock({ $0.count }) < count { await Task.yield() } }
}

private func message(
    _ reference: String, to: String = "13800000001", template: String = "T1",
    values: [(String, String)] = [("points", "100")]
) -> OutgoingMessage {
    OutgoingMessage(
        reference: reference, channel: "sms", to: to, text: "您好", templateCode: template, values: values,
        rule: "birthday", member: "m1", occasion: "birthday:2026", at: Instant(seconds: 1_795_334_400))
}

@Suite("Messages that may share a call")
struct BatchCollectorTests {
    @Test("leave when their call is full, and each has its own outcome")
    func full() async throws {
        let calls = Calls(most: 3, HeldWait())
        async let first = calls.send(message("a", to: "13800000001"))
        async let second = calls.send(message("b", to: "13800000002"))
        async let third = calls.send(message("c", to: "13800000003"))
        #expect(
            try await [first, second, third] == ["a", "b", "c"].map { SendOutcome.accepted(providerID: $0) })
        #expect(calls.together.withLock { $0 } == [["a", "b", "c"]])
        #expect(calls.alone.withLock { $0 } == [])
    }

    @Test("wait no longer than they may: one that nobody joined leaves in a call of its own")
    func single() async throws {
        let held = HeldWait()
        held.elapse()
        let calls = Calls(most: 10, held)
        #expect(try await calls.send(message("a")) == .accepted(providerID: "alone a"))
        #expect(calls.together.withLock { $0 } == [])
    }

    /// A message, one that may not join it, and one that completes the call of the first.
    struct Apart: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let other: OutgoingMessage
    }

    @Test(
        "are equal in their template, its values and the side of the border; no number is twice in a call",
        arguments: [
            Apart(testDescription: "template", other: message("b", to: "13800000002", template: "T2")),
            Apart(testDescription: "value", other: message("b", to: "13800000002", values: [("points", "200")])),
            Apart(testDescription: "name", other: message("b", to: "13800000002", values: [("coins", "100")])),
            Apart(testDescription: "abroad", other: message("b", to: "+4915100000001")),
            Apart(testDescription: "the same number", other: message("b", to: "13800000001")),
            Apart(testDescription: "the same number, with its country", other: message("b", to: "+8613800000001")),
        ])
    func apart(_ pair: Apart) async throws {
        let held = HeldWait()
        let calls = Calls(most: 2, held)
        async let first = calls.send(message("a"))
        async let other = calls.send(pair.other)
        // Of the same number, whichever of the two came first has gone with the third.
        async let third = calls.send(message("c", to: "13800000003"))
        await calls.made(1)
        held.elapse()
        let outcomes = try await [first, other, third]
        let together = calls.together.withLock { $0 }
        let alone = calls.alone.withLock { $0 }
        #expect(together.count == 1 && together[0].count == 2 && together[0].contains("c") && alone.count == 1)
        #expect(alone == ["b"] || pair.testDescription.hasPrefix("the same number") && alone == ["a"])
        #expect(
            outcomes.allSatisfy { outcome in
                ["a", "b", "c"].contains {
                    outcome == .accepted(providerID: alone == [$0] ? "alone \($0)" : $0)
                }
            })
    }

    /// What is said of a whole call of two.
    struct Whole: Sendable, CustomTestStringConvertible {
        let outcome: SendOutcome
        /// Each of them is then sent in a call of its own.
        var isRepeated = false
        var testDescription: String { "\(outcome)" }
    }

    @Test(
        "are tried one by one after a no that may be about one of them; anything else holds for all",
        arguments: [
            Whole(outcome: .rejected(code: "bad_number"), isRepeated: true),
            Whole(outcome: .suppressed(code: "refused", .optedOut), isRepeated: true),
            Whole(outcome: .notSent(code: "number_limit", retryAfter: .seconds(60)), isRepeated: true),
            Whole(outcome: .notSent(code: "refused", retryAfter: nil)),
            Whole(outcome: .throttled(code: "http_429", retryAfter: .seconds(60))),
            Whole(outcome: .misconfigured(code: "bad_key")), Whole(outcome: .unknown(code: "connection_lost")),
            Whole(outcome: .accepted(providerID: "9^0")),
        ])
    func whole(_ whole: Whole) async throws {
        let calls = Calls(most: 2, HeldWait()) { _ in .whole(whole.outcome) }
        async let first = calls.send(message("a", to: "13800000001"))
        async let second = calls.send(message("b", to: "13800000002"))
        let outcomes = try await [first, second]
        #expect(calls.together.withLock { $0.count } == 1)
        #expect(calls.alone.withLock { $0.sorted() } == (whole.isRepeated ? ["a", "b"] : []))
        #expect(
            outcomes
                == (whole.isRepeated
                    ? [.accepted(providerID: "alone a"), .accepted(providerID: "alone b")]
                    : [whole.outcome, whole.outcome]))
    }

    @Test("that an answer leaves out may have been taken")
    func short() async throws {
        let calls = Calls(most: 2, HeldWait()) { _ in .each([.accepted(providerID: "1")]) }
        async let first = calls.send(message("a", to: "13800000001"))
        async let second = calls.send(message("b", to: "13800000002"))
        let outcomes = try await [first, second]
        #expect(outcomes.contains(.accepted(providerID: "1")))
        #expect(outcomes.contains(.unknown(code: "missing_in_answer")))
    }

    @Test("were not sent where the daemon ends while they wait, and none waits any more then")
    func stopped() async throws {
        let calls = Calls(most: 10, HeldWait())
        async let first = calls.send(message("a", to: "13800000001"))
        async let second = calls.send(message("b", to: "13800000002"))
        calls.collector.close()
        let unsent = SendOutcome.notSent(code: "shut_down", retryAfter: nil)
        #expect(try await [first, second] == [unsent, unsent])
        #expect(try await calls.send(message("c")) == unsent)
        #expect(calls.together.withLock { $0 } == [] && calls.alone.withLock { $0 } == [])
    }

    @Test("that are withdrawn while they wait were not sent, and their company waits on")
    func withdrawn() async throws {
        let calls = Calls(most: 2, HeldWait())
        let gone = Task { try await calls.send(message("a", to: "13800000001")) }
        gone.cancel()
        #expect(try await gone.value == .notSent(code: "cancelled", retryAfter: nil))
        async let first = calls.send(message("b", to: "13800000002"))
        async let second = calls.send(message("c", to: "13800000003"))
        #expect(try await [first, second] == [.accepted(providerID: "b"), .accepted(providerID: "c")])
        #expect(calls.together.withLock { $0 } == [["b", "c"]])
    }

    @Test("that have left with others are waited for, whoever withdraws one of them")
    func underWay() async throws {
        let held = HeldWait()
        let calls = Calls(most: 2, HeldWait()) { messages in
            await held.wait(.zero)
            return .each(messages.map { _ in .accepted(providerID: Task.isCancelled ? "cancelled" : "1") })
        }
        let first = Task { try await calls.send(message("a", to: "13800000001")) }
        let second = Task { try await calls.send(message("b", to: "13800000002")) }
        await calls.made(1)
        first.cancel()
        held.elapse()
        #expect(try await first.value == .accepted(providerID: "1"))
        #expect(try await second.value == .accepted(providerID: "1"))
    }

    @Test("withdraw their call once nobody waits for any of them")
    func allWithdrawn() async throws {
        let calls = Calls(most: 2, HeldWait()) { _ in
            while !Task.isCancelled { await Task.yield() }
            return .whole(.notSent(code: "cancelled", retryAfter: nil))
        }
        let first = Task { try await calls.send(message("a", to: "13800000001")) }
        let second = Task { try await calls.send(message("b", to: "13800000002")) }
        await calls.made(1)
        first.cancel()
        second.cancel()
        #expect(try await first.value == .notSent(code: "cancelled", retryAfter: nil))
        #expect(try await second.value == .notSent(code: "cancelled", retryAfter: nil))
    }
}
