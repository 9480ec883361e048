import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Kit
@testable import Store

@Suite("A festival or schedule is about everyone")
struct CrowdTests {
    private static func rule(_ id: String, _ more: String = "", at: String = "10:00") -> String {
        """
              - {id: \(id), name: 全员, status: live, owner: crm, purpose: marketing, when: {schedule: {every: day, at: "\(at)"}},
                 do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]\(more)}

        """
    }

    /// On four clocks, two of which strike together.
    private func world(_ rules: String, people: Int = 11, settings: String = "version: 1\nblast_guard: off") throws
        -> World
    {
        let zones = ["Asia/Shanghai", "Asia/Taipei", "Asia/Tokyo", "Europe/Paris"]
        let members = (0..<people).map {
            "  m\(padded($0, 3)): {phone: \"138000\(padded($0, 5))\", timezone: \(zones[$0 % 4]), city: \($0 % 3 == 0 ? "南京" : "上海"), "
                + "consent: {sms: granted}, orders: [{id: o\($0), paid_at: \"2026-03-07 09:00\", total: 1}]}"
        }
        return try World(settings: settings, rules: rules, members: members.joined(separator: "\n"))
    }

    private func live(_ world: World) throws -> (MemberStore, PreparedRules) {
        let store = try world.store()
        let start = try world.instant("2026-03-07 08:00")
        return (store, try store.goLive(world.planned(), files: "{}", hash: "h", at: start))
    }

    private static let mixed =
        rule("b-all") + rule("c-gold", ", if: {member.city: 南京}, limits: {at_most: {times: 1, in: 2d}}")
        + rule("d-drawn", ", audience: {pick: {random: 4}}").replacing("name: 全员,", with: "name: 抽, priority: 5,")
            + """
                  - {id: thanks, name: 谢, status: live, owner: crm, purpose: marketing, when: {event: {name: order.paid, after: 1h}},
                     do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
            """

    @Test(
        "Slices of any size decide the same, in the same order",
        arguments: ["\nfrequency_cap: [{times: 2, in: 1d}]", ""])
    func slices(caps: String) throws {
        let world = try world(CrowdTests.mixed, settings: "version: 1\nblast_guard: off\nquiet_hours: none\(caps)")
        var all: [[String]] = []
        for slice in [1, 3, 2000] {
            let (store, prepared) = try live(world)
            var lines: [String] = []
            for time in ["2026-03-07 09:00", "2026-03-07 10:00", "2026-03-07 18:00", "2026-03-08 18:00"] {
                let report = try store.tick(prepared, at: try world.instant(time), slices: TickSlices(items: slice)) {
                    page in
                    lines += page.map(World.short)
                }
                #expect(report.lines.isEmpty && report.decided > 0)
            }
            #expect(lines.count { $0.contains("d-drawn") } == 8)
            all.append(lines)
        }
        #expect(all[0] == all[2] && all[1] == all[2])
    }

    @Test(
        "Where a clock left out a date, both of its occasions are decided, whatever the slices",
        arguments: [1, 2, 3, 2000])
    func missingDate(slice: Int) throws {
        let members = (0..<5).map {
            "  m\($0): {phone: \"1380000000\($0)\", timezone: Pacific/Apia, consent: {sms: granted}}"
        }
        let world = try World(
            settings: "version: 1\nblast_guard: off\nquiet_hours: none\nfrequency_cap: [{times: 1, in: 90m}]",
            rules: CrowdTests.rule("all"), members: members.joined(separator: "\n"))
        let store = try world.store()
        let start = try #require(Instant(rfc3339: "2011-12-29T21:00:00Z"))
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: start)
        let now = try #require(Instant(rfc3339: "2011-12-30T20:00:00Z"))
        let lines = try store.tick(prepared, at: now, slices: TickSlices(items: slice)).lines
        for outcome in [Outcome.sent, .suppressed] {
            #expect(lines.filter { $0.outcome == outcome }.map(\.member).sorted() == ["m0", "m1", "m2", "m3", "m4"])
        }
    }

    @Test("Who is drawn is who a dry-run draws, however the members are read")
    func draw() throws {
        let world = try world(CrowdTests.rule("drawn", ", audience: {pick: {random: 4}}, if: {member.city: 上海}"))
        let (store, prepared) = try live(world)
        let now = try world.instant("2026-03-07 18:00")
        let drawn = try store.tick(prepared, at: now, slices: TickSlices(items: 2)).lines.map(\.member)
        let dry = try world.dryRun(at: "2026-03-07 08:00", until: "2026-03-07 18:00").map {
            $0.split(separator: " ")[3]
        }
        #expect(drawn.count == 4 && drawn.sorted() == dry.map(String.init).sorted())
    }

    @Test("A tick that is cut short goes on where it was; nobody is decided twice")
    func cutShort() throws {
        let world = try world(CrowdTests.rule("all"))
        let (store, prepared) = try live(world)
        let now = try world.instant("2026-03-07 18:00")
        let full = SQLFunction("disk_is_full", 0) { _ in
            throw SQLFault(.SQLITE_FULL)
        }
        try store.writer.write {
            $0.add(full)
            try $0.script(
                """
                CREATE TEMP TRIGGER full BEFORE INSERT ON decisions WHEN (SELECT COUNT(*) FROM main.decisions) >= 5
                BEGIN SELECT disk_is_full(); END
                """)
        }
        #expect(throws: SQLFault.self) { try store.tick(prepared, at: now, slices: TickSlices(items: 2)) }
        try store.writer.write { try $0.script("DROP TRIGGER full") }
        let rest = try store.tick(prepared, at: now, slices: TickSlices(items: 2)).decided
        #expect(rest == 7, "four were on disk: the transaction of the fifth and sixth was taken back")
        #expect(try store.tick(prepared, at: now, slices: TickSlices(items: 2)).decided == 0)
    }

    @Test(
        "The blast guard judges the whole before the first page goes, and of a draw those who are drawn",
        arguments: [("", 0), (", audience: {pick: {random: 3}}", 3)])
    func guarded(audience: String, sent: Int) throws {
        let world = try world(CrowdTests.rule("all", audience), people: 240, settings: "version: 1")
        let (store, prepared) = try live(world)
        let report = try store.tick(prepared, at: try world.instant("2026-03-07 18:00"), slices: TickSlices(items: 50))
        #expect(report.decided == sent && report.rules[0].candidates == 240)
        #expect((report.rules[0].guarded != nil) == (sent == 0))
    }
}
