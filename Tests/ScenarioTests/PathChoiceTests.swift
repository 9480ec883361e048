import Policies
import Rules
import TestSupport
import Testing

/// What a `choose` may know: everything that is known before the path is fixed.
@Suite("Choosing a path")
struct PathChoiceTests {
    private static let send = "{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}"
    private static let recommend = """
        {recommend: {strategy: category_bestsellers, based_on: member.city, if_empty: continue, save_as: picks}}
        """
    private static func tag(_ name: String) -> String { "do: [{add_tag: \(name)}]" }

    private static func rule(
        _ steps: String, _ when: String = "event: {name: store.visited}", _ more: String = "note: x"
    )
        -> String
    {
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

    /// What nobody bought is no bestseller.
    private static let buyer = """
          zhao: {orders: [{id: o1, paid_at: "2026-02-20 10:00", total: 998, items: [{sku: A}, {sku: B}]}]}
        """
    private static let products = """
        version: 1
        products:
          A: {name: 咖啡机, category: kitchen, price: 899}
          B: {name: 面霜, category: skincare, price: 99}
          C: {name: 精华, category: skincare, price: 999}
        members:
        """

    private func lines(_ rule: String, _ member: String) throws -> [Decision] {
        let world = try World(settings: "version: 1\nservice_owners: [crm]", rules: rule, members: "  lin: {\(member)}")
        let fixtures = try ShippedRules.fixtures(of: [
            YAMLReader.read(
                bytes: [UInt8]("\(PathChoiceTests.products)\n\(PathChoiceTests.buyer)\n  lin: {\(member)}\n".utf8),
                path: "m.yaml")
        ])
        return try World(set: world.set, fixtures: fixtures).decisions(
            at: "2026-03-01 08:00", until: "2026-03-02 08:00")
    }

    private static let visit = "events: [{name: store.visited, at: \"2026-03-01 10:00\"}]"

    @Test(
        "a condition sees the truth of what a recommendation before it saved",
        arguments: [
            ("picks.count: {at_least: 1}", "kitchen", true), ("picks.count: {at_least: 1}", "toys", false),
            ("picks.count: 0", "toys", true), ("picks.count: 0", "kitchen", false),
            ("picks: {is_set: true}", "kitchen", true), ("picks: {is_set: true}", "toys", false),
            ("picks.first.category: skincare", "skincare", true), ("picks.first.category: skincare", "kitchen", false),
            ("picks.first.price: {more_than: 500}", "kitchen", true),
            ("picks.first.price: {more_than: 500}", "skincare", false), ("picks: {includes: 咖啡机}", "kitchen", true),
            ("picks: {includes: 咖啡机}", "skincare", false),
        ])
    func recommendation(condition: String, category: String, holds: Bool) throws {
        let choose = "{choose: [{if: {\(condition)}, \(Self.tag("yes"))}], otherwise: [{add_tag: no}]}"
        let lines = try lines(Self.rule("\(Self.recommend), \(choose)"), "city: \(category), \(Self.visit)")
        #expect(lines.map(\.effects) == [[.tag(holds ? "yes" : "no", isAdded: true)]])
    }

    @Test("a recommendation in a branch is seen by a choose within it, and by one behind it")
    func nested() throws {
        let inner = "{choose: [{if: {picks.count: 1}, \(Self.tag("one"))}], otherwise: [{add_tag: none}]}"
        let outer = """
            {choose: [{if: {member.city: {is_set: true}}, do: [\(Self.recommend), \(inner)]}], otherwise: [\(Self.recommend)]},
            {choose: [{if: {picks.first.sku: A}, \(Self.tag("a"))}], otherwise: [{add_tag: b}]}
            """
        let lines = try lines(Self.rule(outer), "city: kitchen, \(Self.visit)")
        #expect(lines.map(\.effects) == [[.tag("one", isAdded: true), .tag("a", isAdded: true)]])
    }

    @Test("a recommendation may start from what one before it saved")
    func chained() throws {
        let second = """
            {recommend: {strategy: category_bestsellers, based_on: picks.first.category, if_empty: continue, save_as: more}}
            """
        let choose = "{choose: [{if: {more.first.sku: B}, \(Self.tag("yes"))}], otherwise: [{add_tag: no}]}"
        let lines = try lines(Self.rule("\(Self.recommend), \(second), \(choose)"), "city: skincare, \(Self.visit)")
        #expect(lines.map(\.effects) == [[.tag("yes", isAdded: true)]])
    }

    @Test("what is read before the choice writes nothing: a path that ends in no branch did nothing")
    func readOnly() throws {
        let choose = "{choose: [{if: {picks.count: {at_least: 5}}, \(Self.tag("yes"))}]}"
        let lines = try lines(
            Self.rule("{add_tag: early}, \(Self.recommend), \(choose)"), "city: kitchen, \(Self.visit)")
        #expect(lines.map { World.short($0) } == [#"2026-03-01 10:00 r lin skipped {"choose":"none"}"#])
        #expect(lines.map(\.effects) == [[]])
    }

    @Test("a choose sees how many coupons were combined", arguments: [(1, "one"), (2, "many")])
    func combined(count: Int, tag: String) throws {
        let coupons = (1...count).map { "{id: k\($0), template: C30, expires_at: \"2026-03-02\"}" }
        let choose = "{choose: [{if: {all_of.count: {at_least: 2}}, \(Self.tag("many"))}], otherwise: [{add_tag: one}]}"
        let rule = Self.rule(
            choose.replacing("all_of", with: "found"), #"coupon_expires: {days_before: 1, at: "10:00"}"#,
            "combine: {into: one_per_member, save_as: found}")
        let lines = try lines(rule, "coupons: [\(coupons.joined(separator: ", "))]")
        #expect(lines.map(\.effects) == [[.tag(tag, isAdded: true)]])
    }

    @Test("one coupon a tier, then one message with it", arguments: [("gold", "C30"), ("silver", "UNTIL")])
    func couponOfTheBranch(tier: String, template: String) throws {
        let choose = """
            {choose: [{if: {member.tier: gold}, do: [{give_coupon: {template: C30, save_as: gift}}]}],
             otherwise: [{give_coupon: {template: UNTIL, save_as: gift}}]},
            {send: {try: [{sms: {template: hello}}], fill: {name: gift.template}}}
            """
        let lines = try lines(
            Self.rule(choose), "tier: \(tier), phone: \"13800000001\", display_name: x, \(Self.visit)")
        #expect(lines.map { $0.message?.text } == ["【星河百货】\(template) 拒收请回复R"])
        #expect(lines.map(\.coupon) == [template])
    }

    @Test("every effect stands in the line, in order, also where nothing changed")
    func effects() throws {
        let steps = """
            {give_coupon: {template: C30}}, {adjust_points: {add: 100}}, {add_tag: vip}, {remove_tag: gone},
            \(Self.send), {create_task: {assign_to: member.advisor, title: 回访}}, {adjust_points: {add: -5}}
            """
        let lines = try lines(Self.rule(steps), "phone: \"13800000001\", tags: [vip], \(Self.visit)")
        let code = Chance.couponCode(id: "r/lin/event:store.visited@2026-03-01T02:00:00Z/1")
        #expect(
            lines.map { $0.json.rendered.split(separator: "\"segments_billed\":1,").last ?? "" } == [
                "\"effects\":[{\"coupon\":\"C30\",\"code\":\"\(code)\"},{\"points\":100},{\"tag\":\"+vip\"},"
                    + "{\"tag\":\"-gone\"},{\"task\":\"回访\"},{\"points\":-5}]}"
            ])
        #expect(lines.map(\.outcome) == [.sent])
    }

    @Test("what failed on the way did nothing")
    func failed() throws {
        let lines = try lines(
            Self.rule("{add_tag: vip}, {give_coupon: {template: POOL}}"), Self.visit)
        #expect(lines.map { "\($0.outcome) \($0.effects.count)" } == ["failed 0"])
    }

    @Test("points that were adjusted count at once, and raise their event")
    func adjusted() throws {
        let follow = """

              - id: f
                status: live
                owner: crm
                purpose: service
                when: {event: {name: points.spent}}
                if: {member.points_balance: {less_than: 0}}
                do: [{add_tag: poor}]
            """
        let lines = try lines(Self.rule("{adjust_points: {add: -5}}") + follow, Self.visit)
        #expect(
            lines.map { "\($0.rule) \($0.effects)" } == [
                "f \([Effect.tag("poor", isAdded: true)])", "r \([Effect.points(-5)])",
            ])
    }
}
