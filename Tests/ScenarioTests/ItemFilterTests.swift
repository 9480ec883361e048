import TestSupport
import Testing

/// `where` on the items of an order, in `unless`, in `history` and in the trigger.
@Suite("Filters on orders and their items")
struct ItemFilterTests {
    private static func member(_ items: String, more: String = "") -> String {
        """
          lin: {events: [{name: store.visited, at: "2026-03-06 09:00"}], orders: [{id: o, paid_at: "2026-03-06 12:00", total: 80, store_id: s1, items: [\(items)]\(more)}]}
        """
    }
    private static let milk = "{sku: M1, name: 奶, category: milk}, {sku: B1, name: 面包, category: bread}"

    private func world(_ rule: String, _ member: String) throws -> World {
        try World(
            settings: "version: 1\nservice_owners: [crm]",
            rules: "  - {id: r, status: live, owner: crm, purpose: service, \(rule), do: [{add_tag: x}]}",
            members: member)
    }

    private static let filters: [(filter: String, matches: Bool)] = [
        ("{category: milk}", true), ("{category: [tea, bread]}", true), ("{category: tea}", false),
        ("{sku: B1}", true), ("{sku: M1, category: bread}", true), ("{sku: M1, category: tea}", false),
        ("{category: {is_not: tea}}", true), ("{category: {is_not: milk}}", false),
        ("{category: {none_of: [milk, tea]}}", false), ("{category: {starts_with: mi}}", true),
        ("{category: {is_set: true}}", true), ("{category: {is_set: false}}", false),
        ("{total: {at_least: 80}}", true), ("{total: {more_than: 80}}", false), ("{store: s1}", true),
        ("{store: s2}", false), ("{category: milk, total: 80, store: s1}", true),
    ]

    @Test("`unless` is for an order that passes, and its line names the event alone", arguments: filters)
    func unless(filter: String, matches: Bool) throws {
        let lines = try world(
            "when: {event: {name: store.visited, after: 1d}}, unless: [{event: order.paid, where: \(filter)}]",
            ItemFilterTests.member(ItemFilterTests.milk)
        ).dryRun(at: "2026-03-06", until: "2026-03-08")
        #expect(
            lines == [
                matches
                    ? #"2026-03-06 12:00 r lin cancelled {"unless":"order.paid"}"# : "2026-03-07 09:00 r lin done"
            ])
    }

    @Test("`history` counts them, and the trigger starts from them", arguments: filters)
    func historyAndTrigger(filter: String, matches: Bool) throws {
        let member = ItemFilterTests.member(ItemFilterTests.milk)
        let counted = try world(
            "when: {event: {name: store.visited, after: 1d}}, if: {history: [{event: order.paid, where: \(filter)}]}",
            member
        ).dryRun(at: "2026-03-06", until: "2026-03-08")
        #expect(counted.map { $0.contains(" done") } == [matches])
        let started = try world("when: {event: {name: order.paid, after: 1h, where: \(filter)}}", member)
            .dryRun(at: "2026-03-06", until: "2026-03-08")
        #expect(started.count == (matches ? 1 : 0))
    }

    @Test("an order without items is none of a category; a product's category counts where the line has none")
    func without() throws {
        let rule = "when: {event: {name: order.paid, where: {category: FILTER}}}"
        func due(_ filter: String, _ items: String) throws -> Bool {
            try !world(rule.replacing("FILTER", with: filter), ItemFilterTests.member(items))
                .dryRun(at: "2026-03-06", until: "2026-03-08").isEmpty
        }
        #expect(try !due("milk", "") && due("{is_not: milk}", "") && due("{is_set: false}", ""))
        #expect(try due("{is_set: false}", "{sku: X}"))
    }

    @Test("two entries of one event cancel each for itself, with and without a filter")
    func several() throws {
        let unless =
            "unless: [{event: order.paid, where: {category: tea}}, {event: order.paid, where: {total: 80}}, cart.emptied]"
        let lines = try world(
            "when: {event: {name: store.visited, after: 1d}}, \(unless)", ItemFilterTests.member(ItemFilterTests.milk)
        ).dryRun(at: "2026-03-06", until: "2026-03-08")
        #expect(lines == [#"2026-03-06 12:00 r lin cancelled {"unless":"order.paid"}"#])
    }
}
