import Kit
import Foundation
import Policies
import Rules
import TestSupport
import Testing

@testable import Store

/// Every condition gives one answer, whoever asks (settled-2 §4.1): the scan, the gates, a dry-run with `--all` and
/// without, the daemon's tick, `explain`, and the evaluator in memory beside the SQL that conditions compile to.
@Suite("A condition gives one answer")
struct ConditionDifferentialTests {
    private static let rulesAtOnce = 40
    private let people = HostilePeople()

    /// 400 conditions, or as many as `NUDGED_CONDITIONS` says.
    private static var wanted: Int {
        ProcessInfo.processInfo.environment["NUDGED_CONDITIONS"].flatMap { Int($0) } ?? 400
    }

    /// `NUDGED_ROUND=n` begins at that round: those before it draw their conditions, so that the same ones follow, and ask
    /// nobody.
    private static var firstRound: Int {
        ProcessInfo.processInfo.environment["NUDGED_ROUND"].flatMap { Int($0) } ?? 0
    }

    @Test("for every field, operator, trigger and path, over hostile rows")
    func everywhere() throws {
        let seed = Seed.first
        print("\(ConditionDifferentialTests.wanted) conditions, seed \(seed)")
        var conditions = RandomConditions(people: people, random: SeededGenerator(seed: UInt64(seed)))
        var (acted, refused) = (0, 0)
        for round in 0..<(ConditionDifferentialTests.wanted / ConditionDifferentialTests.rulesAtOnce) {
            let rules = (0..<ConditionDifferentialTests.rulesAtOnce).map { conditions.rule($0) }
            guard round >= ConditionDifferentialTests.firstRound else { continue }
            let world = ConditionPaths(people: people, rules: rules)
            let (dryRun, _) = try world.dryRun()
            let (all, instants) = try world.dryRun(showsUndecided: true)
            acted += dryRun.count { $0.contains(" task_created") }
            refused += dryRun.count { $0.contains(" skipped") }
            let found = dryRun.filter { !world.enrolling.contains(String($0.prefix(5))) }
            for (path, lines, wanted) in [
                ("--all", all, dryRun), ("tick", try world.ticks(at: instants), dryRun),
                ("memory", try world.inMemory(), found),
            ] {
                let differences = Set(lines).symmetricDifference(wanted).sorted()
                #expect(
                    differences.isEmpty,
                    "\(path), round \(round) of seed \(seed):\n\(differences.prefix(4).joined(separator: "\n"))\n\(world.named(in: differences))"
                )
            }
            try explained(world, dryRun, round)
        }
        #expect(acted > 200 && refused > 200, "\(acted) acted and \(refused) were refused")
    }

    /// Some of the rules, because each explanation has a store of its own.
    private func explained(_ world: ConditionPaths, _ dryRun: [String], _ round: Int) throws {
        for number in [round % world.rules.count, (round * 7 + 3) % world.rules.count] {
            if world.enrolling.contains(world.rules[number].id) { continue }
            let (rule, member) = (world.rules[number].id, people.fixtures.members[round % 19].row.id)
            let wanted = dryRun.filter { $0.hasPrefix("\(rule) \(member) ") }
            let told = try world.explain(rule, member)
            #expect(
                told.sorted() == wanted.sorted(),
                "explain, round \(round) of seed \(Seed.first): \(world.rules[number].condition!)")
        }
    }

    @Test("in the SQL of a whole condition and in memory")
    func compiled() throws {
        var conditions = RandomConditions(people: people, random: SeededGenerator(seed: UInt64(Seed.first) + 1))
        let store = try people.store()
        var chosen = 0
        for round in 0..<ConditionDifferentialTests.wanted {
            let condition = conditions.tree(nil, depth: round % 3)
            let now = people.instants[round % people.instants.count]
            let (sql, memory) = try members(meeting: condition, at: now, in: store)
            #expect(sql == memory, "round \(round) of seed \(Seed.first): \(condition)")
            chosen += sql.count
        }
        #expect(chosen > ConditionDifferentialTests.wanted, "the conditions must not all be empty")
    }

    @Test("in `where` of an event and in `if` on its data")
    func filters() throws {
        var conditions = RandomConditions(people: people, random: SeededGenerator(seed: UInt64(Seed.first) + 2))
        var rules: [Rule] = []
        for number in 0..<(ConditionDifferentialTests.wanted / 4) {
            let filter = conditions.filter()
            func ping(_ filter: EventFilter?) -> Trigger {
                .event(.init(name: "ping", filter: filter, after: Span(1, .hours), at: nil))
            }
            let tests = filter.tests.map { test in
                let field = Field(
                    name: "trigger.data.\(test.key)", source: .trigger, type: .any, canBeMissing: true)
                return Condition.field(FieldTest(field: field, tests: test.tests, place: .top(of: "t")))
            }
            rules.append(conditions.rule(2 * number, ping(filter), if: nil))
            rules.append(conditions.rule(2 * number + 1, ping(nil), if: .all(tests)))
        }
        let (all, _) = try ConditionPaths(people: people, rules: rules).dryRun()
        let lines = all.filter { $0.contains("task_created") }
        let byRule = Dictionary(grouping: lines) { $0.prefix(5) }.mapValues { Set($0.map { $0.dropFirst(5) }) }
        var found = 0
        for number in stride(from: 0, to: rules.count, by: 2) {
            let (asked, tested) = (byRule["r\(padded(number, 4))"] ?? [], byRule["r\(padded(number + 1, 4))"] ?? [])
            #expect(asked == tested, "rule \(number) of seed \(Seed.first): \(rules[number + 1].condition!)")
            found += asked.count
        }
        #expect(found > 20)
    }

    @Test("and a negated leaf passes a missing value, a positive one does not")
    func missing() throws {
        let store = try people.store()
        let tier = Field(name: "member.tier", source: .member, type: .text, canBeMissing: true)
        let bare = people.fixtures.members[18].row.id
        func choose(_ condition: Condition) throws -> Bool {
            try members(meeting: condition, at: people.from, in: store).sql.contains(bare)
        }
        func leaf(_ test: Rules.Comparison) -> Condition {
            .field(FieldTest(field: tier, tests: [test], place: .top(of: "t")))
        }
        #expect(try choose(leaf(.opposite(.anyOf([.text("gold")])))) && !choose(leaf(.anyOf([.text("gold")]))))
        #expect(try choose(leaf(.isSet(false))) && choose(.none([leaf(.anyOf([.text("gold")]))])))
    }

    private func members(
        meeting condition: Condition, at now: Instant, in store: MemberStore
    ) throws -> (sql: Set<String>, memory: Set<String>) {
        let ids = people.fixtures.members.map(\.row.id)
        let rule = Rule.forTests(condition: condition)
        return try store.writer.read { db in
            var compiler = ConditionSQL(fields: try FieldSQL(db, settings: people.settings, custom: people.custom))
            let compiled = compiler.compile(condition)
            let sql = try #require(compiled)
            let arguments = SQLArguments(compiler.fields.clock.arguments(now: now, zone: people.zone))
            let chosen = try Set(db.values("SELECT m.id FROM members m WHERE \(sql)", arguments) as [String])
            let set = people.ruleSet([rule])
            let plan = RulePlan(rule, in: set)
            let query = FactQuery(plan, set: set, addressKinds: [:], hasOverrides: true, hasForced: false)
            var facts: [Int: Facts] = [:]
            try query.fetch(db, ids.map { FactQuery.Target(member: $0) }, at: now, in: people.zone) { facts[$0] = $1 }
            let memory = ids.indices.filter { index in
                plan.condition.map { facts[index]?.readings.holds($0) ?? false } ?? false
            }
            return (chosen, Set(memory.map { ids[$0] }))
        }
    }
}

extension Rule {
    static func forTests(id: String = "r", trigger: Trigger? = nil, condition: Condition? = nil) -> Rule {
        Rule(
            id: id, name: id, status: .live, owner: "crm-team", purpose: .marketing, priority: 0,
            trigger: trigger ?? .birthday(.init(daysBefore: 0, at: LocalTime(minutes: 600)), calendar: .asRecorded),
            unless: [], audience: nil, condition: condition, existingMembers: nil, combine: nil, body: .actions([]),
            limits: RuleLimits(), ifLate: .forever, origin: RuleOrigin(file: "t", line: 1, keyLines: [:], text: ""))
    }
}
