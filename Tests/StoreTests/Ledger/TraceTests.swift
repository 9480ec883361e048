import Policies
import Rules
import TestSupport
import Testing

@testable import Review
@testable import Engine
@testable import Store

/// What the store keeps of what a decision read, and for how long.
@Suite("Traces")
struct TraceTests {
    private static let rules = """
          - id: thanks
            status: live
            owner: crm-team
            purpose: marketing
            when: {event: {name: order.paid, after: 1h}}
            if:
              all:
                - member.tier: gold
                - order.total: {at_least: 100}
                - member.birthday: {is_set: true}
                - history: [{event: store.visited, times: {at_least: 1}}]
            do: [{send: {try: [{sms: {template: hello}}, {wechat: {template: hello_wx}}], fill: {name: member.display_name}}}]
            limits: {at_most: {times: 1, in: 7d}}
        """
    private static let members = """
          lin: {tier: gold, display_name: '林"1"', birthday: "1990-03-10", wechat_openid: wx_lin, consent: {wechat: granted, sms: withdrawn}, events: [{id: v, name: store.visited, at: "2026-03-01 12:00"}]}
          zhao: {tier: silver, timezone: Asia/Tokyo, phone: "13800000002"}
        """

    private func world(settings: String = "version: 1", rules: String = rules) throws -> (World, MemberStore) {
        let world = try World(settings: settings, rules: rules, members: TraceTests.members)
        return (world, try world.store())
    }

    private func order(_ member: String, _ text: String, in world: World, _ store: MemberStore) throws {
        let row = OrderRow(id: "o-\(member)", memberID: member, paidAt: try world.instant(text), total: 19_900)
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: .distantFuture))
            _ = try rows.write(order: row)
        }
    }

    /// Orders of both at ten, decided an hour later.
    private func decide(_ world: World, _ store: MemberStore) throws {
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-02"))
        for member in ["lin", "zhao"] { try order(member, "2026-03-02 10:00", in: world, store) }
        _ = try store.tick(prepared, at: try world.instant("2026-03-02 11:00"))
    }

    private func traces(_ store: MemberStore) throws -> [String] {
        try store.writer.read {
            try
                ($0.values("SELECT d.member || ' ' || read FROM traces t JOIN decisions d ON d.trace = t.id")
                as [String])
        }
    }

    @Test(
        "a decision keeps what it read by slots: values, counts, how the channels stood, the event; no address, and no field's name"
    )
    func compact() throws {
        let (world, store) = try world()
        try decide(world, store)
        #expect(
            try traces(store) == [
                // Gold, 199.00 in fen, 10 March 1990 in days, the name; one visit; withdrawn 8, address and grant 1 + 4.
                #"lin {"v":["gold",19900,7373,"林\"1\""],"h":[1],"c":"85","e":2}"#,
                #"zhao {"v":["silver",19900],"h":[0],"c":"10","e":3,"z":"Asia/Tokyo"}"#,
            ])
    }

    @Test(
        "slots are numbered conditions first, then audience, actions, caps, each by first use: stored traces rely on it"
    )
    func slots() throws {
        let (world, _) = try world(settings: "version: 1")
        let slots = world.planned().plans[0].slots
        #expect(
            slots.fields.map(\.name) == ["member.tier", "order.total", "member.birthday", "member.display_name"])
        #expect(slots.histories.map(\.event) == ["store.visited"])
    }

    @Test("a dry-run keeps nothing, and neither does a shop that switched it off")
    func off() throws {
        let (world, store) = try world(settings: "version: 1\ntraces: off")
        try decide(world, store)
        #expect(try traces(store).isEmpty)
        #expect(try store.writer.read { try ($0.value("SELECT COUNT(*) FROM decisions") as Int?) } == 2)
        let (dry, copy) = try self.world()
        try order("lin", "2026-03-02 10:00", in: dry, copy)
        let prepared = try PreparedRules(dry.planned(), rulesVersion: 0, in: copy)
        let simulation = Simulation(
            store: copy, prepared: prepared, from: try dry.instant("2026-03-02"), until: try dry.instant("2026-03-03"))
        #expect(try simulation.run().count == 1)
        #expect(try traces(copy).isEmpty)
    }

    @Test("a hold keeps what it read as well, and the decision after it leads back to it")
    func holds() throws {
        let (world, store) = try world(rules: TraceTests.rules.replacing(", after: 1h", with: ", after: 12h"))
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-02"))
        try order("lin", "2026-03-02 10:00", in: world, store)
        _ = try store.tick(prepared, at: try world.instant("2026-03-02 22:00"))
        _ = try store.tick(prepared, at: try world.instant("2026-03-03 09:00"))
        let chain = try store.writer.read { db in
            try
                (db.values(
                    """
                    SELECT h.read FROM decisions d JOIN traces t ON t.id = d.trace JOIN traces h ON h.id = t.earlier
                    """) as [String])
        }
        // Eleven hours until nine; read under rules version 1.
        #expect(chain == [#"{"v":["gold",19900,7373,"林\"1\""],"h":[1],"c":"85","e":2,"u":39600000000,"r":1}"#])
    }

    @Test(
        "what is older than it is kept for goes, a slice at a time and oldest first; decisions stay",
        arguments: [("{keep: 30d}", 3), ("{keep: 5w}", 0), ("{keep: forever}", 0), ("off", 5)])
    func retention(keep: String, gone: Int) throws {
        let (world, store) = try world(settings: "version: 1\ntraces: \(keep)")
        let days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]
        try store.writer.write { db in
            for day in days {
                try db.run("INSERT INTO traces (at, read) VALUES (?, '{}')", [try world.instant("\(day) 12:00").micros])
            }
        }
        // Thirty days before lies the third, at noon and a minute.
        let now = try world.instant("2026-04-02 12:01")
        var slices: [Int] = []
        repeat { slices.append(try store.trimTraces(world.set.settings, at: now, slice: 2)) } while slices.last == 2
        #expect(slices.reduce(0, +) == gone)
        #expect(slices.allSatisfy { $0 <= 2 })
        #expect(try store.writer.read { try ($0.value("SELECT COUNT(*) FROM traces") as Int?) } == 5 - gone)
    }

    @Test("the number of a trace that went is not given again")
    func numbers() throws {
        let (world, store) = try world(settings: "version: 1\ntraces: {keep: 1d}")
        try decide(world, store)
        while try store.trimTraces(world.set.settings, at: try world.instant("2026-04-01")) > 0 {}
        #expect(try traces(store).isEmpty)
        try store.writer.write { try $0.run("INSERT INTO traces (at, read) VALUES (0, '{}')") }
        #expect(try traces(store).isEmpty)
    }
}
