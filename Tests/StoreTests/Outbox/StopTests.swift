import Rules
import TestSupport
import Testing

@testable import Store

@Suite struct StopTests {
    @Test("An operator's stop neither lifts a guard's hold nor takes its place, and its release ends no guard's")
    func besideTheGuards() async throws {
        let desk = try await OutboxDesk()
        let now = try desk.world.instant("2026-03-10 11:00")
        try await desk.store.holdForClock(reason: "jumped", at: now)
        try desk.store.stop(.all, reason: "wrong price", who: "qa", at: now)
        #expect(try await desk.store.clockHold().isHeld)
        #expect(try Set(desk.store.stops().map { "\($0.scope) \($0.reason)" }) == ["clock jumped", "all wrong price"])
        try await desk.sql("INSERT INTO stops VALUES ('rollback', 'a backup', 'rollback guard', 1)")
        #expect(try desk.store.release([.all], at: now).map(\.scope) == ["all"])
        #expect(try desk.store.release([.all], at: now).isEmpty)
        #expect(try desk.store.stops().map(\.scope) == ["rollback", "clock"])
        #expect(try await desk.claim(at: "2026-03-10 11:00").isEmpty)
        #expect(try desk.store.release([.rollback, .clock], at: now).map(\.scope) == ["rollback", "clock"])
        #expect(try await desk.claim(at: "2026-03-10 11:00").count == 1)
    }

    @Test("Releasing a rule frees it from the blast guard only where the guard held it", arguments: ["rule", "blast"])
    func releaseOfRule(scope: String) async throws {
        let desk = try await OutboxDesk()
        try await desk.sql("INSERT INTO stops VALUES ('\(scope):thanks', 'x', 'y', 0)")
        #expect(try await desk.claim(at: "2026-03-10 11:00").isEmpty == (scope == "rule"))
        let ended = try desk.store.release([.rule("thanks")], at: try desk.world.instant("2026-03-10 11:00"))
        #expect(ended.map(\.scope) == ["\(scope):thanks"])
        #expect(try desk.store.stops().isEmpty)
        let freed = try await desk.store.writer.read {
            try ($0.value("SELECT COUNT(*) FROM blast_releases") as Int?)
        }
        #expect(freed == (scope == "blast" ? 1 : 0))
    }

    @Test("Under a stop of all nothing expires or is closed", arguments: ["all", "clock", "rollback"])
    func nothingEnds(scope: String) async throws {
        let desk = try await OutboxDesk(members: ["a", "b", "c", "d"].map { OutboxDesk.member($0) }.joined())
        let start = "2026-03-10 11:00"
        let intents = try await desk.intend(try await desk.claim(at: start, limit: 2), at: start)
        try await desk.finish([intents[0]], .unknown(code: "timeout"), at: "2026-03-10 11:00")
        let claimed = try await desk.claim(at: "2026-03-10 11:00", limit: 1)
        try await desk.sql("INSERT INTO stops VALUES ('\(scope)', 'x', 'y', 0)")
        let later = "2027-04-14 11:00"
        let instant = try desk.world.instant(later)
        #expect(try await desk.claim(at: later).isEmpty)
        #expect(try await desk.intend(claimed, at: later).isEmpty)
        #expect(try await desk.store.sweepOutbox(at: instant, maxResends: 1) == 0)
        try await desk.finish(
            [intents[1]], .notSent(code: "refused", retryAt: instant, counts: true), at: later)
        #expect(try await desk.states().sorted() == ["sms pending", "sms pending", "sms retry_wait", "sms unknown"])
    }

    @Test("A stop insists while the store is busy, but not for ever, and not on any other error")
    func insisting() throws {
        func attempts(_ code: ResultCode, succeedingAt last: Int) -> (made: Int, failed: Bool) {
            var made = 0
            do {
                try MemberStore.insisting {
                    made += 1
                    if made < last { throw SQLFault(code) }
                }
                return (made, false)
            } catch { return (made, true) }
        }
        #expect(attempts(.SQLITE_BUSY, succeedingAt: 5) == (5, false))
        #expect(attempts(.SQLITE_BUSY, succeedingAt: 99) == (10, true))
        #expect(attempts(.SQLITE_FULL, succeedingAt: 5) == (1, true))
    }
}
