import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

/// How many messages one address gets by a channel, whoever has it and whatever they are for.
@Suite("Limits of a channel for one recipient")
struct RecipientLimitTests {
    private static let rules = """
          - {id: thanks, name: 谢谢, status: live, owner: crm, purpose: PURPOSE, when: {event: {name: order.paid, after: 1h}},
             if_late: {send_within: 30h},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
        """

    /// Two members, each with an order; all is decided at 11:00 on 11 March.
    private func desk(phones: [String], days: [Int], purpose: String = "service") async throws -> OutboxDesk {
        let members = zip(phones, days).enumerated().map { number, member in
            """
              m\(number): {display_name: 林小姐, phone: "\(member.0)", consent: {sms: granted},
                orders: [{id: o\(number), paid_at: "2026-03-\(member.1) 10:00", total: 10}]}

            """
        }
        let desk = try await OutboxDesk(
            settings: "version: 1\nquiet_hours: none\nservice_owners: [crm]",
            rules: RecipientLimitTests.rules.replacing("PURPOSE", with: purpose), members: members.joined())
        _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-11 11:00"))
        #expect(try await desk.states().count == phones.count)
        return desk
    }

    private func depart(_ desk: OutboxDesk, _ limits: [CountLimit], at time: String) async throws -> [Intent] {
        try await desk.store.intend(
            try await desk.claim(at: time), under: desk.prepared, epoch: desk.epoch,
            terms: ["sms": ChannelTerms(recipientLimits: limits)], at: try desk.world.instant(time))
    }

    private static let once = [CountLimit(times: 1, window: Span(24, .hours))]
    private static let daily = [CountLimit(times: 1, window: Span(1, .days))]

    @Test(
        "the second message to an address waits until the first has left the window, of either purpose",
        arguments: [
            ("marketing", once, "2026-03-12 11:00"), ("service", once, "2026-03-12 11:00"),
            ("service", daily, "2026-03-12 00:00"),
        ])
    func waits(purpose: String, limits: [CountLimit], until: String) async throws {
        let desk = try await desk(phones: ["13800000001", "+8613800000001"], days: [11, 11], purpose: purpose)
        #expect(try await depart(desk, limits, at: "2026-03-11 11:00").count == 1)
        #expect(try await desk.states().sorted() == ["sms pending", "sms sending"])
        let early = try desk.world.instant(until).adding(micros: -1_000_000)
        #expect(
            try await desk.store.claim(
                ClaimRequest(places: ["sms": 10], limit: 10, epoch: desk.epoch), at: early
            ).claimed.isEmpty)
        #expect(try await depart(desk, limits, at: until).count == 1)
        #expect(try await desk.causes(2).contains("per_recipient"))
        #expect(try desk.broken(atRest: false, at: "2026-03-12 12:00") == [])
    }

    @Test("other addresses, other channels and no limit do not wait")
    func others() async throws {
        let two = try await desk(phones: ["13800000001", "13800000002"], days: [11, 11])
        #expect(try await depart(two, RecipientLimitTests.once, at: "2026-03-11 11:00").count == 2)
        let free = try await desk(phones: ["13800000001", "13800000001"], days: [11, 11])
        #expect(try await depart(free, [], at: "2026-03-11 11:00").count == 2)
        let more = try await desk(phones: ["13800000001", "13800000001"], days: [11, 11])
        #expect(
            try await depart(more, [CountLimit(times: 2, window: Span(1, .days))], at: "2026-03-11 11:00").count == 2)
    }

    struct Answer: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var outcome: AttemptResult.Outcome
        var leaves: Bool
    }

    @Test(
        "what was or may have been taken counts; what was not does not",
        arguments: [
            Answer(testDescription: "accepted", outcome: .accepted(providerID: nil), leaves: false),
            Answer(testDescription: "unknown", outcome: .unknown(code: "timeout"), leaves: false),
            Answer(testDescription: "rejected", outcome: .rejected(code: "x"), leaves: true),
        ])
    func answers(answer: Answer) async throws {
        let desk = try await desk(phones: ["13800000001", "13800000001"], days: [10, 11])
        let claimed = try await desk.claim(at: "2026-03-11 11:00", limit: 1)
        let first = try await desk.intend(claimed, at: "2026-03-11 11:00")
        try #require(first.count == 1)
        try await desk.finish(first, answer.outcome, at: "2026-03-11 11:00:02")
        #expect(try await depart(desk, RecipientLimitTests.once, at: "2026-03-11 11:05").isEmpty != answer.leaves)
    }

    @Test("a repetition of an unclear try is not held up by the try itself")
    func repetition() async throws {
        let desk = try await desk(phones: ["13800000001"], days: [11])
        try await desk.sql("UPDATE deliveries SET policy = 'resend'")
        let first = try await depart(desk, RecipientLimitTests.once, at: "2026-03-11 11:00")
        try await desk.finish(first, .unknown(code: "timeout"), at: "2026-03-11 11:00:02")
        #expect(try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-11 11:11"), maxResends: 1) == 1)
        #expect(try await depart(desk, RecipientLimitTests.once, at: "2026-03-11 11:11").count == 1)
    }

    @Test("what waits longer than it may expires at its `send_by`, not later")
    func expires() async throws {
        let desk = try await desk(phones: ["13800000001", "13800000001"], days: [11, 11])
        let week = [CountLimit(times: 1, window: Span(7, .days))]
        #expect(try await depart(desk, week, at: "2026-03-11 11:00").count == 1)
        #expect(try await desk.claim(at: "2026-03-12 16:59").isEmpty)
        #expect(try await desk.states().contains("sms pending"))
        #expect(try await desk.claim(at: "2026-03-12 17:00").isEmpty)
        #expect(try await desk.states().sorted() == ["sms expired", "sms sending"])
    }
}
