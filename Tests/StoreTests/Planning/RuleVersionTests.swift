import Policies
import Rules
import TestSupport
import Testing

@testable import Store

/// What a store keeps of rule sets, and who is taken in when one is edited.
@Suite("Rule versions")
struct RuleVersionTests {
    private static func rules(spend: Int, name: String = "a") -> String {
        """
          - id: silent
            name: \(name)
            status: live
            owner: crm-team
            purpose: marketing
            when: {inactive: {for: 90d, at: "10:00"}}
            if: {member.lifetime_spend: {at_least: \(spend)}}
            existing_members: {drip: 1, every: 1d}
            do: [{add_tag: silent}]
        """
    }
    private static let members = """
          lin: {orders: [{id: o1, paid_at: "2026-01-01 10:00", total: 900}]}
          zhao: {orders: [{id: o2, paid_at: "2026-01-02 10:00", total: 500}]}
          qian: {orders: [{id: o3, paid_at: "2026-01-03 10:00", total: 100}]}
        """

    private func world(_ spend: Int, name: String = "a") throws -> World {
        try World(rules: RuleVersionTests.rules(spend: spend, name: name), members: RuleVersionTests.members)
    }

    private func waiting(_ store: MemberStore) throws -> [String] {
        try store.writer.read {
            try ($0.values("SELECT member FROM waits WHERE kind = 'existing' ORDER BY due, member") as [String])
        }
    }

    @Test("an edited `if` takes in whoever passes it now, and nobody a second time")
    func editedCondition() throws {
        let first = try world(800)
        let store = try first.store()
        let prepared = try store.goLive(
            first.planned(), files: "{}", hash: "1", at: try first.instant("2026-06-01 08:00"))
        #expect(try waiting(store) == ["lin"])
        _ = try store.tick(prepared, at: try first.instant("2026-06-01 10:00"))
        #expect(try waiting(store).isEmpty)
        let second = try world(400)
        let edited = try store.goLive(
            second.planned(), files: "{}", hash: "2", at: try first.instant("2026-06-02 08:00"))
        #expect(try waiting(store) == ["zhao"])
        let lines = try store.tick(edited, at: try first.instant("2026-06-02 10:00")).lines
        #expect(lines.map(\.member) == ["zhao"])
    }

    @Test("another name takes nobody in")
    func editedName() throws {
        let first = try world(800)
        let store = try first.store()
        let at = try first.instant("2026-06-01 08:00")
        _ = try store.goLive(first.planned(), files: "{}", hash: "1", at: at)
        try store.writer.write { try $0.run("DELETE FROM waits") }
        _ = try store.goLive(world(800, name: "b").planned(), files: "{}", hash: "2", at: at)
        #expect(try waiting(store).isEmpty)
    }

    @Test("a set is applied only over the one it was planned against")
    func applied() throws {
        let world = try world(800)
        let store = try world.store()
        let at = try world.instant("2026-06-01 08:00")
        #expect(try store.apply(files: "{}", hash: "a", who: "w", replacing: (1, "x"), at: at) == nil)
        #expect(try store.apply(files: "{}", hash: "a", who: "w", replacing: nil, at: at) == 1)
        #expect(try store.apply(files: "{}", hash: "b", who: "w", replacing: (1, "x"), at: at) == nil)
        #expect(try store.apply(files: "{}", hash: "b", who: "w", replacing: (1, "a"), at: at) == 2)
        #expect(try store.newestRules()?.hash == "b")
        #expect(try store.lastFromDirectory() == nil)
    }

    @Test("a template gets a new number when its words change, and keeps it when only its layout does")
    func templates() throws {
        func store(_ texts: [String]) throws -> [Int] {
            let world = try world(800)
            let store = try world.store()
            return try texts.enumerated().map { index, text in
                var set = world.planned().set
                let id = try #require(set.templates.keys.sorted().first)
                set.templates[id]?.wording = text
                let planned = PlannedSet(set, rules: world.planned().plans.map(\.rule), channels: [])
                _ = try store.goLive(
                    planned, files: "{}", hash: "\(index)", at: try world.instant("2026-06-01 08:00"))
                return try store.templateVersions()[id]?.version ?? 0
            }
        }
        #expect(try store(["a", "a", "b", "a"]) == [1, 1, 2, 3])
    }

    @Test("a store of the first version is read on: its rules came from the directory, and nobody is taken in anew")
    func firstVersion() throws {
        let world = try world(800)
        let store = try world.store()
        let at = try world.instant("2026-06-01 08:00")
        _ = try store.goLive(world.planned(), files: "{}", hash: "1", at: at)
        try store.writer.write { db in
            try db.script("UPDATE live_rules SET reach_hash = NULL; DELETE FROM waits")
        }
        _ = try store.goLive(self.world(400).planned(), files: "{}", hash: "2", at: at)
        #expect(try waiting(store).isEmpty)
        #expect(try store.rulesInForce()?.source == .directory)
    }
}
