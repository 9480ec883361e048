import Foundation
import GRDB
import Policies
import Rules
import TestSupport
import Testing

@testable import Store

/// The evaluator in memory is the oracle of the SQL that conditions compile to (rule-language §3).
@Suite("Conditions in SQL and in memory")
struct ConditionDifferentialTests {
    @Test("thousands of random trees over hostile rows choose the same members")
    func agreement() throws {
        let seed = Seed.first
        print("condition trees, seed \(seed)")
        var random = SeededGenerator(seed: UInt64(seed))
        let world = try HostileWorld()
        var chosen = 0
        for round in 0..<3000 {
            let condition = RandomCondition.tree(depth: 3, using: &random)
            let now = world.instants.randomElement(using: &random) ?? world.now
            let (sql, memory) = try world.members(meeting: condition, at: now)
            #expect(sql == memory, "round \(round) of seed \(seed): \(condition)")
            if sql != memory { return }
            chosen += sql.count
        }
        #expect(chosen > 1000, "the trees must not all be empty")
    }

    @Test("a negated leaf passes a missing value, a positive one does not")
    func missing() throws {
        let world = try HostileWorld()
        let tier = Field(name: "member.tier", source: .member, type: .text, canBeMissing: true)
        func choose(_ test: Rules.Test) throws -> Set<String> {
            try world.members(
                meeting: .field(FieldTest(field: tier, tests: [test], place: .top(of: "t"))), at: world.now
            ).sql
        }
        #expect(try choose(.noneOf([.text("gold")])).contains("bare"))
        #expect(try !choose(.anyOf([.text("gold")])).contains("bare"))
        #expect(try choose(.isSet(false)).contains("bare"))
        let none = Condition.none([
            .field(FieldTest(field: tier, tests: [.anyOf([.text("gold")])], place: .top(of: "t")))
        ])
        #expect(try world.members(meeting: none, at: world.now).sql.contains("bare"))
    }
}

/// Twelve members whose rows sit on every edge: missing, empty, zero, a cent around limits, wildcards, long text,
/// refunded and future orders.
private struct HostileWorld {
    let store: MemberStore
    let zone = Zone(named: "Asia/Shanghai") ?? .utc
    let now: Instant
    let instants: [Instant]
    let ids: [String]

    init() throws {
        let noon = TimePoint(text: "2026-03-07 12:00")?.instant(in: zone) ?? .distantPast
        now = noon
        instants = [-400, -90, -30, -1, 0, 1, 30].map { noon.adding(micros: Int64($0) * 86_400_000_000) }
        var members: [MemberFixture] = []
        let texts = ["gold", "Gold", "", "%", "_", "go'ld", "金卡", "é", "e\u{301}", String(repeating: "x", count: 300)]
        for (index, text) in texts.enumerated() {
            var member = MemberFixture(row: MemberRow(id: "m\(index)"))
            member.row.tier = text
            member.row.city = index.isMultiple(of: 2) ? text : nil
            member.row.tags = index.isMultiple(of: 3) ? nil : ["vip", text.isEmpty ? "old" : text]
            member.row.registeredAt = instants[index % instants.count]
            member.row.birthday = RecurringDate(year: 1990 + index, month: 3, day: 7 + index % 3)
            for number in 0..<(index % 4) {
                var order = OrderRow(
                    id: "o\(index)-\(number)", memberID: "m\(index)",
                    paidAt: instants[(index + number) % instants.count], total: Int64([0, 4999, 5000, 5001][number]))
                if number == 2 {
                    order.status = .refunded
                    order.refundedAt = number + index > 5 ? noon : nil
                }
                member.orders.append(order)
            }
            member.points = [
                PointsRow(
                    id: "p", memberID: "m\(index)", points: index * 100, earnedAt: nil, expiresAt: instants[index % 7])
            ]
            members.append(member)
        }
        members.append(MemberFixture(row: MemberRow(id: "bare")))
        store = try MemberStore.inMemory(Fixtures(members: members), settings: Settings(), custom: [])
        ids = members.map(\.row.id)
    }

    func members(meeting condition: Condition, at now: Instant) throws -> (sql: Set<String>, memory: Set<String>) {
        try store.writer.write { db in
            var compiler = ConditionSQL(fields: try FieldSQL(db, settings: Settings(), custom: []))
            let compiled = compiler.compile(condition)
            let sql = try #require(compiled)
            let arguments = StatementArguments(compiler.fields.clock.arguments(now: now, zone: zone))
            let chosen = try String.fetchSet(db, sql: "SELECT m.id FROM members m WHERE \(sql)", arguments: arguments)
            return (chosen, try inMemory(condition, now, db))
        }
    }

    private func inMemory(_ condition: Condition, _ now: Instant, _ db: Database) throws -> Set<String> {
        let rule = Rule.forTests(condition: condition)
        let set = RuleSet(
            settings: Settings(), rules: [rule], templates: [:], segments: [:], coupons: [:], fields: [],
            fingerprintText: "")
        let plan = RulePlan(rule, in: set)
        let query = FactQuery(plan, set: set, addressKinds: [:], hasOverrides: false, hasForced: false)
        let facts = try query.fetch(db, ids.map { FactQuery.Target(member: $0) }, at: now, in: zone)
        return Set(
            ids.indices.filter { index in
                guard let check = plan.condition, let readings = facts[index]?.readings else { return false }
                return readings.holds(check)
            }.map { ids[$0] })
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

private enum RandomCondition {
    static func tree(depth: Int, using random: inout SeededGenerator) -> Condition {
        guard depth > 0, Int.random(in: 0..<4, using: &random) > 0 else { return leaf(&random) }
        let children = (0..<Int.random(in: 1...3, using: &random)).map { _ in tree(depth: depth - 1, using: &random) }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .all(children)
        case 1: return .any(children)
        default: return .none(children)
        }
    }

    private static func field(_ name: String, _ type: FieldType) -> Field {
        Field(name: name, source: .member, type: type, canBeMissing: true)
    }

    private static func leaf(_ random: inout SeededGenerator) -> Condition {
        let texts = ["gold", "", "%", "_", "go'ld", "金", "é", "e\u{301}", "x", "nobody"]
        func text() -> String { texts.randomElement(using: &random) ?? "" }
        func number() -> Value { .number(Double([-1, 0, 1, 2, 3, 100].randomElement(using: &random) ?? 0)) }
        func money() -> Value { .money([0, 1, 4999, 5000, 5001, 10_000].randomElement(using: &random) ?? 0) }
        func span() -> Span {
            [Span(1, .days), Span(30, .days), Span(24, .hours), Span(52, .weeks)].randomElement(using: &random) ?? .zero
        }
        func moment() -> TimePoint {
            ["2026-03-07", "2026-03-07 12:00", "2026-03-07T04:00:00Z", "2025-01-31"].randomElement(using: &random)
                .flatMap { TimePoint(text: $0) } ?? .instant(.distantPast)
        }
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            let tests: [Rules.Test] = [
                .anyOf([.text(text()), .text(text())]), .noneOf([.text(text())]), .startsWith(text()),
                .contains(text()),
                .isSet(Bool.random(using: &random)),
            ]
            let name = Bool.random(using: &random) ? "member.tier" : "member.city"
            return .field(FieldTest(field: field(name, .text), tests: [pick(tests, &random)], place: .top(of: "t")))
        case 1:
            let names = [
                "member.lifetime_orders", "member.orders_30d", "member.days_since_last_order", "member.age",
                "member.points_balance",
            ]
            return .field(
                FieldTest(
                    field: field(names.randomElement(using: &random) ?? "", .number),
                    tests: ordering(number(), number(), &random), place: .top(of: "t")))
        case 2:
            let names = [
                "member.lifetime_spend", "member.spend_90d", "member.average_order_value", "member.largest_order",
            ]
            return .field(
                FieldTest(
                    field: field(names.randomElement(using: &random) ?? "", .money),
                    tests: ordering(money(), money(), &random), place: .top(of: "t")))
        case 3:
            let tests: [Rules.Test] = [
                .includes(text()), .includesAny([text(), "vip"]), .includesAll(["vip", text()]), .excludes(text()),
                .isSet(true),
            ]
            return .field(
                FieldTest(field: field("member.tags", .list), tests: [pick(tests, &random)], place: .top(of: "t")))
        case 4:
            let names = ["member.registered_at", "member.last_order_at", "member.first_order_at"]
            let tests: [Rules.Test] = [
                .withinLast(span()), .moreThanAgo(span()), .withinNext(span()), .before(moment()), .after(moment()),
                .betweenMoments(moment(), moment()), .atMoment(moment()),
            ]
            return .field(
                FieldTest(
                    field: field(names.randomElement(using: &random) ?? "", .instant), tests: [pick(tests, &random)],
                    place: .top(of: "t")))
        case 5:
            let names = ["member.lifecycle", "member.rfm.segment"]
            let words: [Value] = [
                "new", "active", "cooling", "sleeping", "lost", "core", "promising", "at_risk", "regular",
            ].map { .text($0) }
            return .field(
                FieldTest(
                    field: field(names.randomElement(using: &random) ?? "", .text),
                    tests: [.anyOf([words.randomElement(using: &random) ?? .text("")])], place: .top(of: "t")))
        default:
            let times: [HistoryTest.Times] = [
                .exactly(0), .exactly(1), .atLeast(1), .moreThan(1), .atMost(1), .between(1, 2),
            ]
            return .history(
                HistoryTest(
                    event: ["order.paid", "order.refunded", "nothing"].randomElement(using: &random) ?? "",
                    times: [times.randomElement(using: &random) ?? .exactly(0)],
                    withinLast: Bool.random(using: &random) ? span() : nil, filter: nil, line: 1))
        }
    }

    private static func pick(_ tests: [Rules.Test], _ random: inout SeededGenerator) -> Rules.Test {
        tests.randomElement(using: &random) ?? .isSet(true)
    }

    private static func ordering(_ a: Value, _ b: Value, _ random: inout SeededGenerator) -> [Rules.Test] {
        let tests: [Rules.Test] = [
            .anyOf([a]), .noneOf([a]), .atLeast(a), .moreThan(a), .atMost(a), .lessThan(a), .between(a, b),
            .isSet(false),
        ]
        return Bool.random(using: &random) ? [pick(tests, &random)] : [pick(tests, &random), pick(tests, &random)]
    }
}
