import Channels
import Daemon
import Kit
import Policies
import Rules
import Store
import Testing

/// Reconciliation by asking, over virtual days: faults 44, 45 and 66 of the fault matrix.
@Suite("Asking providers what became of messages")
struct ProviderQueryTests {
    private struct Desk {
        let bench: Bench
        let dispatcher: Dispatcher
        let queries: ProviderQueries
        let channel: ScriptedChannel

        /// The messages of `members` members are handed over at 11:00.
        init(
            members: Int = 1, answer: SendOutcome, start: String = "2026-03-10 10:30",
            asked: (@Sendable (SentReference) -> QueryAnswer)?
        ) async throws {
            bench = try Bench(members: members)
            try await bench.decide()
            channel = ScriptedChannel(asked: asked) { _ in answer }
            dispatcher = try await bench.dispatcher(channel)
            queries = ProviderQueries(
                store: bench.store, rules: bench.rules, clock: bench.clock, channels: ["sms": channel],
                meter: OutboxMeter(), log: bench.sink.logger())
            #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == members)
        }

        func ask(_ time: String) async throws -> Int {
            let now = try bench.world.instant(time)
            return try await queries.runOnce(at: now, moment: bench.moment(now))
        }

        func sweep(_ time: String) async throws {
            let now = try bench.world.instant(time)
            try await dispatcher.sweep(at: now, moment: bench.moment(now))
        }
    }

    private static func known(_ message: SentReference, _ status: Receipt.Status) -> QueryAnswer {
        .known(
            Receipt(
                reference: message.reference, providerID: message.providerID, address: message.to, status: status,
                code: "X", at: message.sentAt))
    }

    @Test("66: a receipt that was lost is found at the first slot")
    func lostReceipt() async throws {
        let desk = try await Desk(members: 3, answer: .accepted(providerID: nil)) {
            ProviderQueryTests.known($0, .delivered)
        }
        #expect(try await desk.ask("2026-03-10 11:01:59") == 0)
        #expect(try await desk.ask("2026-03-10 11:02") == 3)
        #expect(try await desk.bench.states() == ["delivered": 3])
        #expect(try await desk.ask("2026-03-13 11:02") == 0)
        #expect(desk.channel.questions.map(\.reference).sorted() == desk.channel.messages.map(\.reference).sorted())
        #expect(
            desk.channel.questions.map(\.to).sorted { $0 ?? "" < $1 ?? "" } == [
                "13800001001", "13800001002", "13800001003",
            ])
        #expect(try desk.bench.broken() == [])
    }

    @Test("44: an unclear message that the provider has is accepted, and nothing is sent again")
    func found() async throws {
        let desk = try await Desk(answer: .unknown(code: "timeout")) { ProviderQueryTests.known($0, .sent) }
        #expect(try await desk.bench.states() == ["unknown": 1])
        #expect(try await desk.ask("2026-03-10 11:02") == 1)
        #expect(try await desk.bench.states() == ["accepted": 1])
        try await desk.sweep("2026-03-14 11:00")
        #expect(try await desk.bench.states() == ["accepted": 1])
        #expect(desk.channel.messages.count == 1)
        #expect(try desk.bench.broken() == [])
    }

    @Test("45: what the provider does not have is asked about at every slot, and closed after 72 hours")
    func absent() async throws {
        let desk = try await Desk(answer: .unknown(code: "timeout")) { _ in .absent }
        let slots = [
            "2026-03-10 11:02", "2026-03-10 11:10", "2026-03-10 12:00", "2026-03-10 17:00", "2026-03-11 11:00",
            "2026-03-12 11:00", "2026-03-13 11:00",
        ]
        for slot in slots {
            let early = try desk.bench.world.instant(slot).adding(micros: -1_000_000)
            #expect(try await desk.queries.runOnce(at: early, moment: desk.bench.moment(early)) == 0, "before \(slot)")
            #expect(try await desk.ask(slot) == 1, "\(slot)")
            #expect(try await desk.ask(slot) == 0, "again at \(slot)")
            try await desk.sweep(slot.replacing("11:00", with: "10:59"))
            #expect(try await desk.bench.states() == ["unknown": 1], "\(slot)")
        }
        try await desk.sweep("2026-03-13 11:01")
        #expect(try await desk.bench.states() == ["unknown_closed": 1])
        #expect(try await desk.ask("2026-03-20 11:00") == 0)
        #expect(desk.channel.messages.count == 1)
    }

    @Test("a daemon that was down asks once for the slots that it missed, then at the next one")
    func missedSlots() async throws {
        let desk = try await Desk(answer: .accepted(providerID: nil)) { _ in .unanswered(code: "timeout") }
        #expect(try await desk.ask("2026-03-10 18:00") == 1)
        #expect(try await desk.ask("2026-03-11 10:59") == 0)
        #expect(try await desk.ask("2026-03-11 11:00") == 1)
        #expect(desk.bench.sink.all.count { $0.contains("does not say what became") } == 1, "it is told once")
        #expect(try await desk.bench.states() == ["accepted": 1])
    }

    @Test("a provider is asked no faster than its schedule says, and about the oldest first")
    func rate() async throws {
        let desk = try await Desk(members: 50, answer: .accepted(providerID: nil)) {
            ProviderQueryTests.known($0, .delivered)
        }
        var asked: [Int] = []
        for second in 0...3 { asked.append(try await desk.ask("2026-03-10 11:02:0\(second)")) }
        #expect(asked == [20, 20, 10, 0])
    }

    @Test("a channel that cannot be asked is not, and what became of its messages stays open")
    func cannotBeAsked() async throws {
        let desk = try await Desk(answer: .accepted(providerID: nil), asked: nil)
        #expect(try await desk.ask("2026-03-12 11:00") == 0)
        #expect(try await desk.bench.states() == ["accepted": 1])
    }

    @Test("nothing of a number is told")
    func privacy() async throws {
        let desk = try await Desk(answer: .accepted(providerID: nil)) { _ in .unanswered(code: "http_500") }
        _ = try await desk.ask("2026-03-10 11:02")
        #expect(desk.bench.sink.all.contains { $0.contains("http_500") })
        #expect(!desk.bench.sink.all.joined().contains("1380000"))
    }
}
