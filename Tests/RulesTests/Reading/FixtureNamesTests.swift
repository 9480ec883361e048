import Testing

@testable import Rules

/// Names in fixtures are looked up like those in rules.
@Suite("Names in fixtures")
struct FixtureNamesTests {
    private func said(_ text: String, rule: String = "when: {event: {name: tasting.booked}}\n\(RuleSetSamples.sending)")
        -> [String]
    {
        let set = RuleSetSamples.read(RuleSetSamples.rule(rule)).sound
        let file = YAMLReader.read(
            bytes: [UInt8](
                ("# yaml-language-server: $schema=../../.nudged/fixtures.v1.schema.json\nversion: 1\n" + text).utf8),
            path: "rules/fixtures/m.yaml")
        let names = FixtureNames(set, channels: ChannelDeclaration.standard + [.init(id: "viber", address: .phone)])
        let found = FixtureReader.read(files: [file], knownCustomFields: set.fields, names: names).1
        for sentence in found.flatMap({ [$0.message] + $0.help }) {
            #expect(MessageCatalogue.chinese(sentence) != nil, "\(sentence)")
        }
        return found.map { "\($0.severity) \($0.code) \($0.message)" + ($0.help.first.map { ": \($0)" } ?? "") }
    }

    @Test(
        "an unknown one is found, with the nearest there is",
        arguments: [
            ("tier: golden", "error T027 there is no tier `golden`: did you mean `gold`?"),
            ("preferred_channel: wechta", "error T013 there is no channel `wechta`: did you mean `wechat`?"),
            ("consent: {wechta: granted}", "error T013 there is no channel `wechta`: did you mean `wechat`?"),
            ("store_id: nope", "warning T003 no fixture describes the store `nope`: add it under `stores`"),
            ("experiment: {nokey: a}", "warning T026 there is no experiment `nokey`"),
            (
                "coupons: [{id: k, template: BDAY-30OF, expires_at: \"2026-03-09\"}]",
                "warning T023 there is no coupon template `BDAY-30OF`: did you mean `BDAY-30OFF`?"
            ),
            (
                "orders: [{id: o, paid_at: \"2026-03-01 10:00\", total: 10, items: [{sku: NOPE}]}]",
                "warning T028 there is no product `NOPE`"
            ),
            (
                "orders: [{id: o, paid_at: \"2026-03-01 10:00\", total: 10, store_id: nope}]",
                "warning T003 no fixture describes the store `nope`: add it under `stores`"
            ),
            (
                "events: [{name: order.payed, at: \"2026-03-01 10:00\"}]",
                "warning T029 `order.payed` is not an event that nudged knows, and nearly one that it does: did you mean "
                    + "`order.paid`?"
            ),
            (
                "events: [{name: tasting.bokked, at: \"2026-03-01 10:00\"}]",
                "warning T029 `tasting.bokked` is not an event that nudged knows, and nearly one that it does: did you mean "
                    + "`tasting.booked`?"
            ),
        ])
    func unknown(member: String, finding: String) {
        #expect(said("members: {lin: {\(member)}}") == [finding])
    }

    @Test("what the workspace declares or describes is known, and so is what describes itself")
    func known() {
        #expect(
            said(
                """
                stores: {s1: {name: 南京路店}}
                products: {SKU1: {name: 咖啡机}}
                coupon_codes: {POOL: [A1, "0002"]}
                members:
                  lin:
                    tier: gold
                    store_id: s1
                    consent: {viber: granted, sms: granted}
                    coupons: [{id: k, template: BDAY-30OFF}]
                    orders: [{id: o, paid_at: "2026-03-01 10:00", total: 10, items: [{sku: SKU1}, {sku: X, name: 茶}]}]
                    events: [{name: tasting.booked, at: "2026-03-01 10:00"}, {name: own.thing, at: "2026-03-01 10:00"}]
                """) == [])
    }

    @Test("the codes in stock are those of a coupon template that there is")
    func codes() {
        #expect(
            said("coupon_codes: {POLL: [A1]}\nmembers: {lin: {}}") == [
                "warning T023 there is no coupon template `POLL`: did you mean `POOL`?"
            ])
        #expect(said("coupon_codes: {POOL: A1}\nmembers: {lin: {}}").first?.contains("R103") == true)
        #expect(said("coupon_codes: [A1]\nmembers: {lin: {}}").first?.contains("R103") == true)
    }

    @Test("a forced arm must be a variant")
    func arms() {
        let rule = """
            when: {inactive: {for: 60d}}
            existing_members: skip
            experiment: {key: spring, holdout: 10%, variants: {story: {share: 100%, do: [{add_tag: a}]}}}
            """
        #expect(said("members: {lin: {experiment: {spring: story, global: holdout}}}", rule: rule) == [])
        #expect(
            said("members: {lin: {experiment: {spring: stroy}}}", rule: rule) == [
                "error T026 the experiment `spring` has no variant `stroy`: did you mean `story`?"
            ])
    }

    @Test("tiers are free where the settings name none")
    func noTiers() {
        var set = RuleSetSamples.read(RuleSetSamples.rule("when: {birthday: {}}\n\(RuleSetSamples.sending)")).sound
        set.settings.tiers = []
        let file = YAMLReader.read(bytes: [UInt8]("version: 1\nmembers: {lin: {tier: golden}}\n".utf8), path: "m.yaml")
        let found = FixtureReader.read(
            files: [file], knownCustomFields: [], names: FixtureNames(set, channels: ChannelDeclaration.standard)
        ).1
        #expect(found.filter { $0.code != "R002" }.isEmpty)
    }
}
