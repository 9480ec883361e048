import Intake
import Kit
import Rules
import Testing

@testable import Store

/// Events of sources in a store.
@Suite("Events of sources in the store")
struct SourceWritingTests {
    private let store: MemberStore
    private let zone = Zone(named: "Asia/Shanghai") ?? .utc

    init() throws { store = try MemberStore.inMemory() }

    private func instant(_ text: String) -> Instant { TimePoint(text: text)?.instant(in: zone) ?? .distantPast }

    @discardableResult
    private func take(_ events: [String], source: String = "shop", at: String = "2026-03-08T10:00:00Z") throws
        -> [SourceOutcome]
    {
        let dialect = SegmentDialect(SourceTerms(zone: zone))
        let now = instant(at)
        return try store.take(
            SourceBatch(
                source: source, at: now,
                events: try events.map { dialect.read(try StrictJSON(parsing: $0), at: now) }))
    }

    private func track(
        _ id: String, _ name: String, _ properties: String = "{}", user: String = "u1",
        at: String = "2026-03-08T09:00:00Z"
    ) -> String {
        #"{"type":"track","messageId":"\#(id)","userId":"\#(user)","event":"\#(name)","timestamp":"\#(at)","properties":\#(properties)}"#
    }

    private func rows(_ sql: String) throws -> [String] {
        try store.writer.read { db in
            try db.all(sql).map {
                $0.values.map { String.read($0) ?? Int64.read($0).map(String.init) ?? "-" }.joined(separator: " ")
            }
        }
    }

    @Test("an event is taken once, however often it comes; another one under its id is a conflict, and both are kept")
    func once() throws {
        #expect(try take([track("m1", "store.visited")]) == [.accepted])
        #expect(try take([track("m1", "store.visited")], at: "2026-03-08T10:00:09Z") == [.duplicate])
        #expect(try take([track("m1", "store.visited", #"{"a":1}"#)]) == [.conflict])
        #expect(try take([track("m1", "store.visited", #"{"a":1}"#)]) == [.conflict])
        #expect(try take([track("m1", "store.visited")], source: "till") == [.accepted])
        #expect(
            try take([track("m2", "x"), track("m2", "x"), track("m2", "y")]) == [.accepted, .duplicate, .conflict])
        #expect(
            try rows("SELECT source, event_id, name, member FROM v_events ORDER BY event_id, source") == [
                "shop m1 store.visited u1", "till m1 store.visited u1", "shop m2 x u1",
            ])
        let kept = try store.quarantine(atMost: 10)
        #expect(kept.map(\.kind) == [.conflict, .conflict] && kept.map(\.eventID) == ["m1", "m2"])
        #expect(try rows("SELECT length(hash), length(known), hash = known FROM quarantine") == ["16 16 0", "16 16 0"])
    }

    @Test("an event without an id gets one of its content, so that it is known when it comes again")
    func withoutID() throws {
        let event = #"{"type":"track","userId":"u1","event":"x","timestamp":"2026-03-08T09:00:00Z"}"#
        #expect(try take([event, event]) == [.accepted, .duplicate])
        let ids = try rows("SELECT event_id FROM events")
        #expect(ids.count == 1 && ids[0].hasPrefix("hash-"))
    }

    @Test("one poisoned event among good ones is kept with its reason, and the others are taken")
    func poisoned() throws {
        let events =
            (0..<99).map { track("g\($0)", "x") } + [
                track("bad", "Order Completed", #"{"order_id":"1","total":12.345}"#)
            ]
        let outcomes = try take(events)
        #expect(outcomes.count { $0 == .accepted } == 99 && outcomes.last == .quarantined)
        let kept = try store.quarantine(atMost: 10)
        #expect(kept.count == 1 && kept[0].reason.english == #"total "**.***" has more than two decimals"#)
        #expect(kept[0].body.contains("12.345") && kept[0].reason.chinese.contains("两位小数"))
        #expect(try rows("SELECT COUNT(*) FROM orders") == ["0"] && rows("SELECT COUNT(*) FROM events") == ["99"])
        // Mended, under its own id.
        #expect(try take([track("bad", "Order Completed", #"{"order_id":"1","total":12.34}"#)]) == [.accepted])
        #expect(try rows("SELECT id, total FROM orders") == ["1 1234"])
    }

    @Test("an order is its row with its lines, paid once, whoever tells of it; its end is its end")
    func orders() throws {
        let order =
            #"{"order_id":"o1","total":299.5,"products":[{"product_id":"A","name":"壶","category":"kitchen","price":149.75,"quantity":2}]}"#
        try take([
            track("m1", "Order Completed", order), track("m2", "order.completed", order, at: "2026-03-08T09:00:05Z"),
        ])
        try take([track("m3", "Order Completed", order)], source: "till")
        #expect(try rows("SELECT id, total, status FROM orders") == ["o1 29950 paid"])
        #expect(try rows("SELECT sku, category, quantity, price FROM order_items") == ["A kitchen 2 14975"])
        #expect(try rows("SELECT name, event_id FROM events") == ["order.paid m1"])
        #expect(
            try rows("SELECT source, event_id, name FROM v_events ORDER BY event_id") == [
                "shop m1 order.paid", "shop m2 order.paid", "till m3 order.paid",
            ])
        try take([track("m4", "Order Refunded", #"{"order_id":"o1"}"#, at: "2026-03-08T09:30:00Z")])
        #expect(try rows("SELECT status, refunded_at IS NULL FROM orders") == ["refunded 0"])
    }

    @Test("products that come and go make the cart, and its total; an order closes it")
    func carts() throws {
        func change(_ id: String, _ name: String, _ properties: String, _ minute: String) throws {
            try take([track(id, name, properties, at: "2026-03-08T09:\(minute):00Z")])
        }
        try change("1", "Product Added", #"{"cart_id":"k","sku":"A","name":"壶","price":10.5,"quantity":2}"#, "01")
        try change("2", "Product Added", #"{"cart_id":"k","sku":"B","price":5}"#, "02")
        try change("3", "Product Added", #"{"sku":"A","quantity":1}"#, "03")
        let carts = "SELECT id, total, items FROM carts ORDER BY at DESC LIMIT 1"
        #expect(
            try rows(carts) == [
                #"k 3650 [{"sku":"A","name":"壶","quantity":3,"price":1050},{"sku":"B","quantity":1,"price":500}]"#
            ])
        try change("4", "Product Removed", #"{"cart_id":"k","sku":"A"}"#, "04")
        #expect(try rows(carts) == [#"k 500 [{"sku":"B","quantity":1,"price":500}]"#])
        try change("5", "Order Completed", #"{"order_id":"o1","total":5}"#, "05")
        #expect(try rows("SELECT cart FROM orders") == ["k"])
        // The next one begins empty.
        try change("6", "Product Added", #"{"sku":"C","price":1}"#, "06")
        #expect(try rows(carts) == [#"k 100 [{"sku":"C","quantity":1,"price":100}]"#])
        try change("7", "Product Removed", #"{"sku":"C","quantity":1}"#, "07")
        #expect(try rows("SELECT name FROM events WHERE event_id = '7'") == ["cart.emptied"])
        // A later order has no cart to close.
        try change("8", "Order Completed", #"{"order_id":"o2","total":5}"#, "08")
        #expect(try rows("SELECT id, cart FROM orders ORDER BY id") == ["o1 k", "o2 -"])
    }

    @Test("identify writes the member; an earlier word that comes later changes nothing; what is not stated stays")
    func members() throws {
        func identify(_ id: String, _ traits: String, at: String) -> String {
            #"{"type":"identify","messageId":"\#(id)","userId":"u1","timestamp":"\#(at)","traits":\#(traits)}"#
        }
        try take([identify("1", #"{"phone":"13800000001","name":"林","city":"上海"}"#, at: "2026-03-08T09:00:00Z")])
        try take([identify("2", #"{"phone":"13800000002"}"#, at: "2026-03-08T09:10:00Z")])
        #expect(try take([identify("3", #"{"phone":"13800000003"}"#, at: "2026-03-08T09:05:00Z")]) == [.accepted])
        #expect(
            try rows("SELECT id, display_name, city, substr(phone, -4), status FROM members") == ["u1 林 上海 0002 active"]
        )
        #expect(try rows("SELECT COUNT(*) FROM events WHERE name = 'member.identified'") == ["3"])
        #expect(try rows("SELECT COUNT(*) FROM events WHERE data LIKE '%1380%'") == ["0"])
    }

    @Test("what a device did is the member's once the source says who it is")
    func anonymous() throws {
        let view = { (id: String, device: String) in
            #"{"type":"track","messageId":"\#(id)","anonymousId":"\#(device)","event":"Product Viewed","timestamp":"2026-03-08T09:00:00Z","properties":{"sku":"A"}}"#
        }
        let added =
            #"{"type":"track","messageId":"c","anonymousId":"d1","event":"Product Added","timestamp":"2026-03-08T09:01:00Z","properties":{"sku":"A","price":2}}"#
        try take([view("1", "d1"), added, view("2", "d2"), view("3", "d3")])
        #expect(
            try rows("SELECT DISTINCT member FROM events ORDER BY 1") == [
                "anonymous:d1", "anonymous:d2", "anonymous:d3",
            ])
        try take([#"{"type":"identify","messageId":"i","userId":"u1","anonymousId":"d1","traits":{}}"#])
        try take([#"{"type":"alias","messageId":"a","userId":"u1","previousId":"d2"}"#])
        #expect(
            try rows("SELECT event_id, member FROM events WHERE event_id IN ('1', '2', '3', 'c') ORDER BY 1") == [
                "1 u1", "2 u1", "3 anonymous:d3", "c u1",
            ])
        #expect(try rows("SELECT member, id FROM carts") == ["u1 cart"])
        #expect(
            try rows("SELECT member, name FROM latest WHERE name = 'product.viewed' ORDER BY 1") == [
                "anonymous:d3 product.viewed", "u1 product.viewed",
            ])
    }

    @Test("sales are counted anew only for an order of an hour that was counted")
    func bestsellers() throws {
        let order = { (id: String) in #"{"order_id":"\#(id)","products":[{"sku":"A","price":1}]}"# }
        let counted = "SELECT COUNT(*) FROM meta WHERE key = 'bestsellers_at'"
        try store.writer.write { try Recommendation.refresh($0, at: instant("2026-03-08T09:30:00Z")) }
        try take([track("1", "Order Completed", order("1"), at: "2026-03-08T09:20:00Z"), track("2", "x")])
        #expect(try rows(counted) == ["1"])
        try store.writer.write { try Recommendation.refresh($0, at: instant("2026-03-08T10:00:00Z")) }
        #expect(try rows("SELECT sku, units FROM bestsellers") == ["A 1"])
        try take([track("3", "Order Completed", order("3"), at: "2026-03-08T09:40:00Z")])
        #expect(try rows(counted) == ["0"])
    }

    @Test("the occasion of an event names its source, but for imports")
    func occasions() throws {
        try store.writer.write { db in
            var writer = RowWriter(db, origin: .world(now: .distantFuture))
            _ = try writer.write(
                event: EventRow(id: "i1", memberID: "u1", name: "x", at: instant("2026-03-08")), source: "import")
            _ = try writer.write(
                event: EventRow(id: "f1", memberID: "u1", name: "x", at: instant("2026-03-08")), source: "fixture:u1")
        }
        try take([track("m1", "x")])
        let named = try store.writer.read { db in
            try db.values("SELECT \(EventNames.occasionID) FROM events e ORDER BY seq") as [String]
        }
        #expect(named == ["i1", "f1", "shop:m1"])
    }
}
