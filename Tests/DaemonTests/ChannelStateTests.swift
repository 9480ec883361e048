import Channels
import Kit
import Store
import Testing

@testable import Daemon

@Suite("What is written down of channels")
struct ChannelStateTests {
    private func state(_ bench: Bench) throws -> ChannelState? { try bench.store.channelStates().first }

    @Test("an accept and a refusal stand in the store with their time and code")
    func said() async throws {
        let bench = try Bench(members: 2)
        try await bench.decide()
        #expect(try state(bench) == nil)
        let works = Toggle()
        let channel = ScriptedChannel { _ in
            works.isOn ? .accepted(providerID: nil) : .rejected(code: "bad_address")
        }
        let dispatcher = try await bench.dispatcher(channel)
        _ = try await bench.round(dispatcher, "2026-03-10 11:00")
        works.turnOn()
        _ = try await bench.round(dispatcher, "2026-03-10 11:00:02")
        let state = try #require(try state(bench))
        #expect(state.channel == "sms" && state.standing == .ready && state.refusedCode == "bad_address")
        #expect(state.refusedAt == (try bench.world.instant("2026-03-10 11:00")))
        #expect(state.acceptedAt == (try bench.world.instant("2026-03-10 11:00:02")))
    }

    @Test(
        "a misconfigured channel is written down at once, and ready again when an operator says so: its next message is tried"
    )
    func retry() async throws {
        let bench = try Bench(members: 4)
        try await bench.decide()
        let works = Toggle()
        let channel = ScriptedChannel { _ in works.isOn ? .accepted(providerID: nil) : .misconfigured(code: "auth") }
        let dispatcher = try await bench.dispatcher(channel, maxInFlight: 1)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 1)
        let closed = try #require(try state(bench))
        #expect(closed.standing == .misconfigured && closed.refusedCode == "auth")
        #expect(closed.until == (try bench.world.instant("2026-03-10 11:00:30")))
        works.turnOn()
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:01") == 0)
        try bench.store.askForRetry(of: "sms", at: try bench.world.instant("2026-03-10 11:00:02"))
        #expect(try bench.store.awaitsRetry(of: "sms"))
        // The refused one comes back when its own pause is over.
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:02") >= 3)
        #expect(try !bench.store.awaitsRetry(of: "sms"))
        let open = try #require(try state(bench))
        #expect(open.standing == .ready && open.until == nil && open.refusedCode == "auth")
        #expect(bench.sink.all.count { $0.contains("an operator asked for it") } == 1)
        #expect(try bench.broken() == [])
    }

    @Test("a daemon that starts finds every channel ready, and no old wish")
    func start() async throws {
        let bench = try Bench()
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .misconfigured(code: "auth")))
        _ = try await bench.dispatch(dispatcher, "2026-03-10 11:00")
        try bench.store.askForRetry(of: "sms", at: bench.start)
        _ = try await bench.store.recoverOutbox(at: bench.start)
        #expect(try state(bench)?.standing == .ready)
        #expect(try !bench.store.awaitsRetry(of: "sms"))
    }

    @Test("a new standing is due at once, anything else a second after the last row")
    func pace() throws {
        var journal = ChannelJournal()
        var gate = ChannelGate(perSecond: nil)
        let moment = ContinuousClock.now
        func at(_ milliseconds: Int64) -> Instant { Instant(micros: 1_795_334_400_000_000 + milliseconds * 1000) }
        func note(_ outcome: SendOutcome, _ milliseconds: Int64) {
            let later = moment.advanced(by: .milliseconds(milliseconds))
            gate.admit(at: later).map { _ = gate.record(outcome, $0, at: later) }
            journal.note(outcome, of: "sms", gate, at: (at(milliseconds), later))
        }
        func written(_ milliseconds: Int64) -> [ChannelState.Standing] {
            let rows = journal.due(at: at(milliseconds))
            journal.wrote(rows)
            return rows.map(\.standing)
        }
        note(.accepted(providerID: nil), 0)
        #expect(written(0) == [.ready] && written(0) == [])
        note(.accepted(providerID: nil), 500)
        #expect(written(500) == [] && written(1000) == [.ready] && written(5000) == [])
        note(.throttled(code: "quota", retryAfter: .seconds(60)), 5100)
        #expect(written(5100) == [.throttled])
    }
}
