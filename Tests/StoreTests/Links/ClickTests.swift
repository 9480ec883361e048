import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

@Suite("Clicks")
struct ClickTests {
    private static let thanks = LinkShop.rule()
    private static let follow = """

          - {id: follow, name: 跟进, status: live, owner: crm, purpose: marketing,
             when: {event: {name: message.clicked, where: {link: sale, rule: thanks}}}, do: [{add_tag: keen}]}
        """

    @Test("are counted in their row, and the first one is an event that rules wait for")
    func event() async throws {
        let desk = try await LinkShop.desk(Self.thanks + Self.follow)
        let intent = try #require(try await desk.depart(at: "2026-03-10 11:00").first)
        let link = try #require(try await desk.store.shortLink(intent.links[0].row.id))
        for minute in 10...12 {
            try await desk.store.click(link, at: try desk.world.instant("2026-03-10 11:\(minute)"))
        }
        #expect(try await desk.numbers("SELECT clicks FROM short_links") == [3])
        #expect(
            try await desk.numbers("SELECT first_click FROM short_links") == [
                try desk.world.instant("2026-03-10 11:10").micros
            ])
        #expect(
            try await desk.texts("SELECT member || ' ' || data FROM events WHERE name = 'message.clicked'")
                == ["lin {\"rule\":\"thanks\",\"link\":\"sale\",\"channel\":\"sms\"}"])
        _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-10 11:20"))
        #expect(try await desk.texts("SELECT outcome FROM decisions WHERE rule = 'follow'") == ["done"])
    }

    @Test("of a member who is no longer there are counted, and raise nothing")
    func erased() async throws {
        let desk = try await LinkShop.desk()
        let intent = try #require(try await desk.depart(at: "2026-03-10 11:00").first)
        let link = try #require(try await desk.store.shortLink(intent.links[0].row.id))
        try await desk.sql("DELETE FROM members WHERE id = 'lin'")
        try await desk.store.click(link, at: try desk.world.instant("2026-03-10 11:10"))
        #expect(try await desk.numbers("SELECT clicks FROM short_links") == [1])
        #expect(try await desk.numbers("SELECT COUNT(*) FROM events WHERE name = 'message.clicked'") == [0])
    }

    @Test("and choices look up every row by an index")
    func plans() async throws {
        let store = try MemberStore.inMemory()
        try await store.writer.read { db in
            for sql in [
                "SELECT member, channel, address FROM unsubscribe_links WHERE id = ?",
                "SELECT id FROM unsubscribe_links WHERE member = ? AND channel = ? AND address = ?",
                "SELECT s.delivery, s.name, s.url, d.rule, d.member, d.channel FROM short_links s JOIN v_deliveries d ON d.id = s.delivery WHERE s.id = ?",
                "SELECT id FROM short_links WHERE delivery = ? ORDER BY n",
                "UPDATE short_links SET clicks = clicks + 1, first_click = COALESCE(first_click, ?) WHERE id = ? RETURNING clicks",
                "SELECT DISTINCT address FROM v_deliveries WHERE member = ? AND channel = ? AND address IS NOT NULL",
            ] {
                let plan = "EXPLAIN QUERY PLAN " + sql.replacing("?", with: "1")
                let steps = try db.all(plan).map { try $0["detail"] as String }
                #expect(!steps.contains { $0.hasPrefix("SCAN ") }, "\(steps) \(sql)")
            }
        }
    }
}
