import Kit
import Rules
import TestSupport
import Testing

@testable import Review
@testable import Store

@Suite("The blast guard's day") struct BlastGuardDayTests {
    private static let rules = """
          - {id: visit, status: live, owner: crm-team, purpose: marketing, when: {event: {name: store.visited}},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}], if_late: {send_within: 24h}}
        """

    /// 150 people at each of two times; from 200 on a tenth of all is too many.
    private func guarded(_ zone: String, _ times: [String]) throws -> [String?] {
        let clock = try #require(Zone(named: zone))
        func instant(_ text: String) throws -> Instant { try #require(TimePoint(text: text)).instant(in: clock) }
        let members = try times.map { clock.rfc3339(try instant($0)) }.enumerated().flatMap { turn, time in
            (0..<150).map {
                "  m\(turn)-\($0): {phone: \"138\(turn)00\(padded($0, 5))\", consent: {sms: granted}, "
                    + "events: [{name: store.visited, at: \"\(time)\"}]}"
            }
        }
        let world = try World(
            settings: "version: 1\ntimezone: \(zone)\nquiet_hours: none", rules: Self.rules,
            members: members.joined(separator: "\n"))
        let store = try world.store()
        let before = try instant("2026-03-06 12:00")
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: before)
        let found = try times.map { try store.tick(prepared, at: try instant($0)).rules[0].guarded }
        #expect(try store.verify(Invariants(at: try instant("2026-03-09 00:00"))) == [])
        return found
    }

    @Test(
        "begins and ends at the shop's midnight, not at that of UTC",
        arguments: [
            // Midnight of UTC is 08:00 in Shanghai, 16:00 in Los Angeles and 05:45 in Kathmandu.
            ("Asia/Shanghai", "2026-03-07 07:30", "2026-03-07 08:30", true),
            ("Asia/Shanghai", "2026-03-06 23:30", "2026-03-07 00:30", false),
            ("America/Los_Angeles", "2026-03-06 15:30", "2026-03-06 16:30", true),
            ("America/Los_Angeles", "2026-03-06 23:30", "2026-03-07 00:30", false),
            ("Asia/Kathmandu", "2026-03-07 05:30", "2026-03-07 06:00", true),
            ("Asia/Kathmandu", "2026-03-06 23:50", "2026-03-07 00:05", false),
        ])
    func localDay(zone: String, first: String, second: String, isOneDay: Bool) throws {
        let found = try guarded(zone, [first, second])
        #expect(found[0] == nil)
        #expect((found[1] != nil) == isOneDay, "\(found[1] ?? "not held")")
    }

    @Test("what is usual is the mean of the shop's days")
    func usual() throws {
        let world = try World(settings: "version: 1\ntimezone: Asia/Shanghai", rules: Self.rules, members: "  a: {}\n")
        let store = try world.store()
        let plan = world.planned().plans[0]
        try store.writer.write { db in
            for (time, people) in [("2026-03-06 07:00", 10), ("2026-03-06 09:00", 20), ("2026-03-07 01:00", 40)] {
                let quarter = try world.instant(time).micros / 900_000_000
                try db.run("INSERT INTO reach VALUES ('visit', ?, ?)", [quarter, people])
            }
        }
        let now = try world.instant("2026-03-08 07:00")
        #expect(try store.usualReach(plan.rule, world.set.settings, on: now) == 35)
    }
}
