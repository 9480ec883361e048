import Intake
import Kit
import Rules
import Testing

/// What events of a source mean, without a store.
@Suite("Events in the shape of the Segment specification")
struct SegmentDialectTests {
    private static let zone = Zone(named: "Asia/Shanghai") ?? .utc
    private static let received = instant("2026-03-08T10:00:00Z")
    private let dialect = SegmentDialect(
        SourceTerms(
            zone: zone, tiers: TierNames([Settings.Tier(id: "gold", name: "金卡")]),
            attributes: ["shoe": .number, "vip": .bool]))

    private static func instant(_ text: String) -> Instant { TimePoint(text: text)?.instant(in: zone) ?? .distantPast }

    private func read(_ json: String) throws -> SourceEvent {
        dialect.read(try StrictJSON(parsing: Array(json.utf8), takesNUL: true), at: Self.received)
    }

    private func facts(_ json: String) throws -> [SourceFact] { try read(json).facts.get() }

    private func event(_ json: String) throws -> (row: EventRow, lacksCart: Bool) {
        guard case .event(let row, let lacksCart)? = try facts(json).first else { throw Missing() }
        return (row, lacksCart)
    }
    private struct Missing: Error {}

    private func track(_ name: String, _ properties: String) -> String {
        #"{"type":"track","messageId":"m1","userId":"u1","anonymousId":null,"event":"\#(name)","timestamp":"2026-03-08T09:00:00.519+00:00","properties":\#(properties)}"#
    }

    // MARK: names and data

    @Test(
        "commerce events get the names and the keys that rules know",
        arguments: [
            (
                "Order Completed",
                #"{"order_id":17,"total":299.5,"products":[{"product_id":"A","price":299.5,"quantity":1,"brand":"x"}]}"#,
                "order.paid",
                #"{"order":"17","order_id":17,"total":299.5,"items":[{"product_id":"A","quantity":1,"brand":"x","sku":"A","price":299.5}]}"#
            ),
            (
                "order.completed", #"{"order":"o1","revenue":"12.30"}"#, "order.paid",
                #"{"order":"o1","revenue":"12.30","total":"12.30"}"#
            ),
            ("order_completed", #"{}"#, "order.paid", "{}"),
            ("Order Cancelled", #"{"order_id":"o1"}"#, "order.cancelled", #"{"order_id":"o1","order":"o1"}"#),
            ("Order Refunded", #"{"order_id":"o1"}"#, "order.refunded", #"{"order_id":"o1","order":"o1"}"#),
            (
                "Product Viewed", #"{"product_id":"A","category":"tea"}"#, "product.viewed",
                #"{"product_id":"A","category":"tea","sku":"A"}"#
            ),
            (
                "Cart Viewed", #"{"cart_id":"k","products":[]}"#, "cart.emptied",
                #"{"cart_id":"k","cart":"k","items":[]}"#
            ),
            (
                "Checkout Started", #"{"value":5,"products":[{"sku":"A"}]}"#, "cart.updated",
                #"{"value":5,"total":5,"items":[{"sku":"A"}]}"#
            ),
            ("Coupon Redeemed", #"{"coupon_id":"c1"}"#, "coupon.used", #"{"coupon_id":"c1","coupon":"c1"}"#),
            ("store.visited", #"{"store":"s1"}"#, "store.visited", #"{"store":"s1"}"#),
            ("Coupon Entered", #"{"coupon_id":"c1"}"#, "Coupon Entered", #"{"coupon_id":"c1"}"#),
            ("飞行棋", "null", "飞行棋", "{}"),
        ] as [(String, String, String, String)])
    func names(sent: String, properties: String, name: String, data: String) throws {
        let read = try event(track(sent, properties))
        #expect(read.row.name == name)
        // The order of keys means nothing.
        #expect(try StrictJSON(parsing: read.row.data).sorted == StrictJSON(parsing: data).sorted, "\(read.row.data)")
        #expect(read.row.memberID == "u1" && read.row.id == "m1")
        #expect(read.row.at == Self.instant("2026-03-08T09:00:00.519Z"))
    }

    @Test("an order without a cart closes the one that is open, a cart without a name is the last one")
    func carts() throws {
        #expect(try event(track("Order Completed", #"{"order_id":"1"}"#)).lacksCart)
        #expect(try !event(track("Order Completed", #"{"order_id":"1","cart_id":"k"}"#)).lacksCart)
        #expect(try !event(track("Order Completed", "{}")).lacksCart)
        #expect(try event(track("Checkout Started", #"{"products":[{"sku":"A"}]}"#)).lacksCart)
    }

    @Test("one product put into a cart or taken out of it is a change of the cart")
    func changes() throws {
        guard
            case .cart(let added)? = try facts(
                track("Product Added", #"{"cart_id":"k","sku":"A","price":19.9,"quantity":"2"}"#)
            ).first,
            case .cart(let removed)? = try facts(track("Product Removed", #"{"sku":"A"}"#)).first
        else { throw Missing() }
        #expect(added.cart == "k" && added.item.sku == "A" && added.item.price == 1990 && added.item.quantity == 2)
        #expect(!added.isRemoval && removed.isRemoval && removed.isWhole && removed.cart == nil)
    }

    @Test(
        "money keeps the digits of the text; what adding binary fractions leaves behind is no part of them",
        arguments: [
            ("299.5", "299.5"), ("1299", "1299"), ("299.90000000000003", "299.9"), ("299.89999999999998", "299.9"),
            ("0.9999999999999", "1"), ("99.999999999999", "100"), ("1.5e2", "150"), ("1E-1", "0.1"),
            ("12.345", "12.345"),
            ("12.300", "12.3"), ("-5", "-5"),
            ("1e-9223372036854775808", "1e-9223372036854775808"), ("0e99999999999999999999", "0e99999999999999999999"),
        ])
    func money(number: String, amount: String) throws {
        let data = try event(track("Order Completed", #"{"order_id":"1","total":\#(number)}"#)).row.data
        #expect(try StrictJSON(parsing: data)["total"] == .number(amount))
    }

    @Test(
        "an amount that is a list or an object is none, and the order is kept for somebody to look at",
        arguments: ["[]", "{}", "[5]"])
    func brokenAmount(total: String) throws {
        guard
            case .failure(let reason) = try read(track("Order Completed", #"{"order_id":"1","total":\#(total)}"#)).facts
        else {
            Issue.record("taken: \(total)")
            return
        }
        #expect(reason == .notMoney(.total, total))
    }

    @Test("an amount in another currency counts nowhere")
    func currency() throws {
        let data = try event(
            track(
                "Order Completed", #"{"order_id":"1","currency":"USD","total":20,"products":[{"sku":"A","price":20}]}"#)
        ).row.data
        let json = try StrictJSON(parsing: data)
        #expect(json["total"] == nil && json["items"] == .array([.object([.init(key: "sku", value: .string("A"))])]))
        let own = try event(track("Order Completed", #"{"order_id":"1","currency":"CNY","total":20}"#)).row.data
        #expect(try StrictJSON(parsing: own)["total"] == .number("20"))
    }

    @Test("pages, screens, groups and aliases are events with names of their own")
    func others() throws {
        let page = try event(#"{"type":"page","userId":"u1","name":"Home","properties":{"path":"/"}}"#).row
        #expect(page.name == "Page Viewed" && page.data == #"{"path":"/","name":"Home"}"#)
        #expect(try event(#"{"type":"screen","anonymousId":"d1"}"#).row.name == "Screen Viewed")
        #expect(try event(#"{"type":"screen","anonymousId":"d1"}"#).row.memberID == "anonymous:d1")
        #expect(try event(#"{"type":"group","userId":"u1","groupId":"g"}"#).row.name == "member.grouped")
        let alias = try facts(#"{"type":"alias","userId":"u1","previousId":"d1"}"#)
        guard case .merge(let anonymous, let member)? = alias.last else { throw Missing() }
        #expect(anonymous == "anonymous:d1" && member == "u1")
    }

    // MARK: members

    @Test("traits become the columns of the member, those of fields.yaml included")
    func traits() throws {
        let read = try facts(
            """
            {"type":"identify","userId":"u1","anonymousId":"d1","traits":{"name":"林小姐","phone":13800000001,
              "email":"lin@example.com","birthday":"1990-03-10T00:00:00Z","gender":"女","tier":"金卡","shoe":38,"vip":true,
              "unknown":{"a":1},"createdAt":"2026-03-01T00:00:00Z","address":{"city":"上海"},"status":"trial","age":null,
              "tags":["vip","new"]}}
            """)
        guard case .member(let row, let stated, _)? = read.first, case .merge("anonymous:d1", "u1")? = read.last else {
            throw Missing()
        }
        #expect(
            row.id == "u1" && row.displayName == "林小姐" && row.phone == "+8613800000001" || row.phone == "13800000001")
        #expect(row.email == "lin@example.com" && row.gender == .female && row.tier == "gold" && row.city == "上海")
        #expect(row.birthday?.month == 3 && row.birthday?.day == 10 && row.birthday?.year == 1990)
        #expect(row.registeredAt == Self.instant("2026-03-01T00:00:00Z") && row.tags == ["vip", "new"])
        #expect(Set(row.attributes.keys) == ["shoe", "vip"] && row.attributes["shoe"]?.text == "38")
        #expect(stated.contains(.phone) && !stated.contains(.status) && !stated.contains(.region))
    }

    @Test("names in two parts are one name", arguments: [("小姐", "林", "林小姐"), ("Ann", "Lee", "Ann Lee")])
    func wholeName(first: String, last: String, name: String) throws {
        let read = try facts(
            #"{"type":"identify","userId":"u1","traits":{"firstName":"\#(first)","lastName":"\#(last)"}}"#)
        guard case .member(let row, _, _)? = read.first else { throw Missing() }
        #expect(row.displayName == name)
    }

    // MARK: time

    @Test(
        "an event is at its own time, corrected by how wrong the clock of its source is",
        arguments: [
            (#""timestamp":"2026-03-08T09:00:00Z""#, "2026-03-08T09:00:00Z"),
            (#""timestamp":"2026-03-08T17:00:00.123456789123+0800""#, "2026-03-08T09:00:00.123456Z"),
            (#""timestamp":"2026-03-08 17:00:00""#, "2026-03-08T09:00:00Z"),
            (#""timestamp":1772960400000"#, "2026-03-08T09:00:00Z"),
            (#""timestamp":null"#, "2026-03-08T10:00:00Z"),
            // An hour fast: sent as of 11:00, which was 10:00 here.
            (#""timestamp":"2026-03-08T10:30:00Z","sentAt":"2026-03-08T11:00:00Z""#, "2026-03-08T09:30:00Z"),
            (#""timestamp":"2026-03-08T09:00:00Z","sentAt":"2026-03-08T09:59:59Z""#, "2026-03-08T09:00:00Z"),
            (
                #""timestamp":"2026-03-08T09:00:00Z","originalTimestamp":"2026-03-08T12:00:00Z","sentAt":"2026-03-08T13:00:00Z""#,
                "2026-03-08T09:00:00Z"
            ),
            (#""timestamp":"2026-03-08T10:09:00Z""#, "2026-03-08T10:00:00Z"),
            (#""timestamp":"2026-01-27T10:00:00Z""#, "2026-01-27T10:00:00Z"),
        ])
    func time(stamps: String, at: String) throws {
        #expect(
            try event(#"{"type":"track","userId":"u1","event":"x",\#(stamps)}"#).row.at == Self.instant(at))
    }

    // MARK: what is refused

    @Test(
        "what cannot be taken says why",
        arguments: [
            (#"[1]"#, "event is not a JSON object that tells of an event"),
            (#"{"type":"track","event":"x"}"#, "neither userId nor anonymousId says whose event it is"),
            (
                #"{"type":"track","event":"x","userId":null,"anonymousId":""}"#,
                "neither userId nor anonymousId says whose event it is"
            ),
            (#"{"type":"track","userId":"u1"}"#, "event, its name, is empty"),
            (#"{"type":"purchase","userId":"u1"}"#, "type is not one of identify, track, page, screen, group, alias"),
            (
                #"{"type":"track","userId":"u1","event":"x","properties":[1]}"#,
                "properties is not a JSON object that tells of an event"
            ),
            (
                #"{"type":"track","userId":"u1","event":"x","timestamp":"2026-02-30T10:00:00Z"}"#,
                "timestamp is not a time such as 2026-03-08T14:30:00+08:00"
            ),
            (
                #"{"type":"track","userId":"u1","event":"x","timestamp":"2026-03-08T18:00:00Z"}"#,
                "timestamp is more than ten minutes in the future (is it local time that was sent as UTC?)"
            ),
            (
                #"{"type":"track","userId":"u1","event":"x","properties":{"a":"\u0000"}}"#,
                "event holds a NUL character (U+0000)"
            ),
            (#"{"type":"identify","userId":"u1","traits":{"phone":"12"}}"#, "phone is not a mobile number"),
            (#"{"type":"alias","userId":"u1"}"#, "an alias needs userId and previousId"),
            (#"{"type":"track","userId":"u1","event":"Product Added","properties":{}}"#, "sku is empty"),
        ])
    func refused(json: String, reason: String) throws {
        let read = try read(json)
        guard case .failure(let rejection) = read.facts else {
            Issue.record("taken: \(json)")
            return
        }
        #expect(rejection.sentence(in: .english, showing: .masked) == reason)
        #expect(
            try StrictJSON(parsing: Array(read.body.text.utf8), takesNUL: true)
                == StrictJSON(parsing: Array(json.utf8), takesNUL: true))
    }

    // MARK: the same event

    @Test("the same event is the same however it is written and whenever it is sent")
    func identity() throws {
        let first = try read(
            #"{"type":"track","userId":"u1","event":"x","timestamp":"2026-03-08","sentAt":"2026-03-08T10:00:00Z"}"#)
        let again = try read(
            #"{"event":"x","sentAt":"2026-03-08T10:00:09Z","timestamp":"2026-03-08","userId":"u1","anonymousId":null,"type":"track"}"#
        )
        let other = try read(#"{"event":"y","timestamp":"2026-03-08","userId":"u1","type":"track"}"#)
        #expect(first.identity == again.identity && first.identity != other.identity && first.id == nil)
        let undated = #"{"event":"y","userId":"u1","type":"track"}"#
        let tomorrow = dialect.read(try StrictJSON(parsing: undated), at: Self.instant("2026-03-09T10:00:00Z"))
        #expect(try read(undated).identity != tomorrow.identity)
    }

    @Test("what stands beside a batch is part of each of its events, unless the event has its own")
    func batches() throws {
        let body = try StrictJSON(
            parsing: """
                {"writeKey":"k","sentAt":"2026-03-08T10:00:00Z","context":{"ip":"1.2.3.4","app":{"a":1}},"batch":[
                  {"type":"track","context":{"ip":"5.6.7.8"}},{"type":"track","sentAt":"2026-03-08T09:00:00Z","context":null},7]}
                """)
        let items = SegmentCall.batch.items(of: body)
        #expect(items.count == 3 && items[2] == .number("7"))
        #expect(items[0]["context"]?.compactText == #"{"ip":"5.6.7.8","app":{"a":1}}"#)
        #expect(items[0]["sentAt"]?.scalarText == "2026-03-08T10:00:00Z")
        #expect(
            items[1]["context"]?["ip"]?.scalarText == "1.2.3.4"
                && items[1]["sentAt"]?.scalarText == "2026-03-08T09:00:00Z")
        let single = SegmentCall.track.items(of: try StrictJSON(parsing: #"{"writeKey":"k","event":"x"}"#))
        #expect(single.map(\.compactText) == [#"{"event":"x","type":"track"}"#])
    }
}
