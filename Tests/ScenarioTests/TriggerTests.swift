import TestSupport
import Testing

/// One table per trigger: when it is due and how the occasion is named.
@Suite("Triggers")
struct TriggerTests {
    private func run(
        when: String, member: String, at: String, until: String, extra: String = "", settings: String = "version: 1"
    ) throws -> [String] {
        let rule = """
              - id: r
                status: live
                owner: crm-team
                purpose: marketing
                when: {\(when)}
            \(extra.isEmpty ? "    note: none" : extra)
                do: [{add_tag: seen}]
            """
        let world = try World(settings: settings, rules: rule, members: "  m: {\(member)}")
        return try world.dryRun(at: at, until: until)
    }

    private func dues(_ lines: [String]) -> [String] { lines.map { String($0.prefix(16)) } }

    @Test(
        "points: one occasion for all batches of the same day, due by that day",
        arguments: [
            (#"[{id: p1, points: 600, expires_at: "2026-03-15"}]"#, ["2026-03-08 10:30"]),
            (
                #"[{id: p1, points: 600, expires_at: "2026-03-15"}, {id: p2, points: 1, expires_at: "2026-03-15 08:00"}]"#,
                ["2026-03-08 10:30"]
            ),
            (#"[{id: p1, points: 600, remaining: 0, expires_at: "2026-03-15"}]"#, []),
            (#"[{id: p1, points: 600, earned_at: "2026-03-08 10:31", expires_at: "2026-03-15"}]"#, []),
        ])
    func points(rows: String, expected: [String]) throws {
        let lines = try run(
            when: #"points_expire: {days_before: 7, at: "10:30"}"#, member: "points: \(rows)", at: "2026-03-01",
            until: "2026-04-01")
        #expect(dues(lines) == expected)
    }

    @Test("inactive: fires once when the limit is crossed, re-arms with the next activity, at the next local `at`")
    func inactive() throws {
        let orders =
            #"orders: [{id: a, paid_at: "2026-01-01 12:00", total: 1}, {id: b, paid_at: "2026-05-01 09:00", total: 1}]"#
        let lines = try run(
            when: #"inactive: {for: 90d, at: "10:00"}"#, member: orders, at: "2026-01-02", until: "2026-12-31",
            extra: "    existing_members: skip")
        #expect(dues(lines) == ["2026-04-02 10:00", "2026-07-30 10:00"])
    }

    @Test("existing members drip, latest first")
    func drip() throws {
        let rule = """
              - id: r
                status: live
                owner: crm-team
                purpose: marketing
                when: {inactive: {for: 90d, at: "10:00"}}
                existing_members: {drip: 2, every: 1d}
                do: [{add_tag: seen}]
            """
        let members = (1...5).map { "  m\($0): {orders: [{id: o\($0), paid_at: \"2025-0\($0)-01 12:00\", total: 1}]}" }
        let world = try World(rules: rule, members: members.joined(separator: "\n"))
        #expect(
            try world.dryRun(at: "2026-03-01 10:01", until: "2026-04-01") == [
                "2026-03-02 10:00 r m4 done", "2026-03-02 10:00 r m5 done", "2026-03-03 10:00 r m2 done",
                "2026-03-03 10:00 r m3 done", "2026-03-04 10:00 r m1 done",
            ])
    }

    @Test(
        "an event with `at` is due on that day, or the next when the time has passed",
        arguments: [
            ("after: 3d", "2026-03-04 22:15"), (#"after: 3d, at: "10:00""#, "2026-03-04 10:00"),
            (#"after: 0d, at: "23:00""#, "2026-03-01 23:00"), (#"after: 0d, at: "10:00""#, "2026-03-02 10:00"),
            ("after: 90m", "2026-03-01 23:45"),
        ])
    func event(delay: String, expected: String) throws {
        let lines = try run(
            when: "event: {name: store.visited, \(delay)}",
            member: #"events: [{name: store.visited, at: "2026-03-01 22:15"}]"#, at: "2026-03-01", until: "2026-03-31")
        #expect(dues(lines) == [expected])
    }

    @Test(
        "a missing clock time moves forward by the gap, a doubled one is the earlier",
        arguments: [
            ("2026-03-05", "02:30", "2026-03-08 03:30"), ("2026-10-29", "01:30", "2026-11-01 01:30"),
        ])
    func daylightSaving(day: String, time: String, expected: String) throws {
        let lines = try run(
            when: #"event: {name: store.visited, after: 3d, at: "\#(time)"}"#,
            member: #"timezone: America/New_York, events: [{name: store.visited, at: "\#(day)T12:00:00Z"}]"#,
            at: "2026-03-01", until: "2026-12-01")
        #expect(dues(lines) == [expected])
        #expect(try #require(lines.first).contains(" r m done"))
    }

    @Test("the first purchase is the first order ever, whatever became of it")
    func firstPurchase() throws {
        let orders = #"""
            orders: [{id: o2, paid_at: "2026-03-02 12:00", total: 1},
            {id: o1, paid_at: "2026-03-01 12:00", total: 1, status: refunded, refunded_at: "2026-03-01 13:00"}]
            """#
        let lines = try run(
            when: #"first_purchase: {days_after: 3, at: "11:00"}"#, member: orders, at: "2026-03-01",
            until: "2026-03-31")
        #expect(dues(lines) == ["2026-03-04 11:00"])
        let refunded = try run(
            when: #"first_purchase: {days_after: 3, at: "11:00"}"#, member: orders, at: "2026-03-01",
            until: "2026-03-31",
            extra: "    unless: [order.refunded]")
        #expect(refunded == [#"2026-03-01 13:00 r m cancelled {"unless":"order.refunded"}"#])
    }

    @Test("browsed: the third view of one category within seven days, after the silence")
    func browsed() throws {
        func view(_ at: String, _ category: String) -> String {
            #"{name: product.viewed, at: "\#(at)", data: {category: \#(category)}}"#
        }
        let views = [
            view("2026-03-01 10:00", "tea"), view("2026-03-02 10:00", "tea"), view("2026-03-02 11:00", "rice"),
            view("2026-03-03 10:00", "tea"),
        ].joined(separator: ", ")
        let lines = try run(
            when: "browsed: {at_least: 3, of: category, idle_for: 24h}", member: "events: [\(views)]", at: "2026-03-01",
            until: "2026-03-31")
        #expect(dues(lines) == ["2026-03-04 10:00"])
    }

    @Test("festivals and schedules reach whoever qualifies, and leave no line for the others")
    func calendar() throws {
        #expect(
            dues(
                try run(
                    when: #"festival: {name: mid_autumn, days_before: 2, at: "10:00"}"#, member: "tier: gold",
                    at: "2026-01-01", until: "2026-12-31")) == ["2026-09-23 10:00"])
        #expect(
            dues(
                try run(
                    when: #"schedule: {every: month, on: 31, at: "10:00"}"#, member: "tier: gold", at: "2026-01-01",
                    until: "2026-04-01")) == ["2026-01-31 10:00", "2026-02-28 10:00", "2026-03-31 10:00"])
        #expect(
            try run(
                when: #"schedule: {every: day, at: "10:00"}"#, member: "tier: basic", at: "2026-01-01",
                until: "2026-01-05", extra: "    if: {member.tier: gold}"
            ).isEmpty)
    }

    @Test("coupons: each is an occasion of its own, used ones are not")
    func coupons() throws {
        let coupons = #"""
            coupons: [{id: k1, template: C30, expires_at: "2026-03-10"}, {id: k2, template: C30, expires_at: "2026-03-10 09:00"},
            {id: k3, template: C30, expires_at: "2026-03-10", state: used}],
            events: [{name: coupon.used, at: "2026-03-09 09:59", data: {coupon: k2}}]
            """#
        let lines = try run(
            when: #"coupon_expires: {days_before: 1, at: "10:00"}"#, member: coupons, at: "2026-03-01",
            until: "2026-03-31")
        #expect(dues(lines) == ["2026-03-09 10:00"])
        let late = try run(
            when: #"coupon_expires: {days_before: 0, at: "10:00"}"#, member: coupons.replacing("k2}", with: "kx}"),
            at: "2026-03-01", until: "2026-03-31")
        #expect(
            late == ["2026-03-10 10:00 r m done", #"2026-03-10 10:00 r m missed {"passed":"2026-03-10"}"#])
    }

    @Test(
        "combined coupons come in the order asked for; those without the value last, in both directions",
        arguments: [("highest_first", "C D A B"), ("lowest_first", "D C A B")])
    func combinedOrder(direction: String, order: String) throws {
        let rules = """
              - id: r
                status: live
                owner: crm-team
                purpose: marketing
                when: {coupon_expires: {days_before: 1, at: "10:00"}}
                combine: {into: one_per_member, order_by: {field: coupon.face_value, direction: \(direction)}, save_as: coupons}
                do: [{send: {try: [{sms: {template: codes}}], fill: {coupons: coupons}}}]
            """
        let templates = """
            version: 1
            templates: [{id: codes, channel: sms, text: "【星河百货】{% for c in coupons %}{{ c.code }} {% endfor %}拒收请回复R", values: {coupons: list}}]
            """
        let coupons = [("A", ""), ("B", ""), ("C", ", face_value: 30"), ("D", ", face_value: 10")].map { code, value in
            #"{id: k\#(code), template: C30, code: \#(code), expires_at: "2026-03-10"\#(value)}"#
        }.joined(separator: ", ")
        let lines = try World(
            rules: rules, members: #"  lin: {phone: "13800000001", consent: {sms: granted}, coupons: [\#(coupons)]}"#,
            more: ["templates.yaml": templates]
        ).decisions(at: "2026-03-01", until: "2026-03-31")
        #expect(lines.map { $0.message?.text } == ["【星河百货】\(order) 拒收请回复R"])
    }
}
