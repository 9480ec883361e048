import Kit
import Rules
import Testing

@testable import Store

@Suite struct OperatorActTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// What the channel said; nil: it was not asked yet.
        var outcome: AttemptResult.Outcome?
        var act: OperatorAct
        /// Afterwards, by delivery; nil: left alone, for this reason.
        var states: [String]?
        var left: OperatorAct.Reason?
    }

    private static let later = Instant(micros: 1_773_115_200_000_000)

    @Test(
        "What an operator does to a delivery, by its state",
        arguments: [
            Case(testDescription: "cancel what is owed", act: .cancel, states: ["sms cancelled"]),
            Case(
                testDescription: "cancel what waits for another try",
                outcome: .notSent(code: "dns", retryAt: later, counts: true), act: .cancel, states: ["sms cancelled"]),
            Case(
                testDescription: "close what is unclear", outcome: .unknown(code: "timeout"), act: .cancel,
                states: ["sms unknown_closed"]),
            Case(
                testDescription: "what was accepted stays", outcome: .accepted(providerID: nil), act: .cancel,
                left: .ended),
            Case(
                testDescription: "another try at once", outcome: .notSent(code: "dns", retryAt: later, counts: true),
                act: .retry(notArrived: false), states: ["sms retry_wait"]),
            Case(
                testDescription: "refused: owed anew", outcome: .rejected(code: "bad"),
                act: .retry(notArrived: false), states: ["sms rejected", "sms pending"]),
            Case(
                testDescription: "unclear, and nobody vouches", outcome: .unknown(code: "timeout"),
                act: .retry(notArrived: false), left: .unclear),
            Case(
                testDescription: "unclear, and the provider does not have it", outcome: .unknown(code: "timeout"),
                act: .retry(notArrived: true), states: ["sms retry_wait"]),
            Case(
                testDescription: "what was accepted is never sent again", outcome: .accepted(providerID: nil),
                act: .retry(notArrived: true), left: .ended),
            Case(
                testDescription: "owed already", act: .retry(notArrived: true), left: .owedAlready),
        ])
    func acts(example: Case) async throws {
        let desk = try await OutboxDesk()
        let time = "2026-03-10 11:00"
        let now = try desk.world.instant(time)
        if let outcome = example.outcome {
            try await desk.finish(try await desk.depart(at: time), outcome, at: time)
        }
        let before = try await desk.states()
        let trial = try desk.store.preview(example.act, DeliveryFilter(), at: now)
        #expect(try await desk.states() == before)
        let tally = try desk.store.perform(example.act, DeliveryFilter(), at: now)
        #expect(tally == trial)
        #expect(tally.done == (example.states == nil ? 0 : 1))
        #expect(tally.left == (example.left.map { [$0: 1] } ?? [:]))
        #expect(try await desk.states() == example.states ?? before)
        #expect(try desk.broken() == [])
        if case .retry = example.act, example.states != nil {
            #expect(try await desk.depart(at: "2026-03-10 11:01").count == 1)
            #expect(try desk.broken(atRest: false) == [])
        }
    }

    @Test("What is past its time is not tried again, and what was owed anew is not owed twice")
    func bounds() async throws {
        let desk = try await OutboxDesk()
        let time = "2026-03-10 11:00"
        try await desk.finish(try await desk.depart(at: time), .rejected(code: "bad"), at: time)
        let retry = OperatorAct.retry(notArrived: false)
        #expect(
            try desk.store.perform(retry, DeliveryFilter(), at: desk.world.instant("2027-03-10 11:00")).left == [
                .tooLate: 1
            ])
        let now = try desk.world.instant(time)
        #expect(try desk.store.perform(retry, DeliveryFilter(), at: now).done == 1)
        #expect(try desk.store.perform(retry, DeliveryFilter(), at: now).left == [.arrived: 1, .owedAlready: 1])
    }

    struct Choice: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var choose: @Sendable (inout DeliveryFilter, OutboxDesk) throws -> Void
        var members: [String]
    }

    @Test(
        "Deliveries are chosen by rule, member, channel, state, time and code",
        arguments: [
            Choice(testDescription: "all", choose: { _, _ in }, members: ["a", "b", "c"]),
            Choice(testDescription: "rule", choose: { filter, _ in filter.rule = "other" }, members: []),
            Choice(testDescription: "member", choose: { filter, _ in filter.member = "b" }, members: ["b"]),
            Choice(testDescription: "channel", choose: { filter, _ in filter.channel = "wechat" }, members: []),
            Choice(
                testDescription: "states", choose: { filter, _ in filter.states = [.rejected, .unknown] },
                members: ["a", "b"]),
            Choice(testDescription: "code", choose: { filter, _ in filter.code = "timeout" }, members: ["b"]),
            Choice(
                testDescription: "before", choose: { $0.before = try $1.world.instant("2026-03-10 11:00") },
                members: []),
            Choice(
                testDescription: "since", choose: { $0.since = try $1.world.instant("2026-03-10 11:00") },
                members: ["a", "b", "c"]),
        ])
    func filters(choice: Choice) async throws {
        let desk = try await OutboxDesk(members: ["a", "b", "c"].map { OutboxDesk.member($0) }.joined())
        let time = "2026-03-10 11:00"
        let intents = try await desk.intend(try await desk.claim(at: time, limit: 2), at: time)
        for (intent, outcome) in zip(
            intents, [.rejected(code: "bad"), .unknown(code: "timeout")] as [AttemptResult.Outcome])
        {
            try await desk.finish([intent], outcome, at: time)
        }
        var filter = DeliveryFilter()
        try choice.choose(&filter, desk)
        var found: [String] = []
        try desk.store.deliveries(filter) { found.append($0.member) }
        #expect(found == choice.members)
    }

    @Test("One delivery is shown with its attempts and changes, its address masked")
    func show() async throws {
        let desk = try await OutboxDesk()
        let intent = try #require(try await desk.depart(at: "2026-03-10 11:00").first)
        try await desk.finish([intent], .unknown(code: "timeout"), at: "2026-03-10 11:00")
        let detail = try #require(try desk.store.delivery(intent.reference))
        #expect(detail.address == "138****0001" && detail.listing.id == intent.delivery)
        #expect(detail.attempts.map(\.code) == ["timeout"])
        #expect(detail.changes.map(\.to) == ["pending", "claimed", "sending", "unknown"])
        #expect(try desk.store.delivery("99") == nil)
    }
}
