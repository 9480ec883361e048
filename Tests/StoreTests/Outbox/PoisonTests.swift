import Kit
import Testing

@testable import Store

/// Deliveries that bring the daemon down, and the rule that makes them.
@Suite("Poison")
struct PoisonTests {
    /// Each start claims one delivery and ends in a crash; returns the stops after `count` deliveries were given up.
    private func crashes(
        _ desk: OutboxDesk, until count: Int, at time: String = "2026-03-10 11:00"
    ) async throws -> [String] {
        for _ in 0..<12 {
            _ = try await desk.store.recoverOutbox(at: try desk.world.instant(time))
            if try await dead(desk) >= count { break }
            let suspect = try await desk.claim(at: time, limit: 1, suspects: true)
            if suspect.isEmpty { _ = try await desk.claim(at: time, limit: 1) }
        }
        return try await desk.store.stopScopes()
    }

    private func dead(_ desk: OutboxDesk) async throws -> Int {
        try await desk.states().count { $0 == "sms dead" }
    }

    @Test("three deliveries of one rule that end the daemon hold the rule; a release holds until the next one")
    func held() async throws {
        let desk = try await BudgetTests.desk(5, budget: nil)
        #expect(try await crashes(desk, until: 2) == [])
        #expect(try await crashes(desk, until: 3) == ["rule:thanks"])
        #expect(try await desk.claim(at: "2026-03-10 11:00").isEmpty, "the other two wait")
        let stop = try #require(try desk.store.stops().first)
        #expect(stop.who == "poison guard" && stop.reason.contains("poison"))
        _ = try desk.store.release([.rule("thanks")], at: try desk.world.instant("2026-03-10 11:05"))
        #expect(try await desk.claim(at: "2026-03-10 11:05", limit: 1).count == 1)
        #expect(try await crashes(desk, until: 4) == ["rule:thanks"])
        #expect(try await dead(desk) == 4)
    }

    @Test("what comes more than a day later begins a new count")
    func apart() async throws {
        let desk = try await BudgetTests.desk(5, budget: nil)
        #expect(try await crashes(desk, until: 2, at: "2026-03-10 11:00") == [])
        #expect(try await crashes(desk, until: 3, at: "2026-03-11 11:00") == [])
        #expect(try await crashes(desk, until: 4, at: "2026-03-11 12:00") == [])
        #expect(try await crashes(desk, until: 5, at: "2026-03-11 12:30") == ["rule:thanks"])
    }
}
