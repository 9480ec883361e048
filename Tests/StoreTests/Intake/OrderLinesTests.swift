@testable import Intake
import Rules
import Testing

@testable import Store

@Suite("Lines of an order") struct OrderLinesTests {
    private let desk: IntakeDesk

    init() throws {
        desk = try IntakeDesk()
        try desk.addMembers("lin")
    }

    private func order(_ items: String) throws -> ImportSummary {
        try desk.run(
            .orders, #"{"id":"o1","member_id":"lin","paid_at":"2026-03-01 10:00","total":100,"items":[\#(items)]}"#,
            name: "orders.ndjson")
    }

    private func lines() throws -> [[String]] {
        try desk.rows("SELECT line, sku, quantity, price FROM order_items ORDER BY line")
    }

    @Test("a gift beside the paid piece of the same sku is a line of its own, with its own price")
    func twoPrices() throws {
        let items = #"{"sku":"A","price":100},{"sku":"B"},{"sku":"A","price":0,"quantity":2}"#
        _ = try order(items)
        let all = [["1", "A", "1", "10000"], ["2", "B", "1", "-"], ["3", "A", "2", "0"]]
        #expect(try lines() == all)
        let dump = try desk.dump()
        #expect(try order(items).unchanged == 1)
        #expect(try desk.dump() == dump)
        _ = try order(#"{"sku":"A","price":90}"#)
        #expect(try lines() == [["1", "A", "1", "9000"]], "a corrected order replaces its lines")
    }

    @Test("in a file of lines the second row of a sku is its second line; a corrected file leaves other skus alone")
    func files() throws {
        _ = try order("")
        let header = "order_id,sku,quantity,price\n"
        let file = header + "o1,A,1,100\no1,B,1,5\no1,A,1,0\no1,A,bad,0\no1,A,2,0\n"
        let summary = try desk.run(.orderItems, file)
        #expect(summary.accepted == 4 && summary.rejected == 1 && summary.notes.isEmpty)
        let all = [["1", "A", "1", "10000"], ["2", "B", "1", "500"], ["3", "A", "1", "0"], ["4", "A", "2", "0"]]
        #expect(try lines() == all)
        #expect(try desk.run(.orderItems, file).unchanged == 4)
        #expect(try lines() == all)
        _ = try desk.run(.orderItems, header + "o1,A,1,90\n")
        #expect(try lines() == [["1", "A", "1", "9000"], ["2", "B", "1", "500"]])
    }

    @Test("a store of the first version keeps its lines, and takes a second one of a sku from then on")
    func upgrade() throws {
        let old = try Connections.one(nil)
        try Migrations.migrate(old, upTo: "v1")
        try old.write { db in
            try db.run(
                """
                INSERT INTO order_items (member, order_id, line, sku, price) VALUES
                  ('lin', 'o1', 1, 'B', 5), ('lin', 'o1', 1, 'A', 7), ('lin', 'o2', 4, 'A', 9)
                """)
        }
        try Migrations.migrate(old)
        let lines = try old.read { db in
            try db.all("SELECT order_id, line, sku, price FROM order_items").map {
                try "\($0[0] as String) \($0[1] as Int) \($0[2] as String) \($0[3] as Int)"
            }
        }
        #expect(lines == ["o1 1 A 7", "o1 2 B 5", "o2 1 A 9"])
    }
}
