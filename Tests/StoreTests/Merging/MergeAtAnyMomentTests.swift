import Foundation
import Intake
import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Store

/// A merge at any moment decides as if everything had been one member's from the beginning, but for what was decided
/// before.
@Suite("Merge at any moment")
struct MergeAtAnyMomentTests {
    private static let rules = """
          - {id: thanks, name: 谢谢, status: live, owner: crm, purpose: marketing, when: {event: {name: order.paid, after: 5h}},
             unless: [order.refunded], do: [{create_task: {assign_to: member.advisor, or_else: boss, title: 谢谢}}]}
          - {id: regular, name: 常客, status: live, owner: crm, purpose: marketing, when: {event: {name: visit, after: 3h}},
             if: {member.lifetime_orders: {at_least: 4}}, do: [{create_task: {assign_to: member.advisor, or_else: boss, title: 常客}}]}
          - {id: spender, name: 高消费, status: live, owner: crm, purpose: marketing, when: {event: {name: visit, after: 1h}},
             if: {member.lifetime_spend: {at_least: 300}}, do: [{create_task: {assign_to: member.advisor, or_else: boss, title: 高消费}}]}
          - {id: first, name: 首单, status: live, owner: crm, purpose: marketing, when: {event: {name: order.paid, after: 2h}},
             if: {member.orders_30d: {at_most: 3}}, do: [{create_task: {assign_to: member.advisor, or_else: boss, title: 首单}}]}
        """

    private static let start = "2026-03-01 00:00"
    private static let hour: Int64 = 3_600_000_000
    private static let hours = 200

    /// An order, a visit, or the refund of an order, with the hour at which it happens.
    private struct Happening {
        let hour: Int
        let isZbos: Bool
        let kind: Int
        let number: Int

        func row(from start: Instant, asOne: Bool) -> IntakeRow {
            let member = isZbos && !asOne ? "zbo" : "lin"
            let at = start.adding(micros: Int64(hour) * MergeAtAnyMomentTests.hour)
            switch kind {
            case 0:
                return .order(OrderRow(id: "o\(number)", memberID: member, paidAt: at, total: Int64(number % 9) * 1000))
            case 1: return .event(EventRow(id: "v\(number)", memberID: member, name: "visit", at: at))
            default:
                let order = OrderRow(
                    id: "r\(number)", memberID: member, paidAt: at, total: 5000, status: .refunded,
                    refundedAt: at.adding(micros: MergeAtAnyMomentTests.hour))
                return .order(order)
            }
        }
    }

    private static func happenings(_ random: inout SeededGenerator) -> [Happening] {
        (0..<60).map { number in
            Happening(
                hour: Int.random(in: 1..<hours - 10, using: &random), isZbos: Bool.random(using: &random),
                kind: Int.random(in: 0...2, using: &random), number: number)
        }
    }

    private struct Shop {
        let store: MemberStore
        let prepared: PreparedRules
        let start: Instant

        init(_ members: String) throws {
            let world = try World(rules: MergeAtAnyMomentTests.rules, members: members)
            store = try world.store()
            start = try world.instant(MergeAtAnyMomentTests.start)
            prepared = try store.goLive(world.planned(), files: "{}", hash: "a", at: start)
        }

        func instant(_ hour: Int) -> Instant { start.adding(micros: Int64(hour) * MergeAtAnyMomentTests.hour) }

        /// Rows arrive in their hour, and then the rules look.
        func live(_ hours: Range<Int>, _ happenings: [Happening], asOne: Bool) throws {
            for hour in hours {
                let now = instant(hour)
                let rows = happenings.filter { $0.hour == hour }
                try store.writer.write { db in
                    var writer = APIRows(db, at: now)
                    for row in rows { _ = try writer.write(row.row(from: start, asOne: asOne), stating: nil).get() }
                }
                _ = try store.tick(prepared, at: now)
            }
        }

        func decided(after hour: Int) throws -> [String] {
            try store.writer.read { db in
                try db.values(
                    """
                    SELECT member || ' ' || rule || ' ' || occasion || ' ' || due || ' ' || outcome || ' ' || COALESCE(because, '')
                    FROM decisions WHERE due > ? ORDER BY 1
                    """, [instant(hour).micros])
            }
        }
    }

    @Test("rows that were the duplicate's, and come under the old id later, are the member's", arguments: 0..<12)
    func anyMoment(run: Int) throws {
        let seed = UInt64(Seed.first) &+ UInt64(run)
        var random = SeededGenerator(seed: seed)
        let happenings = MergeAtAnyMomentTests.happenings(&random)
        let moment = Int.random(in: 5..<MergeAtAnyMomentTests.hours - 40, using: &random)
        let end = MergeAtAnyMomentTests.hours
        let one = try Shop("  lin: {display_name: 林小姐}\n")
        try one.live(1..<end, happenings, asOne: true)
        let two = try Shop("  lin: {display_name: 林小姐}\n  zbo: {display_name: 林}\n")
        try two.live(1..<moment + 1, happenings, asOne: false)
        guard case .merged = try two.store.merge("zbo", into: "lin", reason: nil, at: two.instant(moment)) else {
            Issue.record("seed \(seed): nothing was merged")
            return
        }
        try two.live(moment + 1..<end, happenings, asOne: false)
        let expected = try one.decided(after: moment)
        #expect(!expected.isEmpty, "seed \(seed)")
        #expect(try two.decided(after: moment) == expected, "seed \(seed), merged in hour \(moment)")
        #expect(try two.store.verify(Invariants(at: two.instant(end))) == [], "seed \(seed)")
        #expect(
            try two.store.writer.read { try $0.values("SELECT DISTINCT member FROM decisions") as [String] } == ["lin"])
    }
}
