import Channels
import Daemon
import Kit
import Rules
import Store
import Testing

/// The dispatcher and the day's budget: three messages of five fit.
@Suite("The dispatcher and the day's budget")
struct BudgetDayTests {
    private static let settings = "prices: {sms_segment: 0.05}\nbudget: {sms: {per_day: 0.15}}\n"

    private func bench(members: Int = 5) async throws -> Bench {
        let bench = try Bench(members: members, settings: BudgetDayTests.settings, late: "40h")
        try await bench.decide()
        return bench
    }

    @Test("what does not fit waits for midnight; it is told once, and shown while it lasts")
    func midnight() async throws {
        let bench = try await bench()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 3)
        #expect(try await bench.states() == ["accepted": 3, "pending": 2])
        for time in ["2026-03-10 11:00:10", "2026-03-10 18:00", "2026-03-10 23:59:59"] {
            #expect(try await bench.dispatch(dispatcher, time) == 0)
            let now = try bench.world.instant(time)
            #expect(try await dispatcher.obstacles(at: now) == "budget of sms for today used up")
        }
        #expect(bench.sink.all.count { $0.contains("budget for today used up") } == 1)
        #expect(try await bench.dispatch(dispatcher, "2026-03-11 00:00") == 2)
        #expect(try await dispatcher.obstacles(at: try bench.world.instant("2026-03-11 00:00")) == nil)
        #expect(try await bench.states() == ["accepted": 5])
        #expect(try bench.broken() == [])
    }

    @Test("a budget that is raised while it runs lets more leave; one that is lowered lets none")
    func reloaded() async throws {
        let bench = try await bench()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 3)
        try await bench.reload(BudgetDayTests.settings.replacing("0.15", with: "0.1"), at: "2026-03-10 11:01")
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:01") == 0)
        #expect(try bench.broken() == [])
        try await bench.reload(BudgetDayTests.settings.replacing("0.15", with: "0.2"), at: "2026-03-10 11:02")
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:02") == 1)
        try await bench.reload("prices: {sms_segment: 0.05}\n", at: "2026-03-10 11:03")
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:03") == 1)
        #expect(try await bench.states() == ["accepted": 5])
        #expect(try bench.broken() == [])
    }

    @Test("a refusal makes room for the next one, until the money is spent")
    func refused() async throws {
        let bench = try await bench()
        let channel = ScriptedChannel { $0.to == "13800001001" ? .rejected(code: "x") : .accepted(providerID: nil) }
        let dispatcher = try await bench.dispatcher(channel)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 4)
        #expect(try await bench.states() == ["accepted": 3, "rejected": 1, "pending": 1])
        #expect(try bench.broken() == [])
    }

    @Test("money spent on unclear messages is spent")
    func unclear() async throws {
        let bench = try await bench()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .unknown(code: "timeout")))
        var left = 0
        for second in stride(from: 0, through: 50, by: 10) {
            left += try await bench.dispatch(
                dispatcher, "2026-03-10 11:0\(second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60)")
        }
        #expect(left == 3)
        #expect(try bench.broken() == [])
    }

    @Test("one address gets what the channel allows, and the rest waits")
    func recipients() async throws {
        let bench = try Bench(members: 3, late: "40h")
        try await bench.sql(
            "UPDATE members SET phone = '13800001001'; INSERT INTO shared_addresses SELECT id, 'phone', x'01', 0 FROM members"
        )
        try await bench.decide()
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let dispatcher = Dispatcher(
            store: bench.store, rules: bench.rules, clock: bench.clock, channels: ["sms": channel],
            recipientLimits: ["sms": [CountLimit(times: 1, window: Span(12, .hours))]],
            recovery: try await bench.store.recoverOutbox(at: bench.start), maxInFlight: 10,
            board: StatusBoard(Notifier(environment: [:])), log: bench.sink.logger())
        var left: [Int] = []
        for time in ["2026-03-10 11:00", "2026-03-10 22:59", "2026-03-10 23:00", "2026-03-11 11:00"] {
            left.append(try await bench.dispatch(dispatcher, time))
        }
        #expect(left == [1, 0, 1, 1])
    }
}
