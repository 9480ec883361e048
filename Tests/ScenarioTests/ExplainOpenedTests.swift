import Kit
import Policies
import Rules
import Store
import TestSupport
import Testing

@testable import Engine
@testable import Review

/// What an explanation lays open below its rows: the conditions of a segment, and what `recommend` chose.
@Suite("Explain, laid open")
struct ExplainOpenedTests {
    private func explain(_ world: World, at: String, _ language: Language = .english) throws -> ExplainReport {
        let explainer = try Explainer(
            store: try world.store(), set: world.set, channels: ChannelDeclaration.standard, rule: "visit",
            member: "lin")
        let start = try world.instant(at)
        return ExplainReport(try explainer.explain(start..<start.adding(micros: 60_000_000)), language: language)
    }

    private func segments(_ audience: String, tier: String, spend: Int = 0) throws -> ExplainReport {
        let rules = """
              - id: visit
                status: live
                owner: crm-team
                purpose: marketing
                when: {event: {name: store.visited}}
                audience: \(audience)
                do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
            """
        let segments = """
            version: 1
            segments:
              - id: vips
                name: VIP
                if:
                  any: [{member.tier: gold}, {member.lifetime_spend: {at_least: 5000}}]
            """
        let member =
            #"  lin: {tier: \#(tier), lifetime_spend: \#(spend), phone: "13800000001", consent: {sms: granted}, "#
            + #"events: [{id: v1, name: store.visited, at: "2026-03-07 12:00"}]}"#
        let world = try World(rules: rules, members: member, more: ["segments.yaml": segments])
        return try explain(world, at: "2026-03-07 12:00")
    }

    /// The rows of the audience, with single spaces.
    private func audience(_ report: ExplainReport) -> [String] {
        report.text.split(separator: "\n").filter { $0.contains("vips") || $0.contains("segments.yaml") }.map { line in
            line.split(separator: " ").filter { $0 != "audience" }.joined(separator: " ")
        }
    }

    @Test("a segment that keeps a member out shows which of its conditions did, and where it stands")
    func keptOut() throws {
        let report = try segments("{in: [vips]}", tier: "silver", spend: 120)
        #expect(
            audience(report) == [
                "in vips NO not in it :8", "either member.tier is gold NO silver segments.yaml:6",
                "or member.lifetime_spend is at least 5000 NO 120 segments.yaml:6",
            ])
        #expect(report.json.contains(#""gate":"segment","words":"either member.tier is gold","mark":"no""#))
        #expect(report.json.contains(#""file":"segments.yaml""#))
    }

    @Test("a segment that lets a member in has no NO, also one that the rule leaves out")
    func letIn() throws {
        #expect(
            audience(try segments("{in: [vips]}", tier: "silver", spend: 6000)) == [
                "in vips yes in it :8", "either member.tier is gold – silver segments.yaml:6",
                "or member.lifetime_spend is at least 5000 yes 6000 segments.yaml:6",
            ])
        #expect(
            audience(try segments("{not_in: [vips]}", tier: "silver")) == [
                "not in vips yes not in it :8", "either member.tier is gold – silver segments.yaml:6",
                "or member.lifetime_spend is at least 5000 – 0 segments.yaml:6",
            ])
        #expect(
            audience(try segments("{not_in: [vips]}", tier: "gold")).prefix(2) == [
                "not in vips NO in it :8", "either member.tier is gold yes gold segments.yaml:6",
            ])
    }

    private func opened(_ filter: String, _ data: String, at: String, _ language: Language = .english) throws
        -> ExplainReport
    {
        let rules = """
              - {id: visit, status: live, owner: crm, purpose: marketing, when: {event: {name: app.open, where: \(filter)}}, do: [{add_tag: x}]}
            """
        let member = #"  lin: {events: [{id: e1, name: app.open, at: "2026-03-07 10:00", data: \#(data)}]}"#
        let world = try World(rules: rules, members: member)
        let explainer = try Explainer(
            store: try world.store(), set: world.set, channels: ChannelDeclaration.standard, rule: "visit",
            member: "lin", amongAll: true)
        let window = ExplainWindow.from(try world.instant(at), written: at, in: world.set.settings.zone)
        return ExplainReport(try explainer.explain(window), language: language)
    }

    struct Unmet: Sendable, CustomTestStringConvertible {
        let filter: String
        let data: String
        let rows: [String]
        var testDescription: String { "\(filter) of \(data)" }
    }

    @Test(
        "an event that does not meet `where` says which key, what it is and what it is to be, also for a bare date",
        arguments: [
            Unmet(
                filter: #"{version: {at_least: 3}}"#, data: "{version: null}",
                rows: ["where version is at least 3 NO missing :3"]),
            Unmet(
                filter: "{amount: {between: [100, 200]}, flag: true}", data: "{amount: 50, flag: true}",
                rows: ["where amount is between 100 and 200 NO 50 :3"]),
            Unmet(
                filter: "{city: 上海, store: s1}", data: "{city: 北京, store: s2}",
                rows: ["where city is 上海 NO 北京 :3", "store is s1 NO s2 :3"]),
        ], ["2026-03-07", "2026-03-07 10:00"])
    func unmet(_ one: Unmet, at: String) throws {
        let report = try opened(one.filter, one.data, at: at)
        let lines = report.text.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines[1] == "NOT DUE: the last app.open, 2026-03-07 10:00, does not meet `where`")
        #expect(Array(lines.dropFirst(3)) == one.rows, "\(report.text)")
        #expect(report.json.contains(#""gate":"where""#))
    }

    @Test("an event that meets `where` has no such row, nor one that is still to come")
    func met() throws {
        let met = try opened("{city: 上海}", "{city: 上海}", at: "2026-03-07")
        #expect(met.acts && !met.json.contains(#""gate":"where""#))
        let later = try opened("{city: 上海}", "{city: 北京}", at: "2026-03-06", .chinese)
        #expect(later.text.contains("未到时间：还没有 app.open"), "\(later.text)")
        let there = try opened("{city: 上海}", "{city: 北京}", at: "2026-03-08", .chinese)
        #expect(there.text.contains("最近的 app.open（2026-03-07 10:00）不符合 `where`"), "\(there.text)")
    }

    @Test("what was recommended is named, and so is that nothing was found")
    func recommended() throws {
        func report(_ category: String, ifEmpty: String, _ language: Language = .english) throws -> ExplainReport {
            let rules = """
                  - id: visit
                    status: live
                    owner: crm-team
                    purpose: marketing
                    when: {event: {name: order.paid, after: 1h}}
                    do:
                      - recommend: {strategy: pairs_with, based_on: order.categories, limit: 2, if_empty: \(ifEmpty), save_as: picks}
                      - send: {try: [{sms: {template: picked}}], fill: {items: picks}}
                """
            let templates = """
                version: 1
                templates: [{id: picked, channel: sms, text: "【星河百货】{{ items | default: '好物' }} 拒收请回复R", values: {items: list}}]
                """
            var world = try World(
                rules: rules, members: "  lin: {phone: \"13800000001\", consent: {sms: granted}}",
                more: ["templates.yaml": templates])
            let fixtures = """
                version: 1
                products:
                  R1: {name: 金戒指, category: ring, price: 1200, pairs_with: [chain]}
                  C1: {name: 金项链, category: chain, price: 2200}
                members:
                  lin:
                    phone: "13800000001"
                    consent: {sms: granted}
                    orders: [{id: o1, total: 1200, paid_at: "2026-03-07 12:00", items: [{sku: R1, category: \(category), price: 1200}]}]
                """
            world.fixtures = try ShippedRules.fixtures(
                of: [YAMLReader.read(bytes: [UInt8](fixtures.utf8), path: "members.yaml")])
            return try explain(world, at: "2026-03-07 13:00", language)
        }
        func row(_ report: ExplainReport) -> String? {
            report.text.split(separator: "\n").first { $0.contains("pairs_with") }.map { line in
                line.split(separator: " ").joined(separator: " ")
            }
        }
        #expect(
            row(try report("ring", ifEmpty: "stop"))
                == "recommend pairs_with of order.categories, saved as picks yes 金项链 :8")
        #expect(
            row(try report("shoes", ifEmpty: "stop"))
                == "recommend pairs_with of order.categories, saved as picks NO nothing found :8")
        #expect(
            row(try report("shoes", ifEmpty: "continue", .chinese))
                == "推荐 pairs_with，依据 order.categories，存为 picks – 没有找到 :8")
    }
}
