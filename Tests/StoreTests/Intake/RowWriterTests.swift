import Kit
@testable import Intake
import Rules
import Testing

@testable import Store

@Suite("Rows are events") struct RowWriterTests {
    private let desk: IntakeDesk

    init() throws {
        desk = try IntakeDesk()
        try desk.addMembers("lin")
    }

    private func write(_ body: (inout RowWriter) throws -> Void) throws {
        try desk.store.writer.write { db in
            var writer = RowWriter(db, origin: .world(now: IntakeDesk.now))
            try body(&writer)
        }
    }

    private func event(_ name: String, _ at: String, _ data: String, id: String? = nil) throws {
        let instant = try #require(Instant(rfc3339: at))
        try write { writer in
            _ = try writer.write(
                event: EventRow(id: id, memberID: "lin", name: name, at: instant, data: data), source: "shop")
        }
    }

    @Test("an order.paid event is the order of that id, whichever comes first", arguments: [true, false])
    func orderEvent(_ isRowFirst: Bool) throws {
        let row = "id,member_id,paid_at,total\no1,lin,2026-03-01T10:00:00Z,899\n"
        let data = #"{"order":"o1","total":899,"cart":"c1","items":[{"sku":"A","price":899}]}"#
        if isRowFirst { _ = try desk.run(.orders, row) }
        try event("order.paid", "2026-03-01T10:00:00Z", data, id: "e1")
        if !isRowFirst { _ = try desk.run(.orders, row) }
        #expect(try desk.events() == ["order.paid 2026-03-01T10:00:00Z shop o1"])
        #expect(try desk.row("SELECT event_id, data FROM events") == ["e1", data])
        #expect(try desk.rows("SELECT total, cart, status FROM orders") == [["89900", "c1", "paid"]])
        #expect(try desk.rows("SELECT sku, price FROM order_items") == [["A", "89900"]])
        let dump = try desk.dump()
        try event("order.paid", "2026-03-01T10:00:00Z", data, id: "e1")
        _ = try desk.run(.orders, row)
        #expect(try desk.dump() == dump)
    }

    @Test("an order told under two event ids is paid once, and known under both", arguments: [true, false])
    func secondID(_ isRowFirst: Bool) throws {
        let row = "id,member_id,paid_at,total\no1,lin,2026-03-01T10:00:00Z,899\n"
        if isRowFirst { _ = try desk.run(.orders, row) }
        for _ in 1...2 {
            for id in ["e1", "e2"] {
                try event("order.paid", "2026-03-01T10:00:00Z", #"{"order":"o1","total":899}"#, id: id)
            }
        }
        #expect(try desk.rows("SELECT event_id FROM events") == [["e1"]])
        let ids = try desk.rows("SELECT source, event_id, name, member FROM v_events ORDER BY event_id")
        #expect(ids == ["e1", "e2"].map { ["shop", $0, "order.paid", "lin"] })
    }

    @Test("a refund by event outlives the order's file, also when it comes before the order", arguments: [true, false])
    func refundEvent(_ isEventFirst: Bool) throws {
        let row = "id,member_id,paid_at,total,status,refunded_at\no1,lin,2026-03-01T10:00:00Z,899,paid,\n"
        if !isEventFirst { _ = try desk.run(.orders, row) }
        try event("order.refunded", "2026-03-04T09:00:00Z", #"{"order":"o1"}"#, id: "e2")
        _ = try desk.run(.orders, row)
        #expect(
            try desk.events() == [
                "order.paid 2026-03-01T10:00:00Z row o1", "order.refunded 2026-03-04T09:00:00Z shop o1",
            ])
        let refunded = try #require(Instant(rfc3339: "2026-03-04T09:00:00Z"))
        #expect(try desk.row("SELECT status, refunded_at FROM orders") == ["refunded", String(refunded.micros)])
    }

    @Test("an order event without an order is an event like any other")
    func bareOrderEvent() throws {
        try event("order.paid", "2026-03-01T10:00:00Z", #"{"total":1}"#)
        #expect(try desk.events() == ["order.paid 2026-03-01T10:00:00Z shop -"])
        #expect(try desk.rows("SELECT * FROM orders").isEmpty)
    }

    @Test("a cart.updated event replaces the cart's values; what it leaves out is missing")
    func cartEvent() throws {
        _ = try desk.run(.carts, "id,member_id,updated_at,total,in_stock_items\nc1,lin,2026-03-01T09:00:00Z,899,2\n")
        try event(
            "cart.updated", "2026-03-01T10:00:00Z", #"{"cart":"c1","total":"49.90","items":[{"sku":"A","price":49.9}]}"#
        )
        try event("cart.emptied", "2026-03-01T11:00:00Z", #"{"cart":"c1"}"#)
        #expect(
            try desk.rows("SELECT total, in_stock_items, items FROM carts ORDER BY at") == [
                ["89900", "2", "[]"], ["4990", "-", #"[{"sku":"A","quantity":1,"price":4990}]"#],
            ])
        #expect(
            try desk.events() == [
                "cart.updated 2026-03-01T09:00:00Z row c1", "cart.updated 2026-03-01T10:00:00Z shop c1",
                "cart.emptied 2026-03-01T11:00:00Z shop c1",
            ])
    }

    @Test("coupon.used makes a coupon used, also before its row, and the row does not undo it")
    func couponUse() throws {
        let row = "id,member_id,template,state\nk1,lin,BDAY,unused\n"
        let used = try #require(Instant(rfc3339: "2026-03-01T10:00:00Z"))
        try event("coupon.used", "2026-03-01T10:00:00Z", #"{"coupon":"k1"}"#, id: "u1")
        #expect(try desk.rows("SELECT * FROM coupons").isEmpty)
        for _ in 1...2 {
            _ = try desk.run(.coupons, row)
            #expect(try desk.rows("SELECT state, used_at FROM coupons") == [["used", String(used.micros)]])
        }
        #expect(try desk.events() == ["coupon.used 2026-03-01T10:00:00Z shop k1"])
    }

    @Test("points are earned at their instant, and what was spent stays spent")
    func points() throws {
        let row = "id,member_id,points,earned_at\np1,lin,600,2026-03-01T10:00:00Z\n"
        _ = try desk.run(.points, row)
        #expect(try desk.events() == ["points.earned 2026-03-01T10:00:00Z row p1"])
        try desk.store.writer.write { try $0.run("UPDATE points SET remaining = 520") }
        #expect(try desk.run(.points, row).unchanged == 1)
        #expect(try desk.rows("SELECT points, remaining FROM points") == [["600", "520"]])
    }

    @Test("other events are kept as they are, and the same one again is not")
    func plainEvents() throws {
        for id in ["e1", nil] as [String?] {
            for _ in 1...2 { try event("message.sent", "2026-03-01T10:00:00Z", #"{"rule":"r","n":1.50}"#, id: id) }
        }
        #expect(
            try desk.rows("SELECT event_id, ref, data FROM events ORDER BY seq") == [
                ["e1", "-", #"{"rule":"r","n":1.50}"#], ["-", "-", #"{"rule":"r","n":1.50}"#],
            ])
    }

    @Test("in a fixture every event counts, and members may use the same order id")
    func fixtures() throws {
        try desk.addMembers("wu")
        let at = IntakeDesk.now
        try desk.store.writer.write { db in
            var writer = RowWriter(db, origin: .fixtures)
            for member in ["lin", "wu"] {
                _ = try writer.write(order: OrderRow(id: "o1", memberID: member, paidAt: at, total: 1))
                for _ in 1...2 {
                    _ = try writer.write(
                        event: EventRow(memberID: member, name: "product.viewed", at: at), source: "fixture")
                }
            }
        }
        #expect(try desk.row("SELECT count(*) FROM orders") == ["2"])
        #expect(try desk.row("SELECT count(*) FROM events WHERE name = 'product.viewed'") == ["4"])
    }

    @Test("data that cannot be used is refused, and nothing of it stays")
    func badData() throws {
        for data in [#"{"order":"o1","total":-1}"#, #"{"order":"o1","total":1,"items":5}"#, "[]", "{"] {
            #expect(throws: Rejection.self) { try event("order.paid", "2026-03-01T10:00:00Z", data) }
        }
        #expect(try desk.events().isEmpty)
        #expect(try desk.rows("SELECT * FROM orders").isEmpty)
    }

    @Test("one transaction marks its members with one number of the counter")
    func arrivals() throws {
        try desk.goLive()
        try desk.addMembers("wu", "zhao")
        try desk.addMembers("bao")
        #expect(
            try desk.rows("SELECT member, seq FROM arrivals ORDER BY member") == [
                ["bao", "2"], ["wu", "1"], ["zhao", "1"],
            ])
        #expect(try desk.row("SELECT value FROM meta WHERE key = 'seq'") == ["2"])
    }
}
