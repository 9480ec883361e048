import Kit
import Rules
import TestSupport
import Testing

@testable import Store

@Suite("The newest event of each name")
struct LatestEventsTests {
    private let zone = Zone(named: "Asia/Shanghai") ?? .utc

    private func instant(_ text: String) -> Instant { TimePoint(text: text)?.instant(in: zone) ?? .distantPast }

    /// What `latest` must hold, from the events themselves.
    private func agrees(_ store: MemberStore) throws -> Bool {
        try store.writer.read { db in
            let kept = try db.all("SELECT member, name, at FROM latest ORDER BY member, name")
            let derived = try db.all(
                """
                SELECT member, name, MAX(at) AS at FROM events WHERE name <> 'message.sent'
                GROUP BY member, name ORDER BY member, name
                """)
            return kept.map(\.values) == derived.map(\.values) && !kept.isEmpty
        }
    }

    @Test("is kept through inserting, moving and taking away rows, and through what rules do")
    func kept() throws {
        let world = World(set: try ShippedRules.ruleSet(), fixtures: try ShippedRules.fixtures())
        let store = try world.store()
        #expect(try agrees(store))
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: instant("2026-03-01"))
        _ = try store.tick(prepared, at: instant("2026-03-07 09:30"))
        #expect(try agrees(store))
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: .distantFuture))
            for (id, paidAt) in [
                ("x1", "2026-03-01"), ("x2", "2026-03-05"), ("x2", "2026-02-01"), ("x1", "2026-03-09"),
            ] {
                _ = try rows.write(
                    order: OrderRow(id: id, memberID: "lin", paidAt: instant(paidAt), total: 100))
            }
            _ = try rows.write(
                order: OrderRow(
                    id: "x1", memberID: "lin", paidAt: instant("2026-03-09"), total: 100, status: .refunded,
                    refundedAt: nil))
            _ = try rows.write(order: OrderRow(id: "x2", memberID: "zhao", paidAt: instant("2026-02-01"), total: 100))
            _ = try rows.write(cart: CartRow(id: "k", memberID: "lin", updatedAt: instant("2026-03-02")))
            _ = try rows.write(
                cart: CartRow(id: "k", memberID: "lin", updatedAt: instant("2026-03-01"), state: .emptied))
        }
        #expect(try agrees(store))
    }
}
