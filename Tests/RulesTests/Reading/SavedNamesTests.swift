import Testing

@testable import Rules

/// Which names that steps saved may be named where.
@Suite("Names that steps save")
struct SavedNamesTests {
    private static let coupon = "{give_coupon: {template: BDAY-30OFF, save_as: gift}}"
    private static let picks =
        "{recommend: {strategy: category_bestsellers, based_on: member.top_category, save_as: gift}}"
    private static let use =
        "{send: {try: [{wechat: {template: wx_code}}], fill: {name: member.display_name, code: gift.code}}}"

    private func said(_ steps: String) -> [String] {
        RuleSetSamples.read(
            RuleSetSamples.rule(
                "when: {event: {name: order.paid}}\nif: {member.display_name: {is_set: true}}\ndo: [\(steps)]")
        ).diagnostics.filter { $0.severity == .error }.map { "\($0.code) \($0.message)" }
    }

    private func choose(_ first: String, _ second: String, otherwise: String? = nil) -> String {
        "{choose: [{if: {member.tier: gold}, do: [\(first)]}, {if: {member.tier: silver}, do: [\(second)]}]"
            + (otherwise.map { ", otherwise: [\($0)]" } ?? "") + "}"
    }

    @Test("what a coupon saved cannot be asked in a condition, and the finding says what can be done")
    func coupon() {
        let steps = Self.coupon + ", {choose: [{if: {gift.face_value: {at_least: 20}}, do: [{add_tag: vip}]}]}"
        let found = RuleSetSamples.read(
            RuleSetSamples.rule("when: {event: {name: order.paid}}\ndo: [\(steps)]")
        ).diagnostics.filter { $0.severity == .error }
        #expect(found.map { "\($0.code) \($0.message)" } == ["R203 `gift.face_value` cannot be read in a condition"])
        #expect(
            found.map(\.help) == [
                [
                    "the coupon is given when the path is fixed; use `{% if %}` in the text, or ask for the stock with "
                        + "`coupon_stock`"
                ]
            ])
    }

    @Test("what a recommendation saved can")
    func recommendation() {
        #expect(said(Self.picks + ", {choose: [{if: {gift.count: {at_least: 2}}, do: [{add_tag: vip}]}]}") == [])
    }

    @Test("a name that every branch saves by the same action is known after the choose")
    func everyBranch() {
        #expect(said(choose(Self.coupon, Self.coupon, otherwise: Self.coupon) + ", " + Self.use) == [])
        // Where no branch is taken nothing follows either.
        #expect(said(choose(Self.coupon, Self.coupon) + ", " + Self.use) == [])
    }

    @Test("saved in some branches only, the use names the branch that lacks it")
    func someBranches() {
        let tag = "{add_tag: vip}"
        #expect(
            said(choose(Self.coupon, tag, otherwise: Self.coupon) + ", " + Self.use)
                == ["R201 `gift.code` is not known on every path: branch 2 does not save `gift`"])
        #expect(
            said(choose(Self.coupon, Self.coupon, otherwise: tag) + ", " + Self.use)
                == ["R201 `gift.code` is not known on every path: `otherwise` does not save `gift`"])
        #expect(
            said(choose(Self.coupon, Self.picks, otherwise: Self.coupon) + ", " + Self.use)
                == ["R201 `gift.code` is not known on every path: branch 2 saves `gift` by another action"])
        let inner = choose(Self.coupon, tag)
        #expect(
            said(choose(inner, Self.coupon) + ", " + Self.use)
                == ["R201 `gift.code` is not known on every path: branch 2 does not save `gift`"])
    }

    @Test("saved anew after the choose, it is known")
    func anew() {
        #expect(said(choose(Self.coupon, "{add_tag: vip}") + ", " + Self.coupon + ", " + Self.use) == [])
    }
}
