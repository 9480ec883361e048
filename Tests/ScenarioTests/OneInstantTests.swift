import TestSupport
import Testing

/// Facts of one instant apply in one order: views and cart touches, then orders, emptyings and other events.
@Suite("What happens in one instant")
struct OneInstantTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var when: String
        var unless = "[]"
        /// Of the member.
        var history: String
        /// After `2026-05-01 12:00 r lin`, and the line at the due instant where there is one.
        var lines: [String]
    }

    private static let touch = #"{name: cart.updated, at: "2026-05-01 12:00", data: {cart: c1, total: 199}}"#
    private static let cart = #"carts: [{id: c1, updated_at: "2026-05-01 12:00", total: 199, state: open}]"#
    private static let order = #"orders: [{id: o1, paid_at: "2026-05-01 12:00", total: 199, cart: c1}]"#
    private static let sent = ["2026-05-02 12:00 r lin sent sms"]
    private static func cancelled(_ because: String) -> [String] { ["2026-05-01 12:00 r lin cancelled {\(because)}"] }

    private static func event(_ name: String, _ data: String = "{}") -> String {
        #"{name: \#(name), at: "2026-05-01 12:00", data: \#(data)}"#
    }

    private static let cases = [
        Case(
            testDescription: "a cart touched and bought, as rows", when: "cart_idle: {for: 24h}",
            history: "\(cart), \(order)", lines: cancelled(#""anchor":"order.paid""#)),
        Case(
            testDescription: "a cart touched and bought, as events, the order told first",
            when: "cart_idle: {for: 24h}",
            history: "events: [\(event("order.paid", "{order: o1, total: 199, cart: c1}")), \(touch)]",
            lines: cancelled(#""anchor":"order.paid""#)),
        Case(
            testDescription: "a cart touched and emptied", when: "cart_idle: {for: 24h}",
            history: "\(cart), events: [\(event("cart.emptied", "{cart: c1}"))]",
            lines: cancelled(#""anchor":"cart.emptied""#)),
        Case(
            testDescription: "a cart touched, and another one bought", when: "cart_idle: {for: 24h}",
            history: "\(cart), \(order.replacing("cart: c1", with: "cart: c2"))", lines: sent),
        Case(
            testDescription: "a cart touched while any order is paid, with `unless`", when: "cart_idle: {for: 24h}",
            unless: "[order.paid]", history: "\(cart), \(order.replacing("cart: c1", with: "cart: c2"))",
            lines: cancelled(#""unless":"order.paid""#)),
        Case(
            testDescription: "a view and an order", when: "browsed: {at_least: 1, of: sku, idle_for: 24h}",
            unless: "[order.paid]", history: "\(order), events: [\(event("product.viewed", "{sku: S1}"))]",
            lines: cancelled(#""unless":"order.paid""#)),
        Case(
            testDescription: "an order and its own refund", when: "event: {name: order.paid, after: 24h}",
            unless: "[order.refunded]",
            history: order.replacing("cart: c1", with: #"status: refunded, refunded_at: "2026-05-01 12:00""#),
            lines: cancelled(#""unless":"order.refunded""#)),
        Case(
            testDescription: "an event without delay and what `unless` names", when: "event: {name: store.visited}",
            unless: "[complaint.opened]",
            history: "events: [\(event("store.visited")), \(event("complaint.opened"))]",
            lines: cancelled(#""unless":"complaint.opened""#)),
        Case(
            testDescription: "two events of the trigger's own name", when: "event: {name: store.visited, after: 24h}",
            unless: "[store.visited]",
            history: "events: [\(event("store.visited")), \(event("store.visited", "{store: s2}"))]", lines: sent),
    ]

    @Test("the start comes first, so what ends the wait in the same instant ends it", arguments: cases)
    func sameInstant(_ example: Case) throws {
        let rule = """
              - {id: r, status: live, owner: crm, purpose: marketing, when: {\(example.when)},
                 unless: \(example.unless),
                 do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
            """.replacing("unless: [],", with: "")
        let members = #"  lin: {phone: "13800000001", consent: {sms: granted}, \#(example.history)}"#
        let lines = try World(rules: rule, members: members).dryRun(at: "2026-05-01 08:00", until: "2026-05-04")
        #expect(lines == example.lines)
    }

    /// An event of our own belongs to the round after the one of the view, order or touch that it answers.
    struct OwnEvent: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var when: String
        /// Answered with a message.
        var answered: String
        var history: String
        var lines: [String]
    }

    private static let views = ["12:00", "13:00"].map {
        #"{name: product.viewed, at: "2026-05-01 \#($0)", data: {sku: S1, visit: \#($0 == "12:00" ? 1 : 2)}}"#
    }

    private static let ownEvents = [
        OwnEvent(
            testDescription: "a view that replaces a wait, and the message that answers the view",
            when: "browsed: {at_least: 1, of: sku, idle_for: 24h}",
            answered: "{name: product.viewed, where: {visit: 2}}",
            history: "events: [\(views.joined(separator: ", "))]",
            lines: [
                "2026-05-01 13:00 answer lin sent sms", #"2026-05-01 13:00 r lin cancelled {"unless":"message.sent"}"#,
            ]),
        OwnEvent(
            testDescription: "an order that closes a cart, and the message that answers the order",
            when: "cart_idle: {for: 24h}", answered: "{name: order.paid}",
            history: "\(cart), \(order.replacing("12:00", with: "13:00"))",
            lines: [
                "2026-05-01 13:00 answer lin sent sms", #"2026-05-01 13:00 r lin cancelled {"anchor":"order.paid"}"#,
            ]),
    ]

    @Test("what the world ended in the instant is over before an event of our own comes", arguments: ownEvents)
    func ownEventsComeLater(_ example: OwnEvent) throws {
        let rules = """
              - {id: answer, status: live, owner: crm, purpose: marketing, when: {event: \(example.answered)},
                 do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
              - {id: r, status: live, owner: crm, purpose: marketing, when: {\(example.when)}, unless: [message.sent],
                 do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
            """
        let members = #"  lin: {phone: "13800000001", consent: {sms: granted}, \#(example.history)}"#
        let lines = try World(rules: rules, members: members).dryRun(at: "2026-05-01 08:00", until: "2026-05-04")
        #expect(lines == example.lines)
    }
}
