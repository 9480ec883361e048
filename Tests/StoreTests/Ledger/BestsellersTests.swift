import Rules
import Testing

@testable import Store

@Suite("Bestsellers")
struct BestsellersTests {
    private let desk: IntakeDesk
    private static let hour: Int64 = 3_600_000_000
    private let begin = IntakeDesk.now.adding(micros: -400 * 24 * BestsellersTests.hour)

    init() throws {
        desk = try IntakeDesk()
        try desk.addMembers("lin")
    }

    @Test("as the 90 days slide along, the units are those of a count from the beginning, also after rows came late")
    func slides() throws {
        try sell((0..<300).map { ("o\($0)", $0 * 24, ["A", "B", "C"][$0 % 3], 1 + $0 % 4) })
        for hours in [2400, 2401, 2403, 2450, 3000, 3001, 4000, 6500, 6499] {
            if hours == 3001 { try sell([("late", 2200, "C", 50), ("later", 2999, "D", 7)]) }
            let now = begin.adding(micros: Int64(hours) * BestsellersTests.hour)
            try desk.store.writer.write { db in try Recommendation.refresh(db, at: now) }
            let units = try desk.rows("SELECT sku, units FROM bestsellers WHERE units <> 0 ORDER BY sku")
            let counted = try desk.rows(
                """
                SELECT i.sku, SUM(i.quantity) FROM orders o JOIN order_items i ON i.member = o.member AND i.order_id = o.id
                WHERE o.paid_at > \(now.micros - 90 * 24 * BestsellersTests.hour) AND o.paid_at <= \(now.micros)
                GROUP BY i.sku ORDER BY i.sku
                """)
            #expect(units == counted && !units.isEmpty, "after \(hours) hours")
        }
    }

    private func sell(_ sales: [(order: String, hours: Int, sku: String, quantity: Int)]) throws {
        let orders = sales.map { sale in
            let paid = begin.adding(micros: Int64(sale.hours) * BestsellersTests.hour)
            return "\(sale.order),lin,\(paid.utcText),10"
        }
        _ = try desk.run(.orders, "id,member_id,paid_at,total\n" + orders.joined(separator: "\n") + "\n")
        let items = sales.map { "\($0.order),\($0.sku),\($0.quantity)" }
        _ = try desk.run(.orderItems, "order_id,sku,quantity\n" + items.joined(separator: "\n") + "\n")
    }
}
