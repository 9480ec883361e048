import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

/// Budgets at the handover: what is reserved, given back and kept.
@Suite("Budgets of a day")
struct BudgetTests {
    static let settings = """
        version: 1
        quiet_hours: none
        service_owners: [crm]
        blast_guard: off
        prices: {sms_segment: 0.05}

        """

    /// `count` members who are thanked at 11:00, each message for 0.05 yuan.
    static func desk(
        _ count: Int, budget: String? = "0.15", purpose: String = "marketing", more: [String: String] = [:],
        late: String = "30h"
    ) async throws -> OutboxDesk {
        let members = (1...count).map { number in
            """
              m\(number): {display_name: 林小姐, phone: "1380000\(1000 + number)", consent: {sms: granted},
                orders: [{id: o\(number), paid_at: "2026-03-10 10:00", total: 10}]}

            """
        }
        let desk = try await OutboxDesk(
            settings: settings + (budget.map { "budget: {sms: {per_day: \($0)}}\n" } ?? ""),
            rules: OutboxDesk.rule.replacing("purpose: marketing", with: "purpose: \(purpose)")
                .replacing("do: [", with: "if_late: {send_within: \(late)}, do: ["),
            members: members.joined(), more: more)
        #expect(try await desk.states().count == count)
        return desk
    }

    static func spending(_ desk: OutboxDesk) async throws -> [String] {
        try await desk.store.writer.read {
            try
                ($0.values(
                    """
                    SELECT channel || ' ' || day || ' ' || spent || ' ' || COALESCE(ceiling, '-') || ' ' ||
                      COALESCE(waiting_cost, '-') FROM spending ORDER BY channel, day
                    """) as [String])
        }
    }

    /// Claimed as the dispatcher claims.
    static func claim(_ desk: OutboxDesk, at time: String, limit: Int = 10) async throws -> [Claimed] {
        let now = try desk.world.instant(time)
        let planned = desk.prepared.planned
        return try await desk.store.claim(
            ClaimRequest(
                places: ["sms": 10, "wechat": 10],
                budgets: planned.set.settings.dayBudgets(at: now, planned.channels), limit: limit,
                epoch: try await desk.latestEpoch()),
            at: now
        ).claimed
    }

    /// Days since 1970 of 10 March 2026.
    static let day = 20_522

    @Test("marketing leaves while the budget lasts; the rest stays pending and is not claimed again that day")
    func usedUp() async throws {
        let desk = try await BudgetTests.desk(5)
        let intents = try await desk.intend(try await desk.claim(at: "2026-03-10 11:00"), at: "2026-03-10 11:00")
        #expect(intents.count == 3)
        #expect(try await BudgetTests.spending(desk) == ["sms \(BudgetTests.day) 150000 150000 50000"])
        #expect(
            try await desk.states().sorted() == [
                "sms pending", "sms pending", "sms sending", "sms sending", "sms sending",
            ])
        #expect(try await BudgetTests.claim(desk, at: "2026-03-10 23:59:59").isEmpty)
        #expect(try desk.broken(atRest: false) == [])
        // Midnight of the shop.
        let next = try await desk.intend(
            try await BudgetTests.claim(desk, at: "2026-03-11 00:00"), at: "2026-03-11 00:00")
        #expect(next.count == 2)
        #expect(
            try await BudgetTests.spending(desk) == [
                "sms \(BudgetTests.day) 150000 150000 50000", "sms \(BudgetTests.day + 1) 100000 150000 -",
            ])
        #expect(try desk.broken(atRest: false) == [])
        #expect(try await desk.causes(4).contains("budget"))
    }

    @Test("a claim takes no more marketing than may fit, and leaves other channels and service alone")
    func claimed() async throws {
        let desk = try await BudgetTests.desk(5)
        #expect(try await BudgetTests.claim(desk, at: "2026-03-10 11:00").count == 3)
        let service = try await BudgetTests.desk(5, purpose: "service")
        #expect(try await BudgetTests.claim(service, at: "2026-03-10 11:00").count == 5)
        let other = try await BudgetTests.desk(5)
        try await other.sql("UPDATE deliveries SET channel = 'wechat' WHERE id > 2")
        #expect(try await BudgetTests.claim(other, at: "2026-03-10 11:00").count == 5)
    }

    @Test("service messages count and never wait")
    func service() async throws {
        let desk = try await BudgetTests.desk(5, budget: "0.1", purpose: "service")
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == 5)
        #expect(try await BudgetTests.spending(desk) == ["sms \(BudgetTests.day) 250000 - -"])
        #expect(try desk.broken(atRest: false) == [])
    }

    struct Answer: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var outcome: AttemptResult.Outcome
        var spent: Int
    }

    @Test(
        "what is proven not to be taken is given back; what may have been taken is not",
        arguments: [
            Answer(testDescription: "accepted", outcome: .accepted(providerID: nil), spent: 50_000),
            Answer(testDescription: "unknown", outcome: .unknown(code: "timeout"), spent: 50_000),
            Answer(testDescription: "rejected", outcome: .rejected(code: "x"), spent: 0),
            Answer(
                testDescription: "refused for good", outcome: .suppressed(code: "x", reason: .optOut, .phone), spent: 0),
            Answer(
                testDescription: "not sent",
                outcome: .notSent(code: "dns", retryAt: Instant(seconds: 1_773_115_200), counts: true), spent: 0),
        ])
    func answers(answer: Answer) async throws {
        let desk = try await BudgetTests.desk(1)
        try await desk.finish(try await desk.depart(at: "2026-03-10 11:00"), answer.outcome, at: "2026-03-10 11:00:02")
        #expect(try await BudgetTests.spending(desk) == ["sms \(BudgetTests.day) \(answer.spent) 150000 -"])
        #expect(try desk.broken() == [])
    }

    @Test("what is given back after midnight goes to the day that it was reserved on, once")
    func givenBackLater() async throws {
        let desk = try await BudgetTests.desk(1)
        let intents = try await desk.depart(at: "2026-03-10 23:59")
        for _ in 1...2 { try await desk.finish(intents, .rejected(code: "x"), at: "2026-03-11 00:01") }
        #expect(try await BudgetTests.spending(desk) == ["sms \(BudgetTests.day) 0 150000 -"])
        #expect(try desk.broken() == [])
    }

    @Test("money that comes back lets the next one leave")
    func reopened() async throws {
        let desk = try await BudgetTests.desk(5)
        let intents = try await desk.depart(at: "2026-03-10 11:00")
        try await desk.finish([intents[0]], .rejected(code: "x"), at: "2026-03-10 11:01")
        #expect(try await BudgetTests.claim(desk, at: "2026-03-10 11:01").count == 1)
    }

    @Test("after a crash between intent and outcome the spend is kept")
    func crash() async throws {
        let desk = try await BudgetTests.desk(5)
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == 3)
        _ = try await desk.store.recoverOutbox(at: try desk.world.instant("2026-03-10 11:01"))
        #expect(try await desk.states().count { $0 == "sms unknown" } == 3)
        #expect(try await BudgetTests.spending(desk) == ["sms \(BudgetTests.day) 150000 150000 50000"])
        #expect(try await BudgetTests.claim(desk, at: "2026-03-10 11:02").isEmpty)
        #expect(try desk.broken() == [])
    }

    @Test("rounds that race reserve no more than there is")
    func race() async throws {
        let desk = try await BudgetTests.desk(8)
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        try #require(claimed.count == 8)
        let (store, prepared, epoch, now) = (
            desk.store, desk.prepared, desk.epoch, try desk.world.instant("2026-03-10 11:00")
        )
        let left = try await withThrowingTaskGroup(of: Int.self) { group in
            for pair in stride(from: 0, to: 8, by: 2) {
                let two = Array(claimed[pair..<pair + 2])
                group.addTask { try await store.intend(two, under: prepared, epoch: epoch, at: now).count }
            }
            return try await group.reduce(0, +)
        }
        #expect(left == 3)
        #expect(try await BudgetTests.spending(desk) == ["sms \(BudgetTests.day) 150000 150000 50000"])
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("a message of several parts costs each of them; where it does not fit, cheaper ones of its batch may")
    func parts() async throws {
        let desk = try await BudgetTests.desk(3, budget: "0.1")
        try await desk.sql(
            "UPDATE deliveries SET text = '\(String(repeating: "好", count: 150))', send_by = send_by - 1 WHERE id = 1")
        // Three parts do not fit; the two others do.
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == 2)
        #expect(try await BudgetTests.spending(desk) == ["sms \(BudgetTests.day) 100000 100000 -"])
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("without a price nothing is counted; without a budget the costs are")
    func noPrice() async throws {
        let free = try await BudgetTests.desk(2, more: ["settings.yaml": "version: 1\nbudget: {sms: {per_day: 0.05}}"])
        #expect(try await free.depart(at: "2026-03-10 11:00").count == 2)
        #expect(try await BudgetTests.spending(free) == [])
        let open = try await BudgetTests.desk(2, budget: nil)
        #expect(try await open.depart(at: "2026-03-10 11:00").count == 2)
        #expect(try await BudgetTests.spending(open) == ["sms \(BudgetTests.day) 100000 - -"])
    }

    @Test("what waits for money ages: past its `send_by` it expires")
    func ages() async throws {
        let desk = try await BudgetTests.desk(4, late: "6h")
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == 3)
        #expect(try await BudgetTests.claim(desk, at: "2026-03-10 17:01").isEmpty)
        #expect(try await desk.states().count { $0 == "sms expired" } == 1)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test(
        "I20: what the rows say is checked",
        arguments: [
            "UPDATE spending SET spent = 100000", "UPDATE spending SET ceiling = 100000", "DELETE FROM spending",
            "UPDATE attempts SET cost = 1 WHERE delivery = 1",
            "UPDATE attempts SET outcome = 'rejected', outcome_seq = 900 WHERE delivery = 1",
            "INSERT INTO spending VALUES ('email', 1, 5, NULL, NULL)",
        ])
    func checked(damage: String) async throws {
        let desk = try await BudgetTests.desk(3)
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .accepted(providerID: nil), at: "2026-03-10 11:01")
        #expect(try desk.broken() == [])
        try await desk.sql(damage)
        #expect(try desk.broken().contains { $0.hasPrefix("I20 ") })
    }

    @Test("a claim reads as little of 100,000 waiting messages as of ten, once the budget is used up")
    func manyWaiting() async throws {
        let desk = try await BudgetTests.desk(4)
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == 3)
        func claim() async throws -> [String] {
            let recorder = TracedStatements()
            try await desk.store.writer.read { $0.trace { recorder.record($0, $1) } }
            #expect(try await BudgetTests.claim(desk, at: "2026-03-10 11:05").isEmpty)
            try await desk.store.writer.read { $0.trace(nil) }
            return recorder.statements.keys.sorted()
        }
        let few = try await claim()
        try await desk.sql(
            """
            WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)
            INSERT INTO deliveries (decision, rule, step, channel, template, purpose, state, policy, created_at,
              not_before, send_by, start, text, place)
            SELECT decision, rule, 1 + n, channel, template, purpose, 'pending', policy, created_at, not_before, send_by,
              start, text, place FROM deliveries, n WHERE id = 4
            """)
        let many = try await claim()
        #expect(many == few && few.count < 12, "\(few.count) statements, none of them of the waiting rows")
        // The rows of a group are not read at all.
        #expect(!many.contains { $0.contains("ORDER BY send_by, id LIMIT") })
        let steps = try await desk.store.writer.read {
            try $0.all("EXPLAIN QUERY PLAN SELECT spent FROM spending WHERE channel = 'sms' AND day = 1")
                .map { try $0["detail"] as String }
        }
        #expect(steps.allSatisfy { $0.hasPrefix("SEARCH") })
    }
}
