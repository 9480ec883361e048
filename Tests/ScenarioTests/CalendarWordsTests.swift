import Kit
import Policies
import TestSupport
import Testing

/// The days of a schedule or festival, and what a member's birthday and last order say, by the calendar of their day.
@Suite("Words of the calendar")
struct CalendarWordsTests {
    private static let settings = """
        version: 1
        service_owners: [crm]
        tiers: [{id: gold, name: 金卡}, {id: basic, name: 普通}]
        holidays: [{from: 2026-10-01, to: 2026-10-07}]
        workdays: [2026-10-10]
        festivals: [{name: day_of_mothers, month: 5, weekday: sunday, nth: 2}, {name: dumplings, solar_term: dongzhi}]
        """

    private func occasions(_ when: String, at: String, until: String) throws -> [String] {
        let rule = "  - {id: r, status: live, owner: crm, purpose: service, when: {\(when)}, do: [{add_tag: seen}]}"
        return try World(settings: CalendarWordsTests.settings, rules: rule, members: "  m: {}")
            .decisions(at: at, until: until).map { String($0.occasion.drop { $0 != ":" }.dropFirst()) }
    }

    @Test(
        "a schedule comes on its weekdays, workdays or once a quarter",
        arguments: [
            (
                "every: week, on: [thursday, monday]",
                ["2026-09-28", "2026-10-01", "2026-10-05", "2026-10-08", "2026-10-12"]
            ),
            (
                "every: workday",
                ["2026-09-28", "2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12"]
            ),
            ("every: quarter", ["2026-10-01"]), ("every: quarter, on: 12", ["2026-10-12"]),
        ])
    func schedules(cycle: String, days: [String]) throws {
        #expect(try occasions("schedule: {\(cycle)}", at: "2026-09-27", until: "2026-10-13") == days)
    }

    @Test("the 31st of a quarter is its first month's last day")
    func lastOfQuarter() throws {
        #expect(
            try occasions("schedule: {every: quarter, on: 31}", at: "2026-01-01", until: "2027-01-01")
                == ["2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"])
    }

    @Test(
        "a festival comes on its day of that year",
        arguments: [
            ("mothers_day", "2026-05-10"), ("day_of_mothers", "2026-05-10"), ("fathers_day", "2026-06-21"),
            ("thanksgiving", "2026-11-26"), ("winter_solstice", "2026-12-22"), ("dumplings", "2026-12-22"),
            ("new_years_eve", "2026-02-16"),
        ])
    func festivals(name: String, day: String) throws {
        #expect(
            try occasions("festival: {name: \(name), days_before: 3}", at: "2026-01-01", until: "2027-01-01")
                == ["\(name):\(day)"])
    }

    /// Who meets `condition` on 8 March 2026, of four members.
    private func meeting(_ condition: String) throws -> [String] {
        let rule = """
              - {id: r, status: live, owner: crm, purpose: service, when: {schedule: {on: 2026-03-08}},
                 if: {\(condition)}, do: [{add_tag: seen}]}
            """
        let items =
            "[{sku: A, name: 壶, price: 10, quantity: 3}, {sku: B, name: 锅, price: 30}, {sku: C, name: 碗, price: 2}]"
        let members = """
              lin:
                tier: gold
                birthday: "1990-03-08"
                orders:
                  - {id: o1, paid_at: "2026-02-01", total: 62, items: \(items)}
                  - {id: o2, paid_at: "2026-03-01", total: 9, status: refunded, refunded_at: "2026-03-02", items: [{sku: D, name: 盆}]}
              wu:
                tier: basic
                birthday: "1988-01-20"
                birthday_calendar: lunar
                orders:
                  - {id: o4, paid_at: "2026-03-01", total: 9, items: [{sku: D, name: 盆, price: 1}]}
                  - {id: o3, paid_at: "2026-03-01", total: 9, items: [{sku: B, name: 锅, price: 1}]}
              zhao: {tier: lost, birthday: "--03-09", orders: [{id: o5, paid_at: "2026-03-01", total: 9}]}
              none: {}
            """
        return try World(settings: CalendarWordsTests.settings, rules: rule, members: members)
            .decisions(at: "2026-03-08", until: "2026-03-09").map(\.member)
    }

    @Test(
        "a member's fields are as of the day, and missing where nothing says them",
        arguments: [
            ("member.tier_name: 金卡", ["lin"]), ("member.tier_name: {is_set: false}", ["none", "zhao"]),
            // The 20th of the first lunar month.
            ("member.is_birthday: true", ["lin", "wu"]), ("member.is_birthday: false", ["zhao"]),
            ("member.birthday_month: 3", ["lin", "wu", "zhao"]), ("member.birthday_month: {is_set: false}", ["none"]),
            ("member.last_item: 壶", ["lin"]), ("member.last_item: 盆", ["wu"]),
            ("member.last_item: {is_set: false}", ["none", "zhao"]),
        ])
    func fields(condition: String, members: [String]) throws { #expect(try meeting(condition) == members) }

    @Test("quiet days hold a message over the weekend, with one line")
    func quietDays() throws {
        let rule = """
              - {id: r, status: live, owner: crm, purpose: marketing, when: {event: {name: store.visited}},
                 do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
            """
        let world = try World(
            settings: "version: 1\nquiet_hours: {from: \"21:00\", to: \"09:00\", days: [saturday, sunday]}",
            rules: rule,
            members: """
                  lin: {phone: "13800000001", consent: {sms: granted}, events: [{name: store.visited, at: "2026-03-06 22:00"}]}
                """)
        #expect(
            try world.dryRun(at: "2026-03-06", until: "2026-03-10") == [
                #"2026-03-06 22:00 r lin held {"quiet_hours":true} until 2026-03-09 09:00"#,
                "2026-03-09 09:00 r lin sent sms",
            ])
    }

    @Test(
        "points by a field are rounded down, and nothing where there is none; a task may name a role",
        arguments: [
            ("{of: order.total, times: 1}", #"[{"points":99}]"#), ("{of: order.total, times: 0.005}", "[]"),
            ("{of: member.lifetime_orders, times: 2.5}", #"[{"points":2}]"#), ("{of: member.age}", "[]"),
        ])
    func points(add: String, effects: String) throws {
        let rule = """
              - {id: r, status: live, owner: crm, purpose: service, when: {event: {name: order.paid}},
                 do: [{adjust_points: {add: \(add)}}, {create_task: {assignee: 客服主管, title: 回访}}]}
            """
        let world = try World(
            settings: CalendarWordsTests.settings, rules: rule,
            members: "  lin: {orders: [{id: o, paid_at: \"2026-03-06 12:00\", total: 99.99}]}")
        let line = try #require(try world.decisions(at: "2026-03-06", until: "2026-03-07").first)
        #expect(line.outcome == .taskCreated)
        let points = line.effects.filter { if case .points = $0 { true } else { false } }
        #expect(JSONText.list(points.map(\.json)).rendered == effects)
    }
}
