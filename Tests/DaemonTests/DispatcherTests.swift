import Channels
import Daemon
import Rules
import Store
import Testing

@Suite struct DispatcherTests {
    @Test("What is due is sent once and the answer is on disk")
    func sends() async throws {
        let bench = try Bench(members: 3)
        try await bench.decide()
        let channel = ScriptedChannel(always: .accepted(providerID: "p"))
        let dispatcher = try await bench.dispatcher(channel)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 3)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 0)
        #expect(Set(channel.messages.map(\.to)) == ["13800001001", "13800001002", "13800001003"])
        #expect(Set(channel.messages.map(\.reference)).count == 3)
        #expect(try await bench.states() == ["accepted": 3])
        #expect(try bench.broken() == [])
    }

    @Test("The intent is on disk before the channel sees the message")
    func intentFirst() async throws {
        let bench = try Bench()
        try await bench.decide()
        let store = bench.store
        let channel = ScriptedChannel { message in
            let seen = try? await store.writer.read { db in
                try
                    (db.value(
                        """
                        SELECT d.state || ' ' || (a.outcome IS NULL) FROM attempts a JOIN deliveries d ON d.id = a.delivery
                        WHERE a.reference = ?
                        """, [message.reference]) as String?)
            }
            return seen == "sending 1" ? .accepted(providerID: nil) : .rejected(code: "no_intent")
        }
        _ = try await bench.dispatch(try await bench.dispatcher(channel), "2026-03-10 11:00")
        #expect(try await bench.states() == ["accepted": 1])
    }

    struct Answer: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var outcome: SendOutcome
        var state: String
    }

    @Test(
        "Each outcome of a channel has its state",
        arguments: [
            Answer(testDescription: "accepted", outcome: .accepted(providerID: nil), state: "accepted"),
            Answer(testDescription: "rejected", outcome: .rejected(code: "bad_address"), state: "rejected"),
            Answer(testDescription: "not sent", outcome: .notSent(code: "dns", retryAfter: nil), state: "retry_wait"),
            Answer(testDescription: "misconfigured", outcome: .misconfigured(code: "auth"), state: "retry_wait"),
            Answer(testDescription: "unknown", outcome: .unknown(code: "timeout"), state: "unknown"),
        ])
    func outcomes(answer: Answer) async throws {
        let bench = try Bench()
        try await bench.decide()
        _ = try await bench.dispatch(
            try await bench.dispatcher(ScriptedChannel(always: answer.outcome)), "2026-03-10 11:00")
        #expect(try await bench.states() == [answer.state: 1])
        #expect(try bench.broken() == [])
    }

    @Test("No more than `max_inflight` are under way at once")
    func inFlight() async throws {
        let bench = try Bench(members: 6)
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)), maxInFlight: 2)
        let now = try bench.world.instant("2026-03-10 11:00")
        #expect(try await bench.round(dispatcher, "2026-03-10 11:00").count == 1)
        let first = try await dispatcher.step(at: now, moment: bench.moment(now))
        #expect(first.count == 2)
        #expect(try await dispatcher.step(at: now, moment: bench.moment(now)).isEmpty)
        await dispatcher.send(first[0], answeredAt: { (now, bench.moment(now)) })
        let second = try await dispatcher.step(at: now, moment: bench.moment(now))
        #expect(second.count == 1)
        #expect(await dispatcher.isIdle == false)
        for flight in [first[1], second[0]] { await dispatcher.send(flight, answeredAt: { (now, bench.moment(now)) }) }
        await dispatcher.settle(at: now)
        #expect(await dispatcher.isIdle)
    }

    @Test("A channel that hangs leaves room for the others")
    func fairness() async throws {
        let bench = try Bench(members: 16)
        try await bench.decide()
        try await bench.sql("UPDATE deliveries SET channel = 'log', send_by = send_by + 1 WHERE id > 12")
        try await bench.sql(
            "INSERT INTO consents (member, channel, purpose, at, state, source, seq) SELECT member, 'log', 'marketing', 0, 'granted', NULL, 0 FROM v_deliveries"
        )
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let dispatcher = Dispatcher(
            store: bench.store, rules: bench.rules, clock: bench.clock, channels: ["sms": channel, "log": channel],
            recovery: try await bench.store.recoverOutbox(at: bench.start), maxInFlight: 4,
            board: StatusBoard(Notifier(environment: [:])), log: bench.sink.logger())
        // Until the channels have earned more than the dispatcher has room for.
        for expected in [["log", "sms"], ["log", "log", "sms", "sms"], ["log", "sms", "sms", "sms"]] {
            #expect(try await bench.round(dispatcher, "2026-03-10 11:00").map(\.intent.channel).sorted() == expected)
        }
    }

    @Test("A channel's rate spreads what is due", arguments: [(2.0, nil), (nil, 120)] as [(Double?, Int?)])
    func rate(perSecond: Double?, perMinute: Int?) async throws {
        let bench = try Bench(members: 5, perMinute: perMinute)
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(
            ScriptedChannel(always: .accepted(providerID: nil)), perSecond: perSecond)
        var sent: [Int] = []
        for second in 0...3 { sent.append(try await bench.dispatch(dispatcher, "2026-03-10 11:00:0\(second)")) }
        #expect(sent == [2, 2, 1, 0])
    }

    @Test("A misconfigured channel is closed at the first sign, said once, and nothing is lost")
    func misconfigured() async throws {
        let bench = try Bench(members: 4)
        try await bench.decide()
        let channel = ScriptedChannel(always: .misconfigured(code: "auth"))
        let dispatcher = try await bench.dispatcher(channel, maxInFlight: 1)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 1)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:10") == 0)
        // After the rest one message asks again.
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:01") == 1)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:01") == 0)
        #expect(bench.sink.all.count { $0.contains("misconfigured: nothing is sent") } == 1)
        let states = try await bench.states()
        #expect((states["pending"] ?? 0) + (states["retry_wait"] ?? 0) == 4)
        #expect(try bench.broken() == [])
    }

    @Test("A channel that keeps failing is left alone, then asked with one message, then open again")
    func breaker() async throws {
        let bench = try Bench(members: 8)
        try await bench.decide()
        let works = Toggle()
        let channel = ScriptedChannel { _ in
            works.isOn ? .accepted(providerID: nil) : .notSent(code: "refused", retryAfter: nil)
        }
        let dispatcher = try await bench.dispatcher(channel)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 5)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:01") == 0)
        works.turnOn()
        for (second, count) in [(31, 1), (31, 1), (32, 2)] {
            #expect(try await bench.round(dispatcher, "2026-03-10 11:00:\(second)").count == count)
        }
        #expect(bench.sink.all.count { $0.contains("keeps failing") } == 1)
        #expect(bench.sink.all.count { $0.contains("works again") } == 1)
    }

    @Test("An answer that cannot be written is kept and written later, without a second message")
    func outcomeLater() async throws {
        let bench = try Bench()
        try await bench.decide()
        try await bench.sql(
            "CREATE TRIGGER full BEFORE UPDATE ON attempts BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let dispatcher = try await bench.dispatcher(channel)
        await #expect(throws: (any Error).self) { try await bench.dispatch(dispatcher, "2026-03-10 11:00") }
        #expect(try await bench.states() == ["sending": 1])
        try await bench.sql("DROP TRIGGER full")
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:01") == 0)
        #expect(try await bench.states() == ["accepted": 1])
        #expect(channel.messages.count == 1)
    }

    @Test("Without a durable intent nothing leaves, and the claim is let go")
    func noIntentNoSend() async throws {
        let bench = try Bench()
        try await bench.decide()
        try await bench.sql(
            "CREATE TRIGGER full BEFORE INSERT ON attempts BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let dispatcher = try await bench.dispatcher(channel)
        await #expect(throws: (any Error).self) { try await bench.dispatch(dispatcher, "2026-03-10 11:00") }
        #expect(channel.messages.isEmpty)
        try await bench.sql("DROP TRIGGER full")
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:01") == 1)
        #expect(try await bench.states() == ["accepted": 1])
        #expect(try bench.broken() == [])
    }

    @Test("The log names members and deliveries, never a number or a text")
    func privacy() async throws {
        let bench = try Bench(members: 2)
        try await bench.decide()
        let channel = ScriptedChannel(always: .unknown(code: "timeout"))
        _ = try await bench.dispatch(try await bench.dispatcher(channel), "2026-03-10 11:00")
        let log = bench.sink.all.joined()
        #expect(log.contains("\"member\":\"m1\"") && log.contains("unknown timeout"))
        #expect(!log.contains("1380000") && !log.contains("林"))
    }
}
