@testable import Review
import Policies
import Store
import TestSupport
import Testing

@testable import Engine

/// What stands in an order or a cart, as conditions and templates see it.
@Suite("Items of orders and carts")
struct ItemsTests {
    private static let templates = """
        version: 1
        templates:
          - id: lines
            channel: sms
            text: "{% for x in items %}{{ x.sku }} {{ x.name }} {{ x.category | default: '-' }} {{ x.quantity }}x{{ x.price | money | default: '-' }}; {% endfor %}"
            values: {items: list}
          - {id: names, channel: sms, text: "{{ items | join: '、' }}{% if items contains '咖啡机' %}!{% endif %}", values: {items: list}}
        """

    private static let items = """
        [{sku: A, name: 咖啡机, category: kitchen, price: 899}, {sku: A, quantity: 2, price: 0}, {sku: B}]
        """

    private func lines(_ trigger: String, template: String, condition: String, member: String) throws -> [Decision] {
        let world = try World(
            rules: """
                  - id: r
                    status: live
                    owner: crm
                    purpose: marketing
                    when: {\(trigger)}
                    if: {\(condition)}
                    do: [{send: {try: [{sms: {template: \(template)}}], fill: {items: \(trigger.hasPrefix("cart") ? "cart" : "order").items}}}]
                """,
            members: "  lin: {phone: \"13800000001\", consent: {sms: granted}, \(member)}",
            more: ["more.yaml": ItemsTests.templates])
        let store = try world.store()
        let prepared = try PreparedRules(world.planned(), rulesVersion: 0, in: store)
        return try Simulation(
            store: store, prepared: prepared, from: try world.instant("2026-03-01 09:00"),
            until: try world.instant("2026-03-03 09:00")
        ).run()
    }

    private static let sources = [
        (
            "event: {name: order.paid, after: 1h}",
            "orders: [{id: o1, paid_at: \"2026-03-01 10:00\", total: 899, items: ITEMS}]"
        ),
        ("cart_idle: {for: 1h}", "carts: [{id: c1, updated_at: \"2026-03-01 10:00\", total: 899, items: ITEMS}]"),
    ]

    @Test(
        "a template goes through the lines one by one, each with its own price; a line prints the names",
        arguments: sources)
    func records(trigger: String, member: String) throws {
        let row = trigger.hasPrefix("cart") ? "cart" : "order"
        let line = try #require(
            try lines(
                trigger, template: "lines", condition: "\(row).items: {includes: 咖啡机}",
                member: member.replacing("ITEMS", with: ItemsTests.items)
            ).first)
        #expect(line.message?.text == "A 咖啡机 kitchen 1x899; A A - 2x0; B B - 1x-; ")
        #expect(line.message?.values.first?.value.rendered == #"["咖啡机","A","B"]"#)
    }

    @Test("the names can still be joined", arguments: sources)
    func names(trigger: String, member: String) throws {
        let row = trigger.hasPrefix("cart") ? "cart" : "order"
        let line = try #require(
            try lines(
                trigger, template: "names", condition: "\(row).skus: {includes_all: [A, B]}",
                member: member.replacing("ITEMS", with: ItemsTests.items)
            ).first)
        #expect(line.message?.text == "咖啡机、A、B!")
    }

    @Test("the second line of a sku counts with its own price")
    func spend() throws {
        let items = """
            [{sku: A, category: kitchen, price: 1}, {sku: A, category: kitchen, price: 100}, {sku: B, category: beans, price: 50}]
            """
        let line = try lines(
            ItemsTests.sources[0].0, template: "names", condition: "member.top_category: kitchen",
            member: ItemsTests.sources[0].1.replacing("ITEMS", with: items)
        ).first
        #expect(line?.outcome == .sent)
    }
}
