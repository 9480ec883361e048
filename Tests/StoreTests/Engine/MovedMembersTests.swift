import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Review
@testable import Store

/// Whatever waits is decided on the clock that the member has when it is decided.
@Suite("Members who moved while a message waited")
struct MovedMembersTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var when: String
        var more = "note: none"
        var member: String
        /// When the message is held, on the clock of Shanghai.
        var held: String
        /// Where the member lives from an hour before the release on.
        var zone: String
        /// A look, and what it decides on the member's new clock.
        var looks: [(at: String, lines: [String])]
    }

    private static let settings = """
        version: 1
        service_owners: [crm]
        quiet_hours: {from: "21:00", to: "09:00", applies_to: [service]}
        """

    private static func rule(_ one: Case) -> String {
        """
          - id: r
            status: live
            owner: crm
            purpose: service
            when: {\(one.when)}
            \(one.more)
            do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
        """
    }

    private static let order = #"orders: [{id: o1, paid_at: "2026-03-01 10:00", total: 9}]"#

    static let cases: [Case] = [
        Case(
            testDescription: "a release at night waits for the local morning",
            when: "event: {name: order.paid, after: 13h}", member: order, held: "2026-03-01 23:00",
            zone: "Europe/London",
            looks: [
                ("2026-03-02 09:00", []), ("2026-03-02 16:59", []),
                ("2026-03-02 17:00", ["2026-03-02 09:00 r lin sent sms"]),
            ]),
        Case(
            testDescription: "a release by day leaves with the clock of where they are",
            when: "event: {name: order.paid, after: 13h}", member: order, held: "2026-03-01 23:00",
            zone: "Asia/Tokyo", looks: [("2026-03-02 09:00", ["2026-03-02 10:00 r lin sent sms"])]),
        Case(
            testDescription: "a birthday is over at its own midnight where they are",
            when: #"birthday: {at: "22:00"}"#, member: #"birthday: "1990-03-01""#, held: "2026-03-01 22:00",
            zone: "America/Los_Angeles", looks: [("2026-03-02 09:00", ["2026-03-01 17:00 r lin sent sms"])]),
        Case(
            testDescription: "points are those that the message was held for",
            when: #"points_expire: {days_before: 1, at: "22:00"}"#, more: "if: {points.expiring: {at_least: 5}}",
            member: #"points: [{id: p1, points: 5, remaining: 5, expires_at: "2026-03-04"}]"#,
            held: "2026-03-03 22:00", zone: "Asia/Tokyo",
            looks: [("2026-03-04 09:00", ["2026-03-04 10:00 r lin sent sms"])]),
        Case(
            testDescription: "combined coupons are those that the message was held for",
            when: #"coupon_expires: {days_before: 1, at: "22:00"}"#,
            more: "combine: {into: one_per_member, save_as: list}",
            member: #"coupons: [{id: k1, template: C30, expires_at: "2026-03-04"}]"#,
            held: "2026-03-03 22:00", zone: "Asia/Tokyo",
            looks: [("2026-03-04 09:00", ["2026-03-04 10:00 r lin sent sms"])]),
    ]

    private func world(_ one: Case) throws -> World {
        try World(
            settings: MovedMembersTests.settings, rules: MovedMembersTests.rule(one),
            members: #"  lin: {phone: "13800000001", \#(one.member)}"#)
    }

    @Test("the daemon reads their clock again at the release", arguments: cases)
    func daemon(_ one: Case) throws {
        let world = try world(one)
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01 07:00"))
        #expect(
            try store.tick(prepared, at: try world.instant(one.held)).lines.map(\.outcome) == [.held])
        try store.writer.write {
            try $0.script("UPDATE members SET timezone = '\(one.zone)', zone = '\(one.zone)'")
        }
        for look in one.looks {
            let lines = try store.tick(prepared, at: try world.instant(look.at)).lines
            #expect(lines.map(World.short) == look.lines, "\(look.at)")
        }
    }

    @Test("a rule test with the same change says the same", arguments: cases)
    func simulation(_ one: Case) throws {
        let world = try world(one)
        let store = try world.store()
        let last = try #require(one.looks.last)
        var simulation = Simulation(
            store: store, prepared: try PreparedRules(world.planned(), rulesVersion: 0, in: store),
            from: try world.instant(one.held), until: try world.instant(last.at).adding(micros: 1))
        let moved = try World(
            settings: MovedMembersTests.settings, rules: MovedMembersTests.rule(one),
            members: "  lin: {timezone: \(one.zone)}")
        let change = try #require(moved.fixtures.members.first)
        simulation.script.steps = [
            .init(
                at: try world.instant(one.held).adding(micros: 60_000_000),
                .change(change, keys: ["timezone"], custom: []))
        ]
        #expect(try simulation.run().filter { $0.outcome != .held }.map(World.short) == last.lines)
    }

    @Test("existing members whose turn comes at night where they are now wait for their morning")
    func existing() throws {
        let one = Case(
            testDescription: "", when: #"inactive: {for: 30d, at: "10:00"}"#,
            more: "existing_members: {drip: 1, every: 1d}",
            member: #"orders: [{id: o, paid_at: "2026-01-01 10:00", total: 10}]"#, held: "", zone: "", looks: [])
        let world = try world(one)
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01 08:00"))
        try store.writer.write {
            try $0.script("UPDATE members SET timezone = 'Europe/London', zone = 'Europe/London'")
        }
        #expect(
            try store.tick(prepared, at: try world.instant("2026-03-01 10:00")).lines.map(World.short)
                == [#"2026-03-01 02:00 r lin held {"quiet_hours":true} until 2026-03-01 09:00"#])
        #expect(
            try store.tick(prepared, at: try world.instant("2026-03-01 17:00")).lines.map(World.short)
                == ["2026-03-01 09:00 r lin sent sms"])
    }
}
