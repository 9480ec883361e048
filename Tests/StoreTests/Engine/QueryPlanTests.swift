import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Store

/// A tick costs what is due, not what is stored: no statement of a shipped rule may read a whole table.
@Suite("Query plans")
struct QueryPlanTests {
    private static let big = ["members", "orders", "events", "order_items", "carts", "points", "coupons", "decisions"]

    @Test("no shipped rule scans members, orders or events, in a tick or for what came late")
    func noScans() throws {
        let world = World(set: try ShippedRules.ruleSet(), fixtures: try ShippedRules.fixtures())
        let store = try world.store()
        let prepared = try PreparedRules(world.planned(), rulesVersion: 1, in: store)
        let recorder = TracedStatements()
        try store.writer.write { db in
            db.trace { recorder.record($0, $1) }
            let zones = try ZonesInUse(db, world.set.settings)
            let start = try world.instant("2026-03-01")
            for (index, plan) in prepared.planned.plans.enumerated() {
                let window = Window(after: start, through: start.adding(micros: 100 * 86_400_000_000))
                for members in [nil, ["lin", "feng"]] {
                    let scan = Scan(
                        db: db, plan: plan, settings: world.set.settings, zones: zones, window: window,
                        members: members,
                        decidesAt: nil)
                    let items = try scan.run().map { Evaluation.Item(plan: index, found: $0) }
                    _ = try Waits(db: db, plan: plan, zones: zones).released(in: window)
                    if members == nil {
                        _ = try Evaluation(db: db, prepared: prepared).decide(items, at: window.through)
                    }
                }
            }
            db.trace(nil)
        }
        #expect(recorder.statements.count > 20)
        try store.writer.read { db in
            for sql in recorder.statements.values {
                let steps = try db.all("EXPLAIN QUERY PLAN \(sql)").map { try $0["detail"] as String }
                for step in steps where step.hasPrefix("SCAN ") {
                    let table = step.split(separator: " ")[1]
                    let isBig = QueryPlanTests.isBig(String(table), in: sql)
                    // A covering scan for MIN is one step of the index.
                    #expect(!isBig, "\(step)\n\(sql)")
                }
            }
        }
    }

    /// Whether an alias stands for a table that grows with the members.
    private static func isBig(_ alias: String, in sql: String) -> Bool {
        big.contains(alias)
            || big.contains { sql.contains("FROM \($0) \(alias) ") || sql.contains("JOIN \($0) \(alias) ") }
    }
}

final class TracedStatements: @unchecked Sendable {
    // Used from one database queue only.
    private(set) var statements: [String: String] = [:]

    func record(_ sql: String, _ expanded: String) {
        if sql.hasPrefix("SELECT") || sql.hasPrefix("WITH") || sql.hasPrefix("UPDATE") || sql.hasPrefix("DELETE") {
            statements[sql] = expanded
        }
    }
}
