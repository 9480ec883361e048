import Kit
import Channels
import Daemon
import Rules
import Store
import Testing

/// The clock jumps after a good look of the evaluator and before its next.
@Suite struct ClockJumpTests {
    private struct Jump {
        let bench: Bench
        let channel: ScriptedChannel
        let dispatcher: Dispatcher

        init(_ outcome: SendOutcome = .accepted(providerID: nil)) async throws {
            bench = try Bench()
            try await bench.decide()
            channel = ScriptedChannel(always: outcome)
            dispatcher = try await bench.dispatcher(channel)
        }

        /// A quarter of a second after 11:00.
        func moment() throws -> ContinuousClock.Instant {
            bench.moment(try bench.world.instant("2026-03-10 11:00")).advanced(by: .milliseconds(250))
        }
    }

    @Test(
        "Nothing leaves and nothing ends at a time that cannot be", arguments: ["2027-04-14 11:00", "2026-03-09 11:00"])
    func jump(to wrong: String) async throws {
        let jump = try await Jump()
        let now = try jump.bench.world.instant(wrong)
        #expect(try await jump.dispatcher.runOnce(at: now, moment: try jump.moment()) == 0)
        #expect(jump.channel.messages.isEmpty)
        #expect(try await jump.bench.states() == ["pending": 1])
        let right = try jump.bench.world.instant("2026-03-10 11:00:01")
        #expect(try await jump.dispatcher.runOnce(at: right, moment: jump.bench.moment(right)) == 1)
    }

    @Test("An unclear attempt is not closed at such a time")
    func sweep() async throws {
        let jump = try await Jump(.unknown(code: "timeout"))
        _ = try await jump.bench.dispatch(jump.dispatcher, "2026-03-10 11:00")
        try await jump.dispatcher.sweep(at: try jump.bench.world.instant("2027-04-14 11:00"), moment: try jump.moment())
        #expect(try await jump.bench.states() == ["unknown": 1])
    }

    @Test("An answer that lands at such a time is written as of the time that it is")
    func landing() async throws {
        let jump = try await Jump(.notSent(code: "refused", retryAfter: nil))
        let start = try jump.bench.world.instant("2026-03-10 11:00")
        let flight = try #require(
            try await jump.dispatcher.step(at: start, moment: jump.bench.moment(start)).first)
        let (wrong, moment) = (try jump.bench.world.instant("2027-04-14 11:00"), try jump.moment())
        await jump.dispatcher.send(flight, answeredAt: { (wrong, moment) })
        #expect(try await jump.dispatcher.step(at: wrong, moment: moment).isEmpty)
        #expect(try await jump.bench.states() == ["retry_wait": 1])
        let at = try await jump.bench.store.writer.read {
            try ($0.value("SELECT outcome_at FROM attempts") as Int64?)
        }
        #expect(at == start.micros + 250_000)
    }

    @Test("A clock that was never looked at, or is held, is not good; a long sleep is")
    func trust() {
        let clock = TrustedClock()
        let (wall, moment) = (Instant(seconds: 1_773_000_000), ContinuousClock.now)
        #expect(!clock.isGood(wall: wall, moment: moment))
        clock.trust(wall: wall, moment: moment)
        #expect(clock.isGood(wall: wall, moment: moment))
        let asleep = (wall.adding(micros: 28_800_000_000), moment.advanced(by: .seconds(28_800)))
        #expect(clock.isGood(wall: asleep.0, moment: asleep.1))
        #expect(!clock.isGood(wall: wall.adding(micros: 601_000_000), moment: moment))
        #expect(!clock.isGood(wall: wall, moment: moment.advanced(by: .seconds(601))))
        clock.hold()
        #expect(!clock.isGood(wall: wall, moment: moment))
    }
}
