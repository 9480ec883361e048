import Rules
import Store
import Testing

@Suite struct RecoveryTests {
    @Test("A crash after the claim loses nothing and sends nothing twice")
    func afterClaim() async throws {
        let desk = try await OutboxDesk()
        _ = try await desk.claim(at: "2026-03-10 11:00")
        let recovery = try await desk.store.recoverOutbox(at: try desk.world.instant("2026-03-10 11:01"))
        #expect((recovery.released, recovery.unclear, recovery.poisoned) == (1, 0, 0))
        #expect(try await desk.states() == ["sms pending"])
        #expect(try desk.broken() == [])
    }

    @Test("A crash after the intent leaves an unclear try that is never repeated, whether it had left or not")
    func afterIntent() async throws {
        let desk = try await OutboxDesk()
        let intents = try await desk.depart(at: "2026-03-10 11:00")
        let recovery = try await desk.store.recoverOutbox(at: try desk.world.instant("2026-03-10 11:01"))
        #expect((recovery.released, recovery.unclear, recovery.poisoned) == (0, 1, 0))
        #expect(try await desk.states() == ["sms unknown"])
        // The answer of the run before, should it still be written by somebody, changes nothing.
        try await desk.finish(intents, .notSent(code: "x", retryAt: .distantPast, counts: true), at: "2026-03-10 11:02")
        #expect(try await desk.states() == ["sms unknown"])
        #expect(try desk.broken() == [])
    }

    @Test("A crash after the outcome finds it written")
    func afterOutcome() async throws {
        let desk = try await OutboxDesk()
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .accepted(providerID: nil), at: "2026-03-10 11:00")
        let recovery = try await desk.store.recoverOutbox(at: try desk.world.instant("2026-03-10 11:01"))
        #expect((recovery.released, recovery.unclear, recovery.poisoned) == (0, 0, 0))
        #expect(try await desk.states() == ["sms accepted"])
    }

    @Test("Every start has an epoch of its own, later than those before")
    func epochs() async throws {
        let desk = try await OutboxDesk()
        let now = try desk.world.instant("2026-03-10 11:00")
        let (second, third) = (try await desk.store.recoverOutbox(at: now), try await desk.store.recoverOutbox(at: now))
        #expect([desk.epoch, second.epoch, third.epoch] == [1, 2, 3])
    }

    @Test("A delivery that crashes its claim three times is given up; the others of its batch get through one by one")
    func poison() async throws {
        let desk = try await OutboxDesk(
            members: OutboxDesk.member("a") + OutboxDesk.member("b") + OutboxDesk.member("c"))
        let now = try desk.world.instant("2026-03-10 11:00")
        #expect(try await desk.claim(at: "2026-03-10 11:00").count == 3)
        let first = try await desk.store.recoverOutbox(at: now)
        #expect(first.released == 3)
        // Suspects never share a claim again.
        #expect(try await desk.claim(at: "2026-03-10 11:00").isEmpty)
        for _ in 1...2 {
            #expect(try await desk.claim(at: "2026-03-10 11:00", suspects: true).map(\.id) == [1])
            _ = try await desk.store.recoverOutbox(at: now)
        }
        #expect(try await desk.states() == ["sms dead", "sms pending", "sms pending"])
        let epoch = try await desk.store.recoverOutbox(at: now).epoch
        for id: Int64 in [2, 3] {
            let claimed = try await desk.claim(at: "2026-03-10 11:00", suspects: true)
            #expect(claimed.map(\.id) == [id])
            let intents = try await desk.store.intend(claimed, under: desk.prepared, epoch: epoch, at: now)
            try await desk.finish(intents, .accepted(providerID: nil), at: "2026-03-10 11:00")
        }
        #expect(try await desk.states() == ["sms dead", "sms accepted", "sms accepted"])
        #expect(try desk.broken() == [])
    }
}
