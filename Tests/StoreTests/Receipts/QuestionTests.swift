import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

@Suite("Questions to providers")
struct QuestionTests {
    /// One message handed over at 11:00 on a channel that can be asked, first after two minutes.
    private func sent(rules: String = OutboxDesk.rule, settings: String = "version: 1") async throws
        -> (OutboxDesk, Intent)
    {
        let desk = try await OutboxDesk(settings: settings, rules: rules)
        return (desk, try await again(desk, at: "2026-03-10 11:00"))
    }

    private func again(_ desk: OutboxDesk, at time: String) async throws -> Intent {
        let claimed = try await desk.claim(at: time)
        let intents = try await desk.store.intend(
            claimed, under: desk.prepared, epoch: desk.epoch, terms: ["sms": ChannelTerms(firstQuery: 120_000_000)],
            at: try desk.world.instant(time))
        return try #require(intents.first)
    }

    private func questions(_ desk: OutboxDesk, _ time: String, channel: String = "sms") async throws -> [Question] {
        try await desk.store.questions(of: channel, at: try desk.world.instant(time), limit: 10)
    }

    private func note(
        _ desk: OutboxDesk, _ question: Question, _ status: Receipt.Status?, at time: String, again: String? = nil
    ) async throws {
        let now = try desk.world.instant(time)
        let receipt = status.map { Receipt(reference: question.reference, status: $0, code: "X", at: now) }
        try await desk.store.note(
            [AnsweredQuestion(question, receipt: receipt, askAgainAt: try again.map { try desk.world.instant($0) })],
            from: ReceiptTests.source, at: now)
    }

    @Test("a message is asked about from its first slot on, once it is taken or unclear, by its own channel")
    func due() async throws {
        for outcome in [AttemptResult.Outcome.accepted(providerID: "p1"), .unknown(code: "timeout")] {
            let (desk, intent) = try await sent()
            #expect(try await questions(desk, "2026-03-10 11:05").isEmpty, "it is still on its way")
            try await desk.finish([intent], outcome, at: "2026-03-10 11:00:02")
            #expect(try await questions(desk, "2026-03-10 11:01:59").isEmpty)
            #expect(try await questions(desk, "2026-03-10 11:02", channel: "wechat").isEmpty)
            let question = try #require(try await questions(desk, "2026-03-10 11:02").first)
            #expect(question.reference == intent.reference && question.address == "13800000001")
            #expect(question.handedOverAt == (try desk.world.instant("2026-03-10 11:00")))
            #expect(!"\(question)\(String(reflecting: question))".contains("13800000001"))
        }
    }

    @Test(
        "what is not on its way is not asked about",
        arguments: [
            AttemptResult.Outcome.rejected(code: "x"),
            .notSent(code: "dns", retryAt: Instant(seconds: 1_773_115_200), counts: true),
        ])
    func ended(outcome: AttemptResult.Outcome) async throws {
        let (desk, intent) = try await sent()
        try await desk.finish([intent], outcome, at: "2026-03-10 11:00:02")
        #expect(try await questions(desk, "2026-03-12 11:00").isEmpty)
    }

    @Test("the answer decides when it is asked next; what is final is not asked again")
    func slots() async throws {
        let (desk, intent) = try await sent()
        try await desk.finish([intent], .accepted(providerID: nil), at: "2026-03-10 11:00:02")
        var question = try #require(try await questions(desk, "2026-03-10 11:02").first)
        try await note(desk, question, nil, at: "2026-03-10 11:02", again: "2026-03-10 11:10")
        #expect(try await questions(desk, "2026-03-10 11:09:59").isEmpty)
        question = try #require(try await questions(desk, "2026-03-10 11:10").first)
        try await note(desk, question, .delivered, at: "2026-03-10 11:10", again: "2026-03-10 12:00")
        #expect(try await desk.states() == ["sms delivered"])
        #expect(try await questions(desk, "2026-03-14 12:00").isEmpty)
        #expect(try desk.broken() == [])
    }

    @Test("without a further slot it is asked no more")
    func last() async throws {
        let (desk, intent) = try await sent()
        try await desk.finish([intent], .accepted(providerID: nil), at: "2026-03-10 11:00:02")
        let question = try #require(try await questions(desk, "2026-03-10 11:02").first)
        try await note(desk, question, nil, at: "2026-03-13 11:02")
        #expect(try await questions(desk, "2026-04-10 11:02").isEmpty)
    }

    @Test("an unclear try that the provider has is accepted, and its later report is taken")
    func found() async throws {
        let (desk, intent) = try await sent()
        try await desk.finish([intent], .unknown(code: "timeout"), at: "2026-03-10 11:00:02")
        let question = try #require(try await questions(desk, "2026-03-10 11:02").first)
        try await note(desk, question, .sent, at: "2026-03-10 11:02", again: "2026-03-10 11:10")
        #expect(try await desk.states() == ["sms accepted"])
        #expect(try await questions(desk, "2026-03-10 11:10").count == 1, "nothing final is known yet")
        #expect(try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-14 11:00"), maxResends: 1) == 0)
        try await note(desk, question, .delivered, at: "2026-03-10 11:10")
        #expect(try await desk.states() == ["sms delivered"])
        #expect(try desk.broken() == [])
    }

    @Test("that it was on its way clears an unclear try also when it was said before the answer was lost")
    func saidBefore() async throws {
        let (desk, intent) = try await sent()
        let sending = ReceiptTests.receipt(.sent, reference: intent.reference)
        let now = try desk.world.instant("2026-03-10 11:00:01")
        _ = try await desk.store.note([.receipt(sending)], from: ReceiptTests.source, at: now)
        #expect(try await desk.states() == ["sms sending"])
        try await desk.finish([intent], .unknown(code: "timeout"), at: "2026-03-10 11:00:20")
        #expect(try await desk.states() == ["sms unknown"])
        _ = try await desk.store.note(
            [.receipt(sending)], from: ReceiptTests.source, at: now.adding(micros: 120_000_000))
        #expect(try await desk.states() == ["sms accepted"])
        #expect(try desk.broken() == [])
    }

    @Test("a try that is to be repeated is not, once the provider has it")
    func notRepeated() async throws {
        let (desk, intent) = try await sent(settings: "version: 1\non_unknown: {marketing: resend}")
        try await desk.finish([intent], .unknown(code: "timeout"), at: "2026-03-10 11:00:02")
        let question = try #require(try await questions(desk, "2026-03-10 11:02").first)
        #expect(try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-10 11:11"), maxResends: 1) == 1)
        #expect(try await questions(desk, "2026-03-10 11:11").isEmpty, "it waits for its repetition")
        try await note(desk, question, .sent, at: "2026-03-10 11:11")
        #expect(try await desk.states() == ["sms accepted"])
        #expect(try await desk.claim(at: "2026-03-10 11:12").isEmpty)
        #expect(try desk.broken() == [])
    }

    @Test("a report that was never sent means a message that came: it does not undo what is final")
    func contradiction() async throws {
        let (desk, intent) = try await sent()
        try await desk.finish([intent], .accepted(providerID: nil), at: "2026-03-10 11:00:02")
        let question = try #require(try await questions(desk, "2026-03-10 11:02").first)
        let now = try desk.world.instant("2026-03-10 11:03")
        _ = try await desk.store.note(
            [.receipt(ReceiptTests.receipt(.delivered, reference: intent.reference))], from: ReceiptTests.source,
            at: now)
        try await note(desk, question, .undelivered, at: "2026-03-10 11:04", again: "2026-03-10 11:10")
        #expect(try await desk.states() == ["sms delivered"])
        #expect(try await questions(desk, "2026-03-10 12:00").isEmpty)
        #expect(try desk.broken() == [])
    }

    @Test("after a crash what was under way is asked about")
    func crash() async throws {
        let (desk, _) = try await sent()
        _ = try await desk.store.recoverOutbox(at: try desk.world.instant("2026-03-10 11:01"))
        #expect(try await desk.states() == ["sms unknown"])
        #expect(try await questions(desk, "2026-03-10 11:02").count == 1)
    }

    @Test("the questions of a channel are one range of an index, whatever else is stored")
    func plan() throws {
        try MemberStore.inMemory().writer.read { db in
            let steps = try db.all(
                """
                EXPLAIN QUERY PLAN SELECT d.id FROM deliveries d INDEXED BY deliveries_asked
                CROSS JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
                WHERE d.channel = 'sms' AND d.ask_at <= 1 AND d.ask_at IS NOT NULL AND d.state IN ('accepted', 'unknown')
                ORDER BY d.ask_at LIMIT 10
                """
            ).map { try $0["detail"] as String }
            #expect(!steps.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }, "\(steps)")
        }
    }
}
