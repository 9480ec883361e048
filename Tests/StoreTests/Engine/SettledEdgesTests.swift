import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Review
@testable import Engine
@testable import Store

/// Edges that the contract settled after the first version: each was answered otherwise by one path or another.
@Suite("Settled edges")
struct SettledEdgesTests {
    private static let settings = "version: 1\nquiet_hours: none\nservice_owners: [crm]\nblast_guard: off"

    private static func rule(_ id: String = "r", when: String, if condition: String? = nil, more: String = "") -> String
    {
        """
              - {id: \(id), name: n, status: live, owner: crm, purpose: service, when: \(when)\(condition.map { ", if: \($0)" } ?? ""), do: [{add_tag: x}]\(more)}

        """
    }

    private static func dryRun(
        _ rules: String, members: String, settings: String = SettledEdgesTests.settings, more: [String: String] = [:],
        at: String = "2026-03-01", until: String = "2026-03-02"
    ) throws -> [String] {
        try World(settings: settings, rules: rules, members: members, more: more).dryRun(at: at, until: until)
    }

    // MARK: orders that are void

    private static let thanks = rule("thanks", when: "{event: {name: order.paid, after: 1h}}")

    @Test("an order that is void raises nothing, also when its event came too")
    func voidInFixtures() throws {
        let event = #"events: [{id: e1, name: order.paid, at: "2026-03-01 10:00", data: {order: o1, total: 10}}]"#
        for status in ["refunded", "cancelled"] {
            let order = #"orders: [{id: o1, paid_at: "2026-03-01 10:00", total: 10, status: \#(status)}]"#
            #expect(
                try SettledEdgesTests.dryRun(SettledEdgesTests.thanks, members: "  m: {\(order), \(event)}").isEmpty)
        }
        #expect(try SettledEdgesTests.dryRun(SettledEdgesTests.thanks, members: "  m: {\(event)}").count == 1)
    }

    @Test("whichever comes first, and the event told again brings nothing back", arguments: [false, true])
    func voidInImports(eventFirst: Bool) throws {
        let desk = try IntakeDesk()
        try desk.addMembers("m")
        let event =
            #"{"id":"e1","member_id":"m","name":"order.paid","at":"2026-03-01 10:00","data":{"order":"o1","total":10}}"#
            + "\n"
        func tell() throws { _ = try desk.run(.events, event, name: "e.ndjson") }
        func order(_ status: String, refunded: String = "") throws {
            _ = try desk.run(
                .orders,
                "id,member_id,paid_at,total,status,refunded_at\no1,m,2026-03-01 10:00,10,\(status),\(refunded)\n")
        }
        if eventFirst { try tell() }
        try order("refunded")
        try tell()
        #expect(try desk.events().isEmpty)
        #expect(try desk.rows("SELECT * FROM latest").isEmpty)
        try tell()
        #expect(try desk.events().isEmpty)
        // An instant makes it an order like any other.
        try order("refunded", refunded: "2026-03-04 09:00")
        #expect(
            try desk.events() == [
                "order.paid 2026-03-01T02:00:00Z row o1", "order.refunded 2026-03-04T01:00:00Z row o1",
            ])
    }

    // MARK: where

    @Test("`where` reads amounts and numbers as fields do, from the world as well")
    func amountsAsText() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("m")
        _ = try desk.run(
            .events,
            #"{"id":"e1","member_id":"m","name":"order.paid","at":"2026-03-01 10:00","data":{"order":"o1","total":"899"}}"#
                + "\n",
            name: "e.ndjson")
        let world = try World(
            settings: SettledEdgesTests.settings,
            rules: SettledEdgesTests.rule("where", when: "{event: {name: order.paid, where: {total: {at_least: 100}}}}")
                + SettledEdgesTests.rule(
                    "if", when: "{event: {name: order.paid}}", if: "{order.total: {at_least: 100}}"),
            members: "  a: {}")
        let prepared = try desk.store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01"))
        let lines = try desk.store.tick(prepared, at: try world.instant("2026-03-01 10:00")).lines
        #expect(lines.map(\.rule) == ["if", "where"] && lines.allSatisfy { $0.outcome == .done })
    }

    struct Asked: Sendable, CustomTestStringConvertible {
        let test: String
        let data: String
        let holds: Bool
        var testDescription: String { "\(test) of \(data)" }
    }

    @Test(
        "a bare number asks for a number, quotes for a text",
        arguments: [
            Asked(test: "899", data: #""899""#, holds: true), Asked(test: "899", data: "899", holds: true),
            Asked(test: "899", data: #""¥899.00""#, holds: true), Asked(test: "899", data: "899.5", holds: false),
            Asked(test: #""899""#, data: "899", holds: true), Asked(test: #""899""#, data: #""¥899""#, holds: false),
            Asked(test: "[1, 899]", data: #""899""#, holds: true),
            Asked(test: "{is_not: 899}", data: #""899""#, holds: false),
            Asked(test: "{is_not: 899}", data: #""未知""#, holds: true),
            Asked(test: "{at_most: 899}", data: #""未知""#, holds: false),
            Asked(test: "{between: [800, 900]}", data: #""1,299""#, holds: false),
            Asked(test: "{between: [800, 1300]}", data: #""1,299""#, holds: true),
            Asked(test: "007", data: "7", holds: false),
            Asked(test: "007", data: #""007""#, holds: true), Asked(test: "true", data: "true", holds: true),
            Asked(test: "{starts_with: 8}", data: "899", holds: true),
        ])
    func bareNumbers(_ asked: Asked) throws {
        let member = #"  m: {events: [{id: e1, name: ping, at: "2026-03-01 10:00", data: {amount: \#(asked.data)}}]}"#
        let filter = SettledEdgesTests.rule(when: "{event: {name: ping, where: {amount: \(asked.test)}}}")
        let condition = SettledEdgesTests.rule(
            when: "{event: {name: ping}}", if: "{trigger.data.amount: \(asked.test)}")
        let history = SettledEdgesTests.rule(
            when: "{event: {name: ping}}", if: "{history: [{event: ping, where: {amount: \(asked.test)}}]}")
        for rule in [filter, condition, history] {
            let lines = try SettledEdgesTests.dryRun(rule, members: member)
            #expect(lines.contains { $0.hasSuffix(" done") } == asked.holds, "\(rule)\(lines)")
        }
    }

    // MARK: members

    @Test("a birthday without a year is set, and is no date to compare")
    func birthdayWithoutYear() throws {
        let ping = #"events: [{id: e, name: ping, at: "2026-03-01 10:00"}]"#
        let members = """
              m: {birthday: "--03-10", \(ping)}
              lunar: {birthday: {calendar: lunar, month: 6, day: 30}, \(ping)}
              none: {\(ping)}
            """
        for when in ["{event: {name: ping}}", #"{schedule: {every: day, at: "10:00"}}"#] {
            let missing = try SettledEdgesTests.dryRun(
                SettledEdgesTests.rule(when: when, if: "{member.birthday: {is_set: false}}"), members: members)
            #expect(missing.filter { $0.hasSuffix(" done") } == ["2026-03-01 10:00 r none done"])
            let old = try SettledEdgesTests.dryRun(
                SettledEdgesTests.rule(when: when, if: "{member.birthday: {after: 1900-01-01}}"), members: members)
            #expect(!old.contains { $0.hasSuffix(" done") })
        }
        let told = try SettledEdgesTests.dryRun(
            SettledEdgesTests.rule(when: "{event: {name: ping}}", if: "{member.birthday: {is_set: false}}"),
            members: members)
        #expect(told.contains(#"2026-03-01 10:00 r m skipped {"condition":"member.birthday","actual":"--03-10"}"#))
    }

    @Test("empty text is a value for attributes too")
    func emptyText() throws {
        let fields = "version: 1\nfields: [{id: member.attr.note, type: text, description: x, can_be_missing: true}]"
        let ping = #"events: [{id: e, name: ping, at: "2026-03-01 10:00"}]"#
        let rules =
            SettledEdgesTests.rule("attr", when: "{event: {name: ping}}", if: "{member.attr.note: {is_set: true}}")
            + SettledEdgesTests.rule("own", when: "{event: {name: ping}}", if: "{member.city: {is_set: true}}")
        let lines = try SettledEdgesTests.dryRun(
            rules, members: #"  m: {city: "", attr: {note: ""}, \#(ping)}"#, more: ["fields.yaml": fields])
        #expect(lines == ["2026-03-01 10:00 attr m done", "2026-03-01 10:00 own m done"])
    }

    @Test("born on 29 February, and greeted in leap years only: a year older on 1 March of the others")
    func leapYearsOnly() throws {
        let policy = BirthdayPolicy(leapDay: .leapYearsOnly)
        let born = try #require(RecurringDate(year: 1996, month: 2, day: 29))
        func age(_ text: String) throws -> Int? { born.age(on: try #require(LocalDate(text: text)), policy) }
        #expect(try age("2026-02-28") == 29 && age("2026-03-01") == 30)
        #expect(try age("2028-02-28") == 31 && age("2028-02-29") == 32 && age("1996-03-01") == 0)
    }

    @Test("at L + 90 d a member is cooling, as `inactive` says at that instant; a microsecond before still active")
    func lifecycle() throws {
        let members =
            #"  m: {orders: [{id: o, paid_at: "2025-01-01 10:00", total: 1}, {id: p, paid_at: "2026-03-01 10:00", total: 1}]}"#
        let rules = ["active", "cooling"].map {
            SettledEdgesTests.rule(
                $0, when: "{inactive: {for: 90d}}", if: "{member.lifecycle: \($0)}", more: ", existing_members: skip")
        }.joined()
        let lines = try SettledEdgesTests.dryRun(rules, members: members, at: "2026-05-30", until: "2026-05-31")
        #expect(
            lines == [
                #"2026-05-30 10:00 active m skipped {"condition":"member.lifecycle","actual":"cooling"}"#,
                "2026-05-30 10:00 cooling m done",
            ])
    }

    @Test(
        "each stage and each score ends before the instant at which its days are over, on nights with a clock change too"
    )
    func windows() throws {
        let zone = try #require(Zone(named: "Europe/Paris"))
        let last = try #require(TimePoint(text: "2026-03-01 02:30")).instant(in: zone)
        let days = Settings().lifecycle
        let scores = [30, 90, 180, 365]
        let stages = [(90, "active", "cooling"), (180, "cooling", "sleeping"), (365, "sleeping", "lost")]
        for (index, (limit, before, after)) in stages.enumerated() {
            let end = zone.add(Span(limit, .days), to: last)
            func stage(_ now: Instant) -> String {
                days.stage(first: .distantPast, last: last, registered: nil, at: now, in: zone)
            }
            #expect(stage(end.adding(micros: -1)) == before && stage(end) == after)
            func score(_ now: Instant) -> Int { Recency.score(last, limits: scores, at: now, in: zone) }
            #expect(score(end.adding(micros: -1)) == 4 - index && score(end) == 3 - index)
        }
        #expect(
            days.stage(first: nil, last: nil, registered: last, at: zone.add(Span(30, .days), to: last), in: zone)
                == "lost")
        #expect(days.stage(first: nil, last: nil, registered: last, at: last, in: zone) == "new")
    }

    // MARK: recommendations

    @Test("bestsellers are pieces in orders that count; of equal ones the sku decides, and what nobody bought is none")
    func bestsellers() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("m", "n")
        _ = try desk.run(
            .products,
            "sku,name,category,price\nA,a,kitchen,1\nB,b,kitchen,900\nC,c,kitchen,5\nD,d,kitchen,5\nE,e,kitchen,999\n")
        _ = try desk.run(
            .orders,
            """
            id,member_id,paid_at,total,status,refunded_at
            o1,m,2026-03-01 10:00,1,paid,
            o2,m,2026-03-01 10:00,1,refunded,2026-03-05 10:00
            o3,m,2026-03-01 10:00,1,cancelled,

            """)
        _ = try desk.run(
            .orderItems, "order_id,sku,quantity\no1,A,2\no1,B,2\no2,C,9\no3,D,50\n")
        func best(_ text: String) throws -> [String] {
            let now = try #require(TimePoint(text: text)).instant(in: desk.options.zone)
            return try desk.store.writer.write { db in
                try Recommendation.refresh(db, at: now)
                let wanted = Recommend(
                    strategy: .categoryBestsellers,
                    basedOn: Field(name: "browse.category", source: .browse, type: .text, canBeMissing: true),
                    exclude: [], limit: 9, stopIfEmpty: false, saveAs: "picks")
                return try Recommendation(db: db, member: "n", now: now).picks(wanted, basedOn: .text("kitchen"))
                    .compactMap { if case .text(let sku)? = $0["sku"] { sku } else { nil } }
            }
        }
        #expect(try best("2026-03-05 09:00") == ["C", "A", "B"])
        // Refunded within the hours since the last count, and far beyond them.
        #expect(try best("2026-03-05 10:00") == ["A", "B"])
        #expect(try best("2026-05-30 09:00") == ["A", "B"] && best("2026-05-30 10:00") == [])
    }

    // MARK: decisions

    @Test("who fails `if` of a schedule at a late decision is not due, whoever meets it has missed it")
    func lateSchedule() throws {
        let world = try World(
            settings: SettledEdgesTests.settings,
            rules: SettledEdgesTests.rule(
                when: #"{schedule: {every: day, at: "10:00"}}"#, if: "{member.tier: gold}",
                more: ", if_late: {send_within: 1h}"),
            members: "  lin: {tier: gold}\n  wu: {tier: silver}")
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01 09:00"))
        let lines = try store.tick(prepared, at: try world.instant("2026-03-01 12:00")).lines.map(World.short)
        #expect(lines == [#"2026-03-01 12:00 r lin missed {"late":"2h"}"#])
    }

    @Test("an explanation counts what happened in the fixtures, and never sends that were not")
    func explainedLimits() throws {
        let rules = """
              - {id: daily, name: n, status: live, owner: crm, purpose: marketing, when: {schedule: {every: day, at: "10:00"}},
                 limits: {at_most: {times: 1, in: 7d}}, do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
            """
        let reachable = #"phone: "13800000001", consent: {sms: granted}"#
        func told(_ members: String) throws -> [String] {
            let world = try World(
                settings: SettledEdgesTests.settings + "\nfrequency_cap: [{times: 1, in: 3d}]", rules: rules,
                members: members)
            let explainer = try Explainer(
                store: try world.store(), set: world.set, channels: ChannelDeclaration.standard, rule: "daily",
                member: "lin")
            let at = try world.instant("2026-03-07 10:00")
            let explained = try explainer.explain(at..<at.adding(micros: 60_000_000)).compactMap(\.line).map(
                World.short)
            #expect(explained == (try world.dryRun(at: "2026-03-07 10:00", until: "2026-03-07 10:01")))
            return explained
        }
        #expect(try told("  lin: {\(reachable)}") == ["2026-03-07 10:00 daily lin sent sms"])
        let earlier =
            #"events: [{id: e, name: message.sent, at: "2026-03-06 10:00", data: {rule: other, purpose: marketing}}]"#
        #expect(
            try told("  lin: {\(reachable), \(earlier)}") == [
                #"2026-03-07 10:00 daily lin suppressed {"cap":"1 in 3d"}"#
            ])
    }
}
