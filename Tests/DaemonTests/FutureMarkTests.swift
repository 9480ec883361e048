import Daemon
import Rules
import Store
import Testing

/// Rules that were evaluated ahead of the clock.
@Suite struct FutureMarkTests {
    private func bench(evaluatedAt time: String) async throws -> Bench {
        let bench = try Bench()
        let prepared = try bench.store.goLive(
            bench.world.planned(), files: "{}", hash: "a", at: try bench.world.instant("2026-03-10 09:30"))
        _ = try bench.store.tick(prepared, at: try bench.world.instant(time))
        return bench
    }

    @Test(
        "More than ten minutes ahead are an error said aloud, and nothing is decided until the clock is released",
        arguments: [("2026-03-10 10:40", false), ("2026-03-10 10:40:01", true), ("2062-01-01 00:00", true)])
    func said(time: String, isHeld: Bool) async throws {
        let bench = try await bench(evaluatedAt: time)
        #expect((try await bench.evaluate("2026-03-10 10:30") == nil) == isHeld)
        #expect(try await bench.store.clockHold().isHeld == isHeld)
        #expect(bench.sink.all.contains { $0.contains("not to be trusted") } == isHeld)
    }

    @Test("A release of the clock takes marks from the future back, and what fell due since is decided")
    func mended() async throws {
        let bench = try await bench(evaluatedAt: "2026-03-10 10:59")
        let now = try bench.world.instant("2026-03-10 10:30")
        #expect(try await bench.evaluate("2026-03-10 10:30") == nil)
        #expect(try bench.store.release([.all, .rollback], at: now).isEmpty)
        let ended = try bench.store.release([.clock], at: now)
        #expect(Set(ended.map(\.scope)) == ["clock"] && ended.count == 2)
        #expect(try await bench.evaluate("2026-03-10 10:30") != nil)
        #expect(try await bench.evaluate("2026-03-10 11:00")?.rules.map(\.decidedToSend) == [1])
    }

    @Test("Without a daemon, whose hold it would be, a release of the clock mends them too")
    func withoutHold() async throws {
        let bench = try await bench(evaluatedAt: "2062-01-01 00:00")
        let now = try bench.world.instant("2026-03-10 10:30")
        #expect(try bench.store.clockHoldNow().future(at: now) != nil)
        #expect(try bench.store.release([.clock], at: now).count == 1)
        #expect(try bench.store.clockHoldNow().future(at: now) == nil)
        #expect(try bench.store.release([.clock], at: now).isEmpty)
    }
}
