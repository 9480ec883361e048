import Foundation
import Kit
import TestSupport
import Testing

@testable import Store

/// All that a shop has at once, against the built daemon: customers and orders by Youzan's push, carts by the shop's own
/// source, consents and an erasure by the API, a reply by the provider of SMS, a rule that is held and released.
@Suite("A day in the life", .serialized)
struct DayTests {
    private let scratch: Scratch
    private let peer: SMSPeer
    private let port: Int
    private static let token = "0123456789abcdef"
    private static let secrets = [
        "SMS_PASSWORD": "of-the-gateway", "SMS_TOKEN": token, "SHOP_KEY": "of-the-shop", "YOUZAN_SECRET": "of-youzan",
    ]

    /// The ids of members at Youzan, their numbers and their names. One of them calls herself a bank.
    private static let people = [
        ("lin", "13900000001", "林小姐"), ("wu", "13900000002", "【银行】吴女士"), ("chen", "13900000003", "陈先生"),
        ("du", "13900000004", "杜女士"), ("er", "13900000005", "尔女士"), ("fay", "13900000006", "范女士"),
        ("gu", "13900000007", "顾女士"),
    ]

    private static let rules = """
        version: 1
        rules:
          - id: order-thanks
            name: 下单感谢
            status: live
            owner: crm-team
            purpose: service
            when: {event: {name: order.paid}}
            do: [{send: {try: [{sms: {template: thanks}}], fill: {name: member.display_name, total: order.total}}}]
            if_late: {send_within: 24h}
          - id: cart-reminder
            name: 购物车提醒
            status: live
            owner: crm-team
            purpose: marketing
            when: {cart_idle: {for: 1h}}
            if: {cart.total: {is_set: true}}
            unless: [order.paid]
            do: [{send: {try: [{sms: {template: cart}}], fill: {name: member.display_name, total: cart.total}}}]
            if_late: {send_within: 24h}
        """
    private static let templates = """
        version: 1
        templates:
          - id: thanks
            channel: sms
            text: "【星河百货】{{ name | default: '您好' }}，订单{{ total | money }}元已收到，谢谢惠顾！"
            values: {name: text, total: money}
          - id: cart
            channel: sms
            text: "【星河百货】{{ name | default: '您好' }}，购物车{{ total | money }}元的商品还在。拒收请回复R"
            values: {name: text, total: money}
        """

    init() throws {
        scratch = try Scratch()
        peer = try SMSPeer()
        port = try Loopback.freePorts(1)[0]
        try scratch.write(DayTests.rules, to: "rules/rules.yaml")
        try scratch.write(DayTests.templates, to: "rules/templates.yaml")
        try scratch.write(
            "version: 1\ntimezone: Asia/Shanghai\nquiet_hours: none\nservice_owners: [crm-team]\nblast_guard: off\n",
            to: "rules/settings.yaml")
        // The mapping is the one that the page shows.
        let page = try String(contentsOf: ShippedRules.root.appending(path: "docs/sources/youzan.md"), encoding: .utf8)
        let mapping = try #require(page.firstMatch(of: /```yaml sources\/youzan\.yaml\n((?s:.*?))```/)?.1)
        try scratch.write(String(mapping), to: "sources/youzan.yaml")
        try scratch.write(
            """
            version: 1
            store: {url: "sqlite:nudged.db"}
            rules_dir: rules
            http:
              listen: "127.0.0.1:\(port)"
              sources:
                - {id: shop, write_key: {env: SHOP_KEY}}
                - {id: youzan, mapping: sources/youzan.yaml, write_key: {env: YOUZAN_SECRET}}
            channels:
              sms:
                type: kannel
                url: "http://127.0.0.1:\(peer.port)/sms"
                method: get
                username: tester
                password: {env: SMS_PASSWORD}
                dlr: {base_url: "http://127.0.0.1:\(port)/callbacks/sms", path_token: {env: SMS_TOKEN}}
            """, to: "nudged.yaml")
    }

    // MARK: what comes in

    @discardableResult
    private func run(_ command: String) throws -> Scratch.Run {
        let exported = DayTests.secrets.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        return try scratch.run("export \(exported); \(command)")
    }

    /// The status of an answer. The body goes by a file, which is gone afterwards.
    private func ask(_ path: String, _ body: JSONText?, _ options: String) throws -> String {
        try scratch.write(body?.rendered ?? "", to: "body.json")
        let data = body == nil ? "" : "--data-binary @body.json -H 'Content-Type: application/json'"
        let run = try run(
            "curl -s -o /dev/null -w '%{http_code}' \(options) \(data) 'http://127.0.0.1:\(port)\(path)'; rm body.json")
        return run.printed.last ?? ""
    }

    /// A message of Youzan's, signed by it or by somebody else.
    private func push(
        _ id: String, _ type: String, _ message: JSONText, secret: String = "of-youzan", times: Int = 1
    ) throws -> String {
        let body = JSONText.object([
            "client_id": "c0ffee", "id": .text(id), "msg": .text(PercentEncoding.encode(message.rendered)),
            "msg_id": .text("msg-\(id)"), "sendCount": .int(times), "status": "X", "test": .bool(false),
            "type": .text(type),
        ])
        return try ask(
            "/sources/youzan", body,
            "-H \"Event-Sign: $( (printf c0ffee; cat body.json; printf \(secret)) | md5sum | cut -c1-32)\"")
    }

    /// An order that is paid at the next full second, because Youzan's times have no fractions.
    private func order(_ id: String, by member: String, _ amount: String) throws -> JSONText {
        let shanghai = try #require(Zone(named: "Asia/Shanghai"))
        let time = shanghai.rfc3339(Instant.now.adding(micros: 1_000_000)).prefix(19).replacing("T", with: " ")
        let item = JSONText.object([
            "item_id": .int(7001), "outer_sku_id": "POT-01", "title": "手冲壶", "num": .int(1), "price": .text(amount),
        ])
        return .object([
            "full_order_info": .object([
                "order_info": .object(["tid": .text(id), "pay_time": .text(String(time))]),
                "pay_info": .object(["payment": .text(amount)]), "buyer_info": .object(["yz_open_id": .text(member)]),
                "orders": .list([item]),
            ])
        ])
    }

    private func pay(_ id: String, by member: String, _ amount: String) throws -> String {
        try push(id, "trade_TradePaid", try order(id, by: member, amount))
    }

    private func track(_ id: String, of member: String, _ event: String, _ properties: JSONText, secondsAgo: Int64 = 0)
        throws -> String
    {
        let at = Zone.utc.rfc3339(Instant.now.adding(micros: -secondsAgo * 1_000_000))
        return try ask(
            "/v1/track",
            .object([
                "messageId": .text(id), "userId": .text(member), "event": .text(event), "timestamp": .text(at),
                "properties": properties,
            ]), "-u of-the-shop:")
    }

    // MARK: what is seen

    /// Until the deliveries are these; each look is a process of its own, which takes its time.
    private func deliveries(become wanted: [String]) throws {
        var found: [String] = []
        for _ in 0..<300 where found != wanted.sorted() {
            found = try run("nudged deliveries list").printed.compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                guard words.count > 3 else { return nil }
                let member = words[1].hasPrefix("erased:") ? "erased" : words[1]
                return "\(member) \(words[0]) \(words[3])"
            }.sorted()
        }
        #expect(found == wanted.sorted())
    }

    // MARK: the day

    @Test("orders by push, carts by a source, a reply and an erasure: the right messages leave, and verify holds")
    func day() throws {
        let daemon = try DaemonProcess(scratch, environment: DayTests.secrets)
        try daemon.wait(for: "READY=1")
        let key = try run("nudged keys add shop --scope admin").printed
        let api = "-H 'Authorization: Bearer \(try #require(key.last { $0.hasPrefix("nk_") }))'"

        try morning(api)
        try deliveries(become: DayTests.held)
        try noon(api)
        try deliveries(become: DayTests.released)
        // A no to advertising is no no to what belongs to an order.
        #expect(try pay("E5", by: "chen", "20.00") == "200")
        try deliveries(become: DayTests.released + ["chen order-thanks accepted"])

        #expect(try run("nudged verify").printed == ["every checked invariant holds"])
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        try evening()
    }

    private static let held = [
        "lin order-thanks accepted", "du order-thanks accepted", "wu cart-reminder pending",
        "chen cart-reminder pending", "er cart-reminder pending", "gu cart-reminder pending",
    ]
    private static let released = [
        "lin order-thanks accepted", "du order-thanks accepted", "wu cart-reminder accepted",
        "chen cart-reminder suppressed", "erased cart-reminder cancelled", "gu cart-reminder cancelled",
        "gu order-thanks accepted",
    ]

    /// Customers and orders come, once and twice and forged; then carts, whose rule is held for a look at its price.
    private func morning(_ api: String) throws {
        for (id, phone, name) in DayTests.people {
            let customer = JSONText.object([
                "yz_open_id": .text(id), "mobile": .text(phone), "name": .text(name), "gender": .int(2),
            ])
            #expect(try push("c-\(id)", "SCRM_CUSTOMER_EVENT", customer) == "200")
        }
        let consents = DayTests.people.map(\.0).filter { $0 != "fay" }.map {
            JSONText.object(["member_id": .text($0), "channel": "sms", "state": "granted", "source": "till 3"])
        }
        #expect(try ask("/api/v1/consents", .list(consents), api) == "200")
        #expect(try pay("E1", by: "lin", "299.50") == "200")
        let forged = try order("E2", by: "lin", "1.00")
        #expect(try push("E2", "trade_TradePaid", forged, secret: "of-nobody") == "401")
        let repeated = try order("E3", by: "du", "88.00")
        for times in 1...2 { #expect(try push("E3", "trade_TradePaid", repeated, times: times) == "200") }
        #expect(try run("nudged hold --rule cart-reminder --reason price").status == 0)
        for id in ["wu", "chen", "du", "er", "fay", "gu"] {
            let product = JSONText.object([
                "cart_id": .text("k-\(id)"), "sku": "POT-01", "name": "手冲壶", "price": .text("199.50"),
                "quantity": .int(2),
            ])
            // An hour less a second ago: the reminder is due a second from now.
            #expect(try track("k-\(id)", of: id, "Product Added", product, secondsAgo: 3599) == "200")
        }
    }

    /// What comes while the reminders wait: a no, an erasure, an order of the cart, an order of somebody who is gone.
    private func noon(_ api: String) throws {
        let reply = "from=%2B8613900000003&to=10690000&text=R&charset=UTF-8&ts=1790000000&id=r1"
        #expect(try ask("/callbacks/sms/\(DayTests.token)?\(reply)", nil, "") == "200")
        #expect(try ask("/api/v1/members/er?reason=asked", nil, "-X DELETE \(api)") == "200")
        let order = JSONText.object(["order_id": "S9", "cart_id": "k-gu", "total": .int(399)])
        #expect(try track("o-gu", of: "gu", "Order Completed", order) == "200")
        #expect(try pay("E4", by: "er", "5.00") == "200")
        #expect(try run("nudged release --rule cart-reminder --yes").status == 0)
    }

    private func evening() throws {
        let said = [
            ("13900000001", "【星河百货】林小姐，订单299.50元已收到，谢谢惠顾！"), ("13900000004", "【星河百货】杜女士，订单88元已收到，谢谢惠顾！"),
            ("13900000002", "【星河百货】（银行）吴女士，购物车399元的商品还在。拒收请回复R"),
            ("13900000007", "【星河百货】顾女士，订单399元已收到，谢谢惠顾！"), ("13900000003", "【星河百货】陈先生，订单20元已收到，谢谢惠顾！"),
        ]
        let sent = peer.messages.map { "\($0.to) \($0.text)" }.sorted()
        #expect(sent == said.map { "\($0.0) \($0.1)" }.sorted())

        let decided: [String] = try MemberStore.reading("sqlite:\(scratch.directory.path)/nudged.db").writer.read {
            try $0.values(
                """
                SELECT member || ' ' || rule || ' ' || outcome || COALESCE(' ' || because, '') FROM decisions
                WHERE outcome <> 'sent' ORDER BY 1
                """)
        }
        #expect(
            decided == [
                #"du cart-reminder cancelled {"unless":"order.paid"}"#,
                #"fay cart-reminder suppressed {"unreachable":"no_consent"}"#,
            ])
        #expect(try run("nudged verify").status == 0)
        let kept = try run("nudged quarantine list").printed
        #expect(!kept.contains { $0.contains("youzan") || $0.contains("shop") }, "\(kept)")
        let store = try Data(contentsOf: scratch.directory.appending(path: "nudged.db"))
        #expect(store.range(of: Data("13900000005".utf8)) == nil && store.range(of: Data("13900000001".utf8)) != nil)
        let log = try scratch.text("daemon.log") + scratch.text("daemon.out")
        #expect(!log.contains("1390000000") && !log.contains("女士") && !log.contains("nk_"))
    }
}
