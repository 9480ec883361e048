import Foundation
import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

/// What `nudged report` counts.
@Suite("Report of rules")
struct RuleReportTests {
    private static func report(_ desk: OutboxDesk, days: Int64 = 7, at time: String = "2026-04-10 12:00") throws
        -> RuleReport?
    {
        let range = ReportRange(
            since: try desk.world.instant("2026-03-01"), until: try desk.world.instant("2026-04-01"),
            attributed: days * 86_400_000_000)
        return try desk.store.report(range, at: desk.world.instant(time)).first { $0.rule == "thanks" }
    }

    private static func order(_ id: String, at time: String, _ desk: OutboxDesk) async throws {
        let at = try desk.world.instant(time)
        try await desk.sql(
            "INSERT INTO orders (member, id, paid_at, total, status) VALUES ('lin', '\(id)', \(at.micros), 89950, 'paid')"
        )
    }

    @Test("a message that was taken earns the orders after it, within its days, and none before")
    func attributed() async throws {
        let desk = try await OutboxDesk()
        #expect(try RuleReportTests.report(desk)?.sent == 1)
        try await RuleReportTests.order("before", at: "2026-03-10 10:59", desk)
        try await RuleReportTests.order("after", at: "2026-03-12 10:00", desk)
        try await RuleReportTests.order("late", at: "2026-03-18 10:00", desk)
        #expect(try RuleReportTests.report(desk)?.orders == 0, "nothing has left")
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .accepted(providerID: nil), at: "2026-03-10 11:00")
        let report = try #require(try RuleReportTests.report(desk))
        #expect(report.due == 1 && report.accepted == 1 && report.delivered == 0 && report.failed == 0)
        #expect(report.orders == 1 && report.revenue == 89950)
        #expect(try RuleReportTests.report(desk, days: 30)?.orders == 2)
        #expect(report.treated == RuleReport.Group(people: 1, bought: 1) && report.uplift == nil)
        #expect(try RuleReportTests.report(desk, at: "2026-03-11 12:00")?.treated == RuleReport.Group())
    }

    @Test("what became of the messages adds up to what was decided to be sent; of two steps the last counts")
    func addsUp() async throws {
        let desk = try await OutboxDesk()
        let at = try desk.world.instant("2026-03-15 10:00").micros
        let states = [
            "pending", "retry_wait", "accepted", "delivered", "undelivered", "rejected", "dead", "unknown",
            "unknown_closed", "expired", "suppressed", "cancelled",
        ]
        for (index, state) in states.enumerated() {
            try await desk.sql(
                """
                INSERT INTO decisions (member, rule, occasion, id, due, at, outcome, channel, template, rules_version)
                VALUES ('m\(index)', 'other', 'o', \(100 + index), \(at), \(at), 'sent', 'sms', 'hello', 1);
                INSERT INTO deliveries (decision, step, rule, channel, template, purpose, state, created_at, not_before,
                  send_by, start)
                VALUES (\(100 + index), 1, 'other', 'sms', 'hello', 'marketing', 'rejected', 1, 1, 1, 1),
                  (\(100 + index), 2, 'other', 'sms', 'hello', 'marketing', '\(state)', 1, 1, 1, 1)
                """)
        }
        let range = ReportRange(
            since: try desk.world.instant("2026-03-01"), until: try desk.world.instant("2026-04-01"), attributed: 1,
            rule: "other")
        let report = try #require(try desk.store.report(range, at: desk.world.instant("2026-04-10 12:00")).first)
        #expect(report.sent == 12)
        let ends: [Int] = [report.owed, report.accepted, report.failed, report.unclear, report.dropped]
        #expect(ends == [2, 2, 3, 2, 3])
        #expect(report.delivered == 1)
    }

    @Test("a later message takes the order; a cancelled order earns nothing")
    func lastMessage() async throws {
        let desk = try await OutboxDesk()
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .accepted(providerID: nil), at: "2026-03-10 11:00")
        try await RuleReportTests.order("after", at: "2026-03-12 10:00", desk)
        let later = try desk.world.instant("2026-03-11 10:00")
        try await desk.sql(
            """
            INSERT INTO decisions (member, rule, occasion, id, due, at, outcome, channel, template, rules_version)
            VALUES ('lin', 'other', 'o', 99, \(later.micros), \(later.micros), 'sent', 'sms', 'hello', 1);
            INSERT INTO deliveries (decision, rule, channel, template, purpose, state, created_at, not_before, send_by, start)
            VALUES (99, 'other', 'sms', 'hello', 'marketing', 'delivered', 1, 1, 1, 1)
            """)
        #expect(try RuleReportTests.report(desk)?.orders == 0)
        try await desk.sql("UPDATE deliveries SET state = 'rejected' WHERE decision = 99")
        #expect(try RuleReportTests.report(desk)?.orders == 1)
        try await desk.sql("UPDATE orders SET status = 'refunded' WHERE id = 'after'")
        #expect(try RuleReportTests.report(desk)?.orders == 0)
    }

    @Test("what was not sent is counted by outcome and the code of its reason; coupons by whether they were used")
    func skipped() async throws {
        let desk = try await OutboxDesk()
        let at = try desk.world.instant("2026-03-15 10:00").micros
        for (index, row) in [
            "'skipped', '{\"condition\":\"member.city\",\"actual\":\"a\"}'",
            "'skipped', '{\"condition\":\"member.tier\",\"actual\":\"b\"}'",
            "'suppressed', '{\"unreachable\":\"no_consent\"}'", "'held_out', '{\"holdout\":\"global\"}'",
        ].enumerated() {
            try await desk.sql(
                """
                INSERT INTO decisions (member, rule, occasion, id, due, at, rules_version, outcome, because)
                VALUES ('m\(index)', 'thanks', 'o', \(100 + index), \(at), \(at), 1, \(row))
                """)
        }
        try await desk.sql(
            """
            INSERT INTO coupons (member, id, template, issued_at, state, rule)
            VALUES ('a', 'c1', 'T', \(at), 'used', 'thanks'), ('b', 'c2', 'T', \(at), 'unused', 'thanks')
            """)
        let report = try #require(try RuleReportTests.report(desk))
        #expect(report.due == 5 && report.sent == 1)
        #expect(report.skipped == ["skipped condition": 2, "suppressed unreachable": 1, "held_out holdout": 1])
        #expect(report.couponsGiven == 2 && report.couponsUsed == 1)
        #expect(report.heldOut == RuleReport.Group(people: 1, bought: 0))
    }

    @Test("the interval is Newcombe's: 56 of 70 less 48 of 80")
    func interval() {
        let uplift = Uplift(between: .init(people: 70, bought: 56), and: .init(people: 80, bought: 48))
        #expect(abs(uplift.difference - 0.2) < 1e-12)
        #expect(abs(uplift.low - 0.0524) < 5e-5 && abs(uplift.high - 0.3339) < 5e-5, "\(uplift)")
    }

    @Test(
        "with too few people or buyers there is no uplift",
        arguments: [
            (99, 50, 100, 50, false), (100, 50, 99, 50, false), (100, 5, 100, 4, false), (100, 5, 100, 5, true),
        ])
    func enough(people: Int, bought: Int, heldOut: Int, boughtToo: Int, isEnough: Bool) {
        let uplift = Uplift(
            treated: .init(people: people, bought: bought), heldOut: .init(people: heldOut, bought: boughtToo))
        #expect((uplift != nil) == isEnough)
    }
}
