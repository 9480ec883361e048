import Rules
import Store
import Testing

@Suite struct ClaimTests {
    @Test("What is decided is owed, claimed once, and back when it is let go")
    func once() async throws {
        let desk = try await OutboxDesk()
        #expect(try await desk.states() == ["sms pending"])
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        #expect(claimed.count == 1)
        #expect(try await desk.claim(at: "2026-03-10 11:00").isEmpty)
        try await desk.store.release(claimed)
        #expect(try await desk.claim(at: "2026-03-10 11:00").count == 1)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("What expires first goes first, within the room there is")
    func order() async throws {
        let desk = try await OutboxDesk(
            members: OutboxDesk.member("a") + OutboxDesk.member("b") + OutboxDesk.member("c"))
        try await desk.sql("UPDATE deliveries SET send_by = send_by - id * 1000000")
        let ids = try await desk.claim(at: "2026-03-10 11:00", limit: 2).map(\.id)
        #expect(ids == [3, 2])
    }

    @Test("The last moment to send is not a moment to send")
    func expiry() async throws {
        let desk = try await OutboxDesk()
        #expect(try await desk.claim(at: "2026-03-10 17:00").isEmpty)
        #expect(try await desk.states() == ["sms expired"])
        #expect(try await desk.causes() == ["decided", "send_by"])
    }

    @Test(
        "A stop keeps what is owed where it is",
        arguments: ["all", "clock", "rollback", "rule:thanks", "channel:sms"])
    func stops(scope: String) async throws {
        let desk = try await OutboxDesk()
        try await desk.sql("INSERT INTO stops VALUES ('\(scope)', 'test', 'qa', 0)")
        #expect(try await desk.claim(at: "2026-03-10 11:00").isEmpty)
        try await desk.sql("DELETE FROM stops")
        #expect(try await desk.claim(at: "2026-03-10 11:00").count == 1)
    }

    @Test("A paused rule, a channel without room and a rule without quota are passed over")
    func closed() async throws {
        let desk = try await OutboxDesk(members: OutboxDesk.member("a") + OutboxDesk.member("b"))
        #expect(try await desk.claim(at: "2026-03-10 11:00", quotas: ["thanks": 0]).isEmpty)
        let now = try desk.world.instant("2026-03-10 11:00")
        let elsewhere = ClaimRequest(places: ["wechat": 5], limit: 5, epoch: desk.epoch)
        #expect(try await desk.store.claim(elsewhere, at: now).claimed.isEmpty)
        #expect(try await desk.claim(at: "2026-03-10 11:00", quotas: ["thanks": 1]).count == 1)
        try await desk.sql("UPDATE live_rules SET status = 'paused'")
        #expect(try await desk.claim(at: "2026-03-10 11:00").isEmpty)
    }

    @Test("A quota that runs out does not hide other rules behind it")
    func quota() async throws {
        let other = OutboxDesk.rule.replacing("id: thanks", with: "id: second")
        let desk = try await OutboxDesk(
            rules: OutboxDesk.rule + "\n" + other, members: OutboxDesk.member("a") + OutboxDesk.member("b"))
        let claimed = try await desk.claim(at: "2026-03-10 11:00", limit: 3, quotas: ["thanks": 1])
        #expect(claimed.map(\.rule).sorted() == ["second", "second", "thanks"])
    }
}
