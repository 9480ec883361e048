import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Review
@testable import Store

/// `coupon_stock`, which every coupon that is given lessens for those who come after.
@Suite("Stock of a coupon as a condition")
struct StockConditionTests {
    private static let settings = "version: 1\nquiet_hours: none\nservice_owners: [crm]\nblast_guard: off"
    private static let members = "  a: {}\n  b: {}\n  c: {}\n  d: {}"

    private func world(_ condition: String, status: String = "live", stock: String = "") throws -> World {
        try World(
            settings: StockConditionTests.settings,
            rules: """
                  - id: r
                    status: \(status)
                    owner: crm
                    purpose: service
                    when: {schedule: {every: day, at: "10:00"}}
                    if: {\(condition)}
                    do: [{give_coupon: {template: POOL}}]

                """, members: StockConditionTests.members + stock)
    }

    private func store(_ world: World, codes: Int) throws -> MemberStore {
        let store = try world.store()
        try store.writer.write { db in
            for code in 0..<codes {
                try db.run("INSERT INTO coupon_codes (template, code) VALUES ('POOL', ?)", ["\(code)"])
            }
            try db.run(
                "INSERT INTO coupon_codes (template, code, coupon) VALUES ('POOL', 'given', 'x'), ('C30', 'z', NULL)")
        }
        return store
    }

    private func simulated(_ world: World, codes: Int, all: Bool = false) throws -> [String] {
        let store = try store(world, codes: codes)
        var simulation = Simulation(
            store: store,
            prepared: try PreparedRules(world.planned(only: ["r"]), rulesVersion: 0, in: store),
            from: try world.instant("2026-03-01"), until: try world.instant("2026-03-02"))
        simulation.showsUndecided = all
        return try simulation.run().map { "\($0.member) \($0.outcome.rawValue)" }
    }

    private func ticked(_ world: World, codes: Int) throws -> [String] {
        let store = try store(world, codes: codes)
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01 09:00"))
        return try store.tick(prepared, at: try world.instant("2026-03-01 10:00")).lines
            .map { "\($0.member) \($0.outcome.rawValue)" }
    }

    @Test(
        "who comes after the last code is not due, in a dry-run and in a tick",
        arguments: [
            (1, 2, ["a done", "b done"]), (2, 3, ["a done", "b done"]), (3, 2, []), (1, 0, []),
            (1, 4, ["a done", "b done", "c done", "d done"]),
        ])
    func lessens(least: Int, codes: Int, lines: [String]) throws {
        let world = try world("coupon_stock: {template: POOL, at_least: \(least)}")
        #expect(try simulated(world, codes: codes) == lines)
        #expect(try simulated(world, codes: codes, all: true).filter { !$0.hasSuffix("not_due") } == lines)
        #expect(try ticked(world, codes: codes) == lines)
    }

    @Test(
        "fixtures may state the codes in stock; one that is there twice is one",
        arguments: [
            ("", []), ("\ncoupon_codes: {POOL: []}", []), ("\ncoupon_codes: {POOL: [A1]}", ["a done"]),
            ("\ncoupon_codes: {POOL: [B2, A1, A1], C30: [X]}", ["a done", "b done"]),
        ])
    func stated(stock: String, lines: [String]) throws {
        let world = try world("coupon_stock: {template: POOL, at_least: 1}", stock: stock)
        #expect(try simulated(world, codes: 0) == lines)
    }

    @Test("the opposite holds once the codes are gone, and a shadow rule takes none")
    func opposite() throws {
        let none = try world("none: [{coupon_stock: {template: POOL, at_least: 2}}]")
        #expect(try simulated(none, codes: 3).isEmpty)
        #expect(try simulated(none, codes: 1) == ["a done", "b failed", "c failed", "d failed"])
        let shadow = try world("coupon_stock: {template: POOL}", status: "shadow")
        #expect(try simulated(shadow, codes: 1).count == 4)
    }

    @Test("the reason names the condition and the codes that are left")
    func reason() throws {
        let world = try World(
            settings: StockConditionTests.settings,
            rules: """
                  - {id: r, status: live, owner: crm, purpose: service, when: {event: {name: ping}},
                     if: {coupon_stock: {template: POOL, at_least: 2}}, do: [{give_coupon: {template: POOL}}]}
                """,
            members: ["a", "b"].map { "  \($0): {events: [{name: ping, at: \"2026-03-01 10:00\"}]}" }
                .joined(separator: "\n"))
        let store = try store(world, codes: 2)
        let simulation = Simulation(
            store: store, prepared: try PreparedRules(world.planned(), rulesVersion: 0, in: store),
            from: try world.instant("2026-03-01"), until: try world.instant("2026-03-02"))
        #expect(
            try simulation.run().map(World.short) == [
                "2026-03-01 10:00 r a done",
                #"2026-03-01 10:00 r b skipped {"condition":"coupon_stock","actual":1}"#,
            ])
    }
}
