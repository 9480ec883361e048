import TestSupport
import Testing

/// The cart examples of qa-tools §1.1, with the timeline written as events of the fixture.
@Suite("Abandoned carts")
struct CartTests {
    private static let rule = """
          - id: cart
            status: live
            owner: ecommerce
            purpose: marketing
            when: {cart_idle: {for: 24h}}
            unless: [order.paid, cart.emptied]
            if: {cart.total: {at_least: 50}, cart.in_stock_items: {at_least: 1}}
            do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
        """

    private func run(_ events: String, until: String = "2026-05-04", unless: String? = nil) throws -> [String] {
        let rule =
            unless.map { CartTests.rule.replacing("unless: [order.paid, cart.emptied]", with: $0) } ?? CartTests.rule
        let members = """
              lin:
                phone: "13800000001"
                consent: {sms: granted}
                events: [\(events)]
            """
        return try World(rules: rule, members: members).dryRun(at: "2026-05-01 08:00", until: until)
    }

    private static let touch =
        #"{name: cart.updated, at: "2026-05-01 12:00", data: {cart: c1, total: 199, in_stock_items: 2}}"#

    @Test("a silent cart is reminded after exactly 24 hours")
    func silent() throws {
        #expect(try run(CartTests.touch) == ["2026-05-02 12:00 cart lin sent sms"])
    }

    @Test("touching the cart restarts the wait, up to the due instant itself")
    func touched() throws {
        let later = CartTests.touch.replacing("05-01 12:00", with: "05-02 11:59")
        #expect(try run("\(CartTests.touch), \(later)") == ["2026-05-03 11:59 cart lin sent sms"])
        let atDue = CartTests.touch.replacing("05-01 12:00", with: "05-02 12:00")
        #expect(try run("\(CartTests.touch), \(atDue)") == ["2026-05-03 12:00 cart lin sent sms"])
    }

    @Test("an order cancels the reminder at that instant, and so does emptying the cart")
    func cancelled() throws {
        let order = #"{name: order.paid, at: "2026-05-02 11:59", data: {order: o1, total: 199}}"#
        #expect(
            try run("\(CartTests.touch), \(order)") == [#"2026-05-02 11:59 cart lin cancelled {"unless":"order.paid"}"#]
        )
        let emptied = #"{name: cart.emptied, at: "2026-05-01 13:00", data: {cart: c1}}"#
        #expect(
            try run("\(CartTests.touch), \(emptied)") == [
                #"2026-05-01 13:00 cart lin cancelled {"unless":"cart.emptied"}"#
            ])
        let other = emptied.replacing("c1", with: "c2")
        #expect(try run("\(CartTests.touch), \(other)") == ["2026-05-02 12:00 cart lin sent sms"])
    }

    @Test("without `unless` the order of that very cart is the anchor that goes; another order is not")
    func anchor() throws {
        let order = #"{name: order.paid, at: "2026-05-02 11:59", data: {order: o1, total: 199, cart: c1}}"#
        #expect(
            try run("\(CartTests.touch), \(order)", unless: "note: none")
                == [#"2026-05-02 11:59 cart lin cancelled {"anchor":"order.paid"}"#])
        #expect(
            try run("\(CartTests.touch), \(order.replacing("cart: c1", with: "cart: c9"))", unless: "note: none")
                == ["2026-05-02 12:00 cart lin sent sms"])
    }

    @Test("a cancellation is printed even if the due instant lies beyond the window")
    func beyond() throws {
        let order = #"{name: order.paid, at: "2026-05-01 13:00", data: {order: o1, total: 199}}"#
        #expect(
            try run("\(CartTests.touch), \(order)", until: "2026-05-01 14:00")
                == [#"2026-05-01 13:00 cart lin cancelled {"unless":"order.paid"}"#])
    }

    @Test("the threshold is inclusive", arguments: [("49.99", "skipped"), ("50", "sent"), ("50.01", "sent")])
    func threshold(total: String, outcome: String) throws {
        let lines = try run(CartTests.touch.replacing("199", with: total))
        #expect(lines.count == 1 && lines[0].hasPrefix("2026-05-02 12:00 cart lin \(outcome)"))
    }

    @Test("quiet hours hold the reminder until nine, then everything is looked at again")
    func held() throws {
        let late = CartTests.touch.replacing("12:00", with: "22:30")
        let hold = #"2026-05-02 22:30 cart lin held {"quiet_hours":true} until 2026-05-03 09:00"#
        #expect(try run(late) == [hold, "2026-05-03 09:00 cart lin sent sms"])
        let order = #"{name: order.paid, at: "2026-05-03 08:59", data: {order: o1, total: 199}}"#
        #expect(
            try run("\(late), \(order)") == [hold, #"2026-05-03 08:59 cart lin cancelled {"unless":"order.paid"}"#])
        let again = late.replacing("2026-05-01 22:30", with: "2026-05-02 23:00")
        #expect(
            try run("\(late), \(again)", until: "2026-05-05") == [
                hold, #"2026-05-02 23:00 cart lin cancelled {"superseded":"cart:c1@2026-05-02T15:00:00Z"}"#,
                #"2026-05-03 23:00 cart lin held {"quiet_hours":true} until 2026-05-04 09:00"#,
                "2026-05-04 09:00 cart lin sent sms",
            ])
        #expect(try run(late, until: "2026-05-03 09:00") == [hold])
    }

    @Test("a cart updated after an order is open again, and absent values are missing")
    func reopened() throws {
        let order = #"{name: order.paid, at: "2026-05-01 13:00", data: {order: o1, total: 199, cart: c1}}"#
        let again = #"{name: cart.updated, at: "2026-05-01 14:00", data: {cart: c1}}"#
        #expect(
            try run("\(CartTests.touch), \(order), \(again)", unless: "note: none") == [
                #"2026-05-01 13:00 cart lin cancelled {"anchor":"order.paid"}"#,
                #"2026-05-02 14:00 cart lin skipped {"condition":"cart.total","actual":"missing"}"#,
            ])
    }
}
