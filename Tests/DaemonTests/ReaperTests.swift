import Daemon
import Kit
import Rules
import Store
import TestSupport
import Testing

/// A claim of another run is given back once its lease is over by a clock that went on with time.
@Suite struct ReaperTests {
    struct Look: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Looks of the evaluator: what the wall clock says, and what time it is.
        var trusted: [(wall: String, time: String)] = []
        var wasHeld = false
        var wall: String
        var time: String
        var isGivenBack: Bool
    }

    @Test(
        "A clock that jumps neither frees a lease that is in use nor keeps one for ever",
        arguments: [
            Look(testDescription: "in force", wall: "11:01", time: "11:01", isGivenBack: false),
            Look(testDescription: "over", wall: "11:02", time: "11:02", isGivenBack: true),
            Look(testDescription: "a jump that nobody looked at", wall: "11:06", time: "11:01", isGivenBack: false),
            Look(
                testDescription: "a jump back that nobody looked at", wall: "10:56", time: "11:03", isGivenBack: false),
            Look(
                testDescription: "five minutes on, just now", trusted: [("11:06", "11:01")],
                wall: "11:06", time: "11:01", isGivenBack: false),
            Look(
                testDescription: "five minutes on, a lease ago", trusted: [("11:06", "11:01")],
                wall: "11:08", time: "11:03", isGivenBack: true),
            Look(
                testDescription: "five minutes back, just now", trusted: [("10:56", "11:01")],
                wall: "10:57", time: "11:02", isGivenBack: false),
            Look(
                testDescription: "five minutes back, a lease ago", trusted: [("10:56", "11:01")],
                wall: "10:58", time: "11:03", isGivenBack: true),
            Look(
                testDescription: "on and back again", trusted: [("11:06", "11:01"), ("11:01:30", "11:01:30")],
                wall: "11:02", time: "11:02", isGivenBack: false),
            Look(
                testDescription: "on and back again, a lease ago",
                trusted: [("11:06", "11:01"), ("11:01:30", "11:01:30")],
                wall: "11:03:30", time: "11:03:30", isGivenBack: true),
            Look(
                testDescription: "kept right by and by", trusted: [("11:01:00.4", "11:01"), ("11:02:00.8", "11:02")],
                wall: "11:02:10.8", time: "11:02:10", isGivenBack: true),
            Look(testDescription: "held", wasHeld: true, wall: "11:30", time: "11:30", isGivenBack: false),
            Look(
                testDescription: "released just now", trusted: [("11:30", "11:30")], wasHeld: true,
                wall: "11:30", time: "11:30", isGivenBack: false),
            Look(
                testDescription: "released a lease ago", trusted: [("11:30", "11:30")], wasHeld: true,
                wall: "11:32", time: "11:32", isGivenBack: true),
        ])
    func clock(_ look: Look) async throws {
        let bench = try Bench(members: 2)
        func instant(_ time: String) throws -> Instant { try bench.world.instant("2026-03-10 \(time)") }
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        try await claimElsewhere(bench)
        if look.wasHeld { bench.clock.hold() }
        for (wall, time) in look.trusted {
            bench.clock.trust(wall: try instant(wall), moment: bench.moment(try instant(time)))
        }
        try await dispatcher.reap(at: try instant(look.wall), moment: bench.moment(try instant(look.time)))
        #expect(try await bench.states() == (look.isGivenBack ? ["pending": 2] : ["claimed": 1, "pending": 1]))
        #expect(bench.sink.all.contains { $0.contains("lease was over") } == look.isGivenBack)
    }

    @Test("The step of the daemon gives back what another run left behind, and sends it")
    func step() async throws {
        let bench = try Bench(members: 2)
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        try await claimElsewhere(bench)
        var sent: [Int] = []
        for time in ["11:00", "11:01:55", "11:02:01", "11:02:05"] {
            sent.append(try await bench.dispatch(dispatcher, "2026-03-10 \(time)"))
        }
        #expect(sent == [1, 0, 0, 1], "it looks every ten seconds")
        #expect(try await bench.states() == ["accepted": 2])
        #expect(try bench.broken() == [])
    }

    /// At 11:00, by a run that is not ours.
    private func claimElsewhere(_ bench: Bench) async throws {
        let until = try bench.world.instant("2026-03-10 11:02")
        try await bench.sql(
            """
            UPDATE deliveries SET state = 'claimed', claim_count = 1, claimed_by = 0, lease_until = \(until.micros)
            WHERE id = 1;
            UPDATE meta SET value = value + 1 WHERE key = 'seq';
            INSERT INTO transitions SELECT 1, value, 'pending', 'claimed', 'claim' FROM meta WHERE key = 'seq'
            """)
    }
}
