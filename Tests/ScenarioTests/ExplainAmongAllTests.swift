import Kit
import Policies
import Rules
import Store
import TestSupport
import Testing

@testable import Engine
@testable import Review

/// What an explanation over fixtures says is what a dry-run of the same window says.
@Suite("Explain, among all members of the fixtures")
struct ExplainAmongAllTests {
    private func explain(
        _ world: World, _ rule: String, _ member: String, _ from: String, _ until: String
    ) throws -> [Explanation] {
        let explainer = try Explainer(
            store: try world.store(), set: world.set, channels: ChannelDeclaration.standard, rule: rule,
            member: member, amongAll: true)
        return try explainer.explain(try world.instant(from)..<world.instant(until))
    }

    private func report(_ explanations: [Explanation]) -> [String] {
        ExplainReport(explanations, language: .english).text.split(separator: "\n").map(String.init)
    }

    private static func rule(_ id: String, _ more: String, _ steps: String) -> String {
        """
          - id: \(id)
            status: live
            owner: crm
            purpose: marketing
            when: {event: {name: store.visited}}
            \(more)
            do: [\(steps)]

        """
    }

    private static let send = "{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}"
    private static let give = "{give_coupon: {template: POOL, save_as: gift}}"

    private static func visitor(_ id: String, phone: String = "13800000001") -> String {
        """
          \(id): {phone: "\(phone)", consent: {sms: granted}, events: [{id: v-\(id), name: store.visited, at: "2026-03-07 12:00"}]}

        """
    }

    @Test("a message to the same phone counts for whoever comes after it in the order of members")
    func samePhone() throws {
        let world = try World(
            settings: "version: 1\nfrequency_cap: [{times: 1, in: 1d}]",
            rules: Self.rule("visit", "note: none", Self.send), members: Self.visitor("a") + Self.visitor("b"))
        let first = try report(explain(world, "visit", "a", "2026-03-07", "2026-03-08"))
        #expect(first[1] == "SENT: sms to 138****0001")
        let second = try report(explain(world, "visit", "b", "2026-03-07", "2026-03-08"))
        #expect(second[1] == "NOT SENT: the cap of 1 in 1d is reached", "\(second)")
        #expect(
            second.contains { $0.hasSuffix("without the one at 2026-03-07 12:00: sms to 138****0001") }, "\(second)")
    }

    @Test("the last code of a pool is gone for whoever comes after it")
    func pool() throws {
        var world = try World(
            rules: Self.rule("gift", "note: none", Self.give), members: Self.visitor("a") + Self.visitor("b"))
        let file = YAMLReader.read(
            bytes: [UInt8](
                "version: 1\ncoupon_codes: {POOL: [A1]}\nmembers:\n\(Self.visitor("a"))\(Self.visitor("b"))".utf8),
            path: "members.yaml")
        world.fixtures = try ShippedRules.fixtures(of: [file])
        #expect(try explain(world, "gift", "a", "2026-03-07", "2026-03-08").map(\.outcome) == [.done])
        #expect(try explain(world, "gift", "b", "2026-03-07", "2026-03-08").map(\.outcome) == [.failed])
    }

    @Test("a follow-up is explained at its own instant, amid the rules that others listen to")
    func followUp() throws {
        let follow = """
              - id: follow
                status: live
                owner: crm
                purpose: marketing
                when: {event: {name: message.sent, where: {rule: visit}, after: 1h}}
                do: [{add_tag: told}]

            """
        let world = try World(
            rules: Self.rule("visit", "note: none", Self.send) + follow,
            members: Self.visitor("a") + Self.visitor("b"))
        let found = try explain(world, "follow", "b", "2026-03-07", "2026-03-08")
        #expect(found.compactMap(\.line).map(World.short) == ["2026-03-07 13:00 follow b done"])
    }

    @Test("every decision of the example workspace is explained as a dry-run decides it")
    func shipped() throws {
        let world = World(set: try ShippedRules.ruleSet(), fixtures: try ShippedRules.fixtures())
        for (from, until) in [("2026-03-01", "2026-03-09"), ("2026-05-01", "2026-05-04")] {
            let decided = try world.decisions(at: from, until: until)
            try #require(!decided.isEmpty)
            for (pair, lines) in Dictionary(grouping: decided, by: { [$0.rule, $0.member] }) {
                let explained = try explain(world, pair[0], pair[1], from, until).compactMap(\.line)
                    .filter { $0.outcome != .notDue }
                #expect(explained.map(World.short) == lines.map(World.short), "\(pair)")
            }
        }
    }
}
