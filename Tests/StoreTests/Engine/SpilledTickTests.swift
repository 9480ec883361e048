import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Kit
@testable import Store

@Suite("A tick whose agenda does not fit into memory")
struct SpilledTickTests {
    /// Delays, dates, follow-ups of messages, holds over the night, cancellations, late rows and caps.
    private static let rules = """
          - {id: a-cart, status: live, owner: crm, purpose: marketing, when: {cart_idle: {for: 2h}}, unless: [store.visited],
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
          - {id: b-thanks, status: live, owner: crm, purpose: marketing, when: {event: {name: order.paid, after: 1h}},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
          - {id: c-follow, status: live, owner: crm, purpose: marketing, when: {event: {name: message.sent}},
             do: [{add_tag: told}]}
          - {id: d-birthday, status: live, owner: crm, purpose: marketing, priority: 3, when: {birthday: {at: "10:00"}},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
          - {id: e-coupons, status: live, owner: crm, purpose: marketing, when: {coupon_expires: {days_before: 1, at: "10:00"}},
             do: [{add_tag: coupon}]}

        """

    private static let people: String = (0..<30).map { number -> String in
        let visited = number % 4 == 0 ? "{name: store.visited, at: \"2026-03-07 09:40\"}, " : ""
        let used =
            number % 6 == 0 ? "{name: coupon.used, at: \"2026-03-07 12:00\", data: {coupon: k\(number)}}" : ""
        return "  m\(padded(number, 2)): {phone: \"138000\(padded(number, 5))\", consent: {sms: granted}, "
            + "birthday: \"1990-03-0\(7 + number % 2)\", "
            + "orders: [{id: o\(number), paid_at: \"2026-03-07 \(padded(8 + number % 14, 2)):30\", total: 1}], "
            + "carts: [{id: c\(number), updated_at: \"2026-03-07 09:00\", total: 1, in_stock_items: 1, state: open}], "
            + "coupons: [{id: k\(number), template: T, expires_at: \"2026-03-08\"}], events: [\(visited)\(used)]}"
    }.joined(separator: "\n")

    @Test("It decides what one in memory decides, in the same order", arguments: [0, 7])
    func same(inMemory: Int) throws {
        let world = try World(
            settings: "version: 1\nblast_guard: off\nfrequency_cap: [{times: 2, in: 1d}]",
            rules: SpilledTickTests.rules, members: SpilledTickTests.people)
        func lines(_ slices: TickSlices) throws -> [String] {
            let store = try world.store()
            let prepared = try store.goLive(
                world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-07 08:00"))
            let times = ["2026-03-07 10:00", "2026-03-07 13:00", "2026-03-07 22:30", "2026-03-08 11:00"]
            return try times.flatMap { time in
                try store.tick(prepared, at: try world.instant(time), slices: slices).lines.map(World.short)
            }
        }
        let expected = try lines(TickSlices())
        #expect(Set(expected.map { $0.split(separator: " ")[2] }).count == 5)
        for word in ["sent", "held", "cancelled", "suppressed"] {
            #expect(expected.contains { $0.contains(" \(word)") }, "\(word)")
        }
        #expect(try lines(TickSlices(items: 4, inMemory: inMemory)) == expected)
    }
}
