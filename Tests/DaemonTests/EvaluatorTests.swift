import Kit
import Daemon
import Rules
import Store
import Testing

@Suite struct EvaluatorTests {
    @Test("The staged rules come into force, and what is due is decided once")
    func decides() async throws {
        let bench = try Bench(members: 2)
        #expect(try await bench.evaluate("2026-03-10 10:30")?.decided == 0)
        #expect(bench.rules.prepared != nil && bench.rules.staged == nil)
        #expect(try await bench.evaluate("2026-03-10 11:00")?.decided == 2)
        #expect(try await bench.evaluate("2026-03-10 11:00:01")?.decided == 0)
        #expect(bench.sink.all.contains { $0.contains("rule evaluated") && $0.contains("\"due\":\"2\"") })
    }

    @Test("Traces past their time go a slice at a time, once an hour, while decisions are made and stay")
    func trims() async throws {
        let bench = try Bench(members: 2)
        let old = """
            WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
            INSERT INTO traces (id, at, read) SELECT -i, 0, '{}' FROM n
            """
        func traces() async throws -> Int? {
            try await bench.store.writer.read { try ($0.value("SELECT COUNT(*) FROM traces") as Int?) }
        }
        try await bench.sql(old)
        _ = try await bench.evaluate("2026-03-10 10:59:58")
        #expect(try await traces() == 1500)
        _ = try await bench.evaluate("2026-03-10 11:00")
        #expect(try await traces() == 502)
        _ = try await bench.evaluate("2026-03-10 11:00:01")
        #expect(try await traces() == 2)
        try await bench.sql(old)
        _ = try await bench.evaluate("2026-03-10 11:59:59")
        #expect(try await traces() == 2502)
        _ = try await bench.evaluate("2026-03-10 12:00")
        #expect(try await traces() == 1502)
        let decisions = try await bench.store.writer.read {
            try ($0.value("SELECT COUNT(*) FROM decisions WHERE trace IS NOT NULL") as Int?)
        }
        #expect(decisions == 2)
    }

    @Test("A clock that jumps a year holds everything until it is released, and is then taken as it is")
    func jump() async throws {
        let bench = try Bench()
        _ = try await bench.evaluate("2026-03-10 10:30")
        let later = try bench.world.instant("2027-03-10 10:30")
        let halfASecond = bench.moment(bench.start).advanced(by: .milliseconds(500))
        #expect(try await bench.evaluator.runOnce(at: later, moment: halfASecond) == nil)
        #expect(try await bench.evaluator.runOnce(at: later, moment: halfASecond) == nil)
        let held = try await bench.store.clockHold()
        #expect(held.isHeld)
        let decisions = try await bench.store.writer.read {
            try ($0.value("SELECT COUNT(*) FROM decisions") as Int?)
        }
        #expect(decisions == 0)
        #expect(bench.sink.all.count { $0.contains("not to be trusted") } == 1)
        try await bench.sql("DELETE FROM stops")
        #expect(try await bench.evaluator.runOnce(at: later, moment: halfASecond) != nil)
    }

    @Test("A start long after the last evaluation holds, and a release of it survives the next start")
    func coldStart() async throws {
        let bench = try Bench()
        try await bench.store.markWatermark(try bench.world.instant("2026-02-01 00:00"))
        #expect(try await bench.evaluate("2026-03-10 10:30") == nil)
        #expect(bench.rules.prepared == nil, "a rule that goes live at a wrong time would miss the right one")
        try await bench.sql("DELETE FROM stops")
        let restarted = Evaluator(store: bench.store, rules: bench.rules, clock: bench.clock, log: bench.sink.logger())
        #expect(try await restarted.runOnce(at: bench.start, moment: bench.began) != nil)
    }

    @Test("A scare that was false leaves no mark in the future, which would blind the guard until then")
    func falseScare() async throws {
        let bench = try Bench()
        _ = try await bench.evaluate("2026-03-10 10:30")
        let ahead = try bench.world.instant("2027-04-14 10:30")
        #expect(try await bench.evaluator.runOnce(at: ahead, moment: bench.began) == nil)
        let mended = try bench.world.instant("2026-03-10 10:40")
        #expect(try await bench.evaluator.runOnce(at: mended, moment: bench.moment(mended)) == nil)
        _ = try bench.store.release([.clock], at: mended)
        #expect(try await bench.evaluator.runOnce(at: mended, moment: bench.moment(mended)) != nil)
        #expect(try await bench.store.clockHold().mark == mended)
        let restarted = Evaluator(store: bench.store, rules: bench.rules, clock: bench.clock, log: bench.sink.logger())
        #expect(try await restarted.runOnce(at: ahead, moment: bench.began) == nil)
    }

    @Test("While held nothing is handed over either")
    func heldDispatch() async throws {
        let bench = try Bench()
        try await bench.decide()
        try await bench.store.holdForClock(reason: "test", at: bench.start)
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        #expect(try await bench.dispatch(try await bench.dispatcher(channel), "2026-03-10 11:00") == 0)
        #expect(channel.messages.isEmpty)
    }
}

@Suite struct ClockGuardTests {
    struct Step: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Seconds on the wall clock and in truth since the last look.
        var wall: Int64
        var truth: Int64
        var isSteady: Bool
    }

    @Test(
        "Ten minutes between wall clock and passed time are too much, a long sleep is not",
        arguments: [
            Step(testDescription: "half a second", wall: 1, truth: 1, isSteady: true),
            Step(testDescription: "asleep for eight hours", wall: 28_800, truth: 28_800, isSteady: true),
            Step(testDescription: "set by ten minutes", wall: 601, truth: 1, isSteady: true),
            Step(testDescription: "set by a second more", wall: 602, truth: 1, isSteady: false),
            Step(testDescription: "set back by ten minutes", wall: -599, truth: 1, isSteady: true),
            Step(testDescription: "set back by more", wall: -600, truth: 1, isSteady: false),
        ])
    func jumps(step: Step) {
        var guardian = ClockGuard()
        let (wall, moment) = (Instant(seconds: 1_773_000_000), ContinuousClock.now)
        #expect(guardian.check(wall: wall, moment: moment, mark: wall) == .steady)
        let verdict = guardian.check(
            wall: wall.adding(micros: step.wall * 1_000_000), moment: moment.advanced(by: .seconds(step.truth)),
            mark: wall)
        #expect((verdict == .steady) == step.isSteady)
        #expect(verdict.reason.map { MessageCatalogue.chinese($0) != nil } ?? step.isSteady)
    }

    @Test("31 days without an evaluation are the most", arguments: [(31 * 86_400, true), (31 * 86_400 + 1, false)])
    func absence(seconds: Int64, isSteady: Bool) {
        var guardian = ClockGuard()
        let wall = Instant(seconds: 1_773_000_000)
        let verdict = guardian.check(wall: wall, moment: .now, mark: wall.adding(micros: -seconds * 1_000_000))
        #expect((verdict == .steady) == isSteady)
        #expect(verdict.reason.map { MessageCatalogue.chinese($0) != nil } ?? isSteady)
    }
}
