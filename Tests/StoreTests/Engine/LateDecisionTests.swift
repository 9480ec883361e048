import Policies
import Rules
import TestSupport
import Testing

@testable import Review
@testable import Engine
@testable import Store

/// What is decided late, by a daemon that was down, and what a rule test says of the same outage.
@Suite("Late decisions")
struct LateDecisionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rule: String
        var member: String
        /// Live since then, with a tick of every instant named until the outage.
        var start = "2026-03-01 08:00"
        var ticks: [String] = []
        var outage: (from: String, until: String)
        /// What the first look after the outage decides.
        var late: [String]
    }

    private static func rule(_ when: String, _ more: String = "note: none", _ steps: String = send) -> String {
        """
          - id: r
            status: live
            owner: crm
            purpose: service
            when: {\(when)}
            \(more)
            do: [\(steps)]
        """
    }
    private static let send = "{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}"
    private static let task = "{create_task: {assign_to: member.advisor, or_else: boss, title: call}}"
    private static let expiry = #"coupon_expires: {days_before: 1, at: "10:00"}"#
    private static let combine = "combine: {into: one_per_member, save_as: list}"
    private static let settings = """
        version: 1
        service_owners: [crm]
        quiet_hours: {from: "21:00", to: "09:00", applies_to: [service]}
        """

    private static func lin(_ rows: String) -> String { "  lin: {phone: \"13800000001\", \(rows)}" }
    private static func used(_ coupon: String, _ at: String) -> String {
        "{name: coupon.used, at: \"\(at)\", data: {coupon: \(coupon)}}"
    }
    private static let k1 = #"{id: k1, template: C30, expires_at: "2026-03-04"}"#
    private static let k2 = #"{id: k2, template: C30, expires_at: "2026-03-04"}"#
    private static let points = #"{id: p1, points: 500, remaining: 0, expires_at: "2026-03-04"}"#

    static let cases: [Case] = [
        Case(
            testDescription: "a coupon used while nobody looked is cancelled at its use",
            rule: rule(expiry), member: lin("coupons: [\(k1)], events: [\(used("k1", "2026-03-03 11:00"))]"),
            outage: ("2026-03-03 08:00", "2026-03-03 12:30"),
            late: [#"2026-03-03 11:00 r lin cancelled {"anchor":"coupon.used"}"#]),
        Case(
            testDescription: "being used comes before too late and before passed",
            rule: rule(expiry), member: lin("coupons: [\(k1)], events: [\(used("k1", "2026-03-03 11:00"))]"),
            outage: ("2026-03-03 08:00", "2026-03-06 12:30"),
            late: [#"2026-03-03 11:00 r lin cancelled {"anchor":"coupon.used"}"#]),
        Case(
            testDescription: "a coupon used after the late look is still reminded of",
            rule: rule(expiry), member: lin("coupons: [\(k1)], events: [\(used("k1", "2026-03-03 13:00"))]"),
            outage: ("2026-03-03 08:00", "2026-03-03 12:30"), late: ["2026-03-03 12:30 r lin sent sms"]),
        Case(
            testDescription: "a combined reminder is cancelled when the last of its coupons is used",
            rule: rule(expiry, combine),
            member: lin(
                "coupons: [\(k1), \(k2)], "
                    + "events: [\(used("k1", "2026-03-03 11:00")), \(used("k2", "2026-03-03 11:30"))]"),
            outage: ("2026-03-03 08:00", "2026-03-03 12:30"),
            late: [#"2026-03-03 11:30 r lin cancelled {"anchor":"coupon.used"}"#]),
        Case(
            testDescription: "a coupon issued after a combined reminder was due does not join it late",
            rule: rule(expiry, combine),
            member: lin(
                "coupons: [\(k1), {id: k2, template: C30, issued_at: \"2026-03-03 10:30\", expires_at: \"2026-03-04\"}], "
                    + "events: [\(used("k1", "2026-03-03 11:00"))]"),
            outage: ("2026-03-03 08:00", "2026-03-03 12:30"),
            late: [#"2026-03-03 11:00 r lin cancelled {"anchor":"coupon.used"}"#]),
        Case(
            testDescription: "points spent while nobody looked are cancelled at the last spending",
            rule: rule(#"points_expire: {days_before: 1, at: "10:00"}"#),
            member: lin(
                "points: [\(points)], events: [{name: points.spent, at: \"2026-03-03 10:20\"}, "
                    + "{name: points.spent, at: \"2026-03-03 11:00\"}]"),
            outage: ("2026-03-03 08:00", "2026-03-03 12:30"),
            late: [#"2026-03-03 11:00 r lin cancelled {"anchor":"points.spent"}"#]),
        Case(
            testDescription: "points that were gone before they were due are no batch",
            rule: rule(#"points_expire: {days_before: 1, at: "10:00"}"#),
            member: lin("points: [\(points)], events: [{name: points.spent, at: \"2026-03-03 09:20\"}]"),
            outage: ("2026-03-03 08:00", "2026-03-03 12:30"), late: []),
        Case(
            testDescription: "points earned after the due instant do not join the batch",
            rule: rule(
                #"points_expire: {days_before: 1, at: "10:00"}"#, "if: {points.expiring: {more_than: 200}}"),
            member: lin(
                "points: [{id: p1, points: 200, expires_at: \"2026-03-04\"}, "
                    + "{id: p2, points: 300, earned_at: \"2026-03-03 10:30\", expires_at: \"2026-03-04\"}]"),
            outage: ("2026-03-03 08:00", "2026-03-03 12:30"),
            late: [#"2026-03-03 12:30 r lin skipped {"condition":"points.expiring","actual":200}"#]),
        Case(
            testDescription: "a cart bought while nobody looked is cancelled at the order",
            rule: rule("cart_idle: {for: 2h}"),
            member: lin(
                "carts: [{id: c, updated_at: \"2026-03-03 08:30\", total: 10}], "
                    + "orders: [{id: o, paid_at: \"2026-03-03 11:00\", total: 10, cart: c}]"),
            ticks: ["2026-03-03 09:00"], outage: ("2026-03-03 10:00", "2026-03-03 12:30"),
            late: [#"2026-03-03 11:00 r lin cancelled {"anchor":"order.paid"}"#]),
        Case(
            testDescription: "a hold whose release falls into the outage is cancelled by what came in it",
            rule: rule("cart_idle: {for: 24h}", "unless: [order.paid]"),
            member: lin(
                "carts: [{id: c, updated_at: \"2026-03-01 22:30\", total: 10}], "
                    + "orders: [{id: o, paid_at: \"2026-03-03 11:00\", total: 10}]"),
            ticks: ["2026-03-02 22:30"], outage: ("2026-03-03 08:30", "2026-03-03 12:30"),
            late: [#"2026-03-03 11:00 r lin cancelled {"unless":"order.paid"}"#]),
        Case(
            testDescription: "lateness counts from the release of a hold",
            rule: rule("cart_idle: {for: 24h}", "if_late: {send_within: 2h}"),
            member: lin("carts: [{id: c, updated_at: \"2026-03-01 22:30\", total: 10}]"),
            ticks: ["2026-03-02 22:30"], outage: ("2026-03-03 08:30", "2026-03-03 11:00"),
            late: ["2026-03-03 11:00 r lin sent sms"]),
        Case(
            testDescription: "beyond it the held one is missed",
            rule: rule("cart_idle: {for: 24h}", "if_late: {send_within: 2h}"),
            member: lin("carts: [{id: c, updated_at: \"2026-03-01 22:30\", total: 10}]"),
            ticks: ["2026-03-02 22:30"], outage: ("2026-03-03 08:30", "2026-03-03 11:30"),
            late: [#"2026-03-03 11:30 r lin missed {"late":"2h30m"}"#]),
        Case(
            testDescription: "a path without a message is as patient as a task, in a rule that can send",
            rule: rule(
                "event: {name: complaint.opened}", "note: none",
                "{choose: [{if: {member.tier: gold}, do: [\(send)]}], otherwise: [\(task)]}"),
            member: lin("events: [{name: complaint.opened, at: \"2026-03-03 10:00\"}]"),
            outage: ("2026-03-03 08:00", "2026-03-03 19:00"), late: ["2026-03-03 19:00 r lin task_created"]),
        Case(
            testDescription: "the path that sends is late after its own time",
            rule: rule(
                "event: {name: complaint.opened}", "note: none",
                "{choose: [{if: {member.tier: gold}, do: [\(send)]}], otherwise: [\(task)]}"),
            member: lin("tier: gold, events: [{name: complaint.opened, at: \"2026-03-03 10:00\"}]"),
            outage: ("2026-03-03 08:00", "2026-03-03 19:00"),
            late: [#"2026-03-03 19:00 r lin missed {"late":"9h"}"#]),
        Case(
            testDescription: "a rule's own if_late holds for all of its paths",
            rule: rule("event: {name: complaint.opened}", "if_late: {send_within: 1h}", task),
            member: lin("events: [{name: complaint.opened, at: \"2026-03-03 10:00\"}]"),
            outage: ("2026-03-03 08:00", "2026-03-03 19:00"),
            late: [#"2026-03-03 19:00 r lin missed {"late":"9h"}"#]),
        Case(
            testDescription: "existing members whose slot falls into the outage come after it",
            rule: rule("inactive: {for: 30d}", "existing_members: {drip: 1, every: 1d}"),
            member: lin("orders: [{id: o, paid_at: \"2026-01-01 10:00\", total: 10}]"),
            start: "2026-03-03 10:00", outage: ("2026-03-03 10:00", "2026-03-03 11:00"),
            late: ["2026-03-03 11:00 r lin sent sms"]),
    ]

    private func world(_ one: Case) throws -> World {
        try World(settings: LateDecisionTests.settings, rules: one.rule, members: one.member)
    }

    @Test("the daemon looks at the thing as it is now", arguments: cases)
    func daemon(_ one: Case) throws {
        let world = try world(one)
        let store = try world.store()
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant(one.start))
        for tick in one.ticks { _ = try store.tick(prepared, at: try world.instant(tick)) }
        let lines = try store.tick(prepared, at: try world.instant(one.outage.until)).lines
        #expect(lines.map(World.short) == one.late)
        #expect(try store.tick(prepared, at: try world.instant(one.outage.until)).lines.isEmpty)
    }

    @Test("a rule test with the same outage says the same", arguments: cases)
    func simulation(_ one: Case) throws {
        let world = try world(one)
        let (from, until) = (try world.instant(one.outage.from), try world.instant(one.outage.until))
        let store = try world.store()
        var simulation = Simulation(
            store: store, prepared: try PreparedRules(world.planned(), rulesVersion: 0, in: store),
            from: try world.instant(one.start), until: until.adding(micros: 1))
        simulation.script.steps = [.init(at: from, .stop(until: until))]
        // As a test runs it, one decision at a time, and as a dry-run would.
        for isDetailed in [true, false] where isDetailed || one.ticks.isEmpty {
            let store = try world.store()
            var run = Simulation(
                store: store, prepared: try PreparedRules(world.planned(), rulesVersion: 0, in: store),
                from: simulation.from,
                until: simulation.until)
            run.script = simulation.script
            run.script.recordsReadings = isDetailed
            #expect(try run.run().filter { $0.at >= from }.map(World.short) == one.late, "detailed: \(isDetailed)")
        }
    }

    @Test("a cancellation and what it ends may lie far apart in a tick of many slices")
    func slices() throws {
        let one = try #require(LateDecisionTests.cases.first { $0.testDescription.hasPrefix("a hold whose release") })
        let world = try world(one)
        let store = try world.store()
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant(one.start))
        for tick in one.ticks { _ = try store.tick(prepared, at: try world.instant(tick)) }
        let now = try world.instant(one.outage.until)
        let lines = try store.tick(prepared, at: now, slices: TickSlices(items: 1)).lines
        #expect(lines.map(World.short) == one.late)
    }

    @Test(
        "what a row says is used or spent while its reminder is held is not sent",
        arguments: [
            ("coupon_expires: {days_before: 1, at: \"22:00\"}", "UPDATE coupons SET state = 'used'", "coupon.used"),
            ("points_expire: {days_before: 1, at: \"22:00\"}", "UPDATE points SET remaining = 0", "points.spent"),
        ])
    func heldRow(when: String, change: String, event: String) throws {
        let member = LateDecisionTests.lin(
            "coupons: [\(LateDecisionTests.k1)], points: [{id: p1, points: 5, expires_at: \"2026-03-04\"}]")
        let world = try World(
            settings: LateDecisionTests.settings, rules: LateDecisionTests.rule(when), members: member)
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-03 08:00"))
        #expect(
            try store.tick(prepared, at: try world.instant("2026-03-03 22:00")).lines.map(World.short)
                == [#"2026-03-03 22:00 r lin held {"quiet_hours":true} until 2026-03-04 09:00"#])
        try store.writer.write { try $0.script(change) }
        #expect(
            try store.tick(prepared, at: try world.instant("2026-03-04 09:00")).lines.map(World.short)
                == ["2026-03-04 09:00 r lin cancelled {\"anchor\":\"\(event)\"}"])
    }

    @Test("the future is invisible to a held combined reminder, and what appears while it is held joins it")
    func heldCombined() throws {
        func lines(issued: String, used: String) throws -> [String] {
            let second = "{id: k2, template: C30, issued_at: \"\(issued)\", expires_at: \"2026-03-04\"}"
            let world = try World(
                settings: LateDecisionTests.settings,
                rules: LateDecisionTests.rule(
                    #"coupon_expires: {days_before: 1, at: "22:00"}"#, LateDecisionTests.combine),
                members: LateDecisionTests.lin(
                    "coupons: [\(LateDecisionTests.k1), \(second)], events: [\(LateDecisionTests.used("k1", used))]"))
            return Array(try world.dryRun(at: "2026-03-03 20:00", until: "2026-03-04 20:00").dropFirst())
        }
        #expect(
            try lines(issued: "2026-03-04 08:00", used: "2026-03-03 23:00")
                == [#"2026-03-03 23:00 r lin cancelled {"anchor":"coupon.used"}"#])
        #expect(
            try lines(issued: "2026-03-03 22:30", used: "2026-03-03 23:00") == ["2026-03-04 09:00 r lin sent sms"])
    }
}
