import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Store

/// The daemon's evaluation: what a tick decides, once, whatever happens between ticks.
@Suite("Tick")
struct TickTests {
    private static let rules = """
          - id: thanks
            status: live
            owner: crm-team
            purpose: marketing
            when: {event: {name: order.paid, after: 1h}}
            do: [{give_coupon: {template: C30}}, {send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
            if_late: {send_within: 6h}
          - id: birthday
            status: live
            owner: crm-team
            purpose: marketing
            when: {birthday: {days_before: 3, at: "09:30"}}
            do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
        """
    private static let members = """
          lin: {phone: "13800000001", birthday: "1990-03-10", consent: {sms: granted}}
          zhao: {phone: "13800000002", birthday: "1991-03-10", consent: {sms: granted}}
        """

    private let world: World
    private let store: MemberStore

    init() throws { try self.init(world: try World(rules: TickTests.rules, members: TickTests.members)) }

    private init(world: World) throws {
        self.world = world
        store = try world.store()
    }

    private func prepared(at text: String) throws -> PreparedRules {
        try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant(text))
    }

    private func tick(_ prepared: PreparedRules, _ text: String) throws -> [String] {
        try store.tick(prepared, at: try world.instant(text)).lines.map(World.short)
    }

    private func order(_ id: String, paidAt: String, member: String = "lin") throws {
        let row = OrderRow(id: id, memberID: member, paidAt: try world.instant(paidAt), total: 19_900)
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: .distantFuture))
            _ = try rows.write(order: row)
        }
    }

    private func count(_ table: String) throws -> Int {
        try store.writer.read { try ($0.value("SELECT COUNT(*) FROM \(table)") as Int?) ?? 0 }
    }

    @Test("what became due since the last tick is decided, and a second tick finds nothing")
    func once() throws {
        let prepared = try prepared(at: "2026-03-07 08:00")
        #expect(try tick(prepared, "2026-03-07 09:29:59").isEmpty)
        #expect(
            try tick(prepared, "2026-03-07 09:30") == [
                "2026-03-07 09:30 birthday lin sent sms", "2026-03-07 09:30 birthday zhao sent sms",
            ])
        #expect(try tick(prepared, "2026-03-07 09:30").isEmpty)
        #expect(try tick(prepared, "2026-03-07 09:31").isEmpty)
        #expect(try count("deliveries") == 2)
    }

    @Test("a restart and a reload decide nothing again")
    func restart() throws {
        _ = try tick(try prepared(at: "2026-03-07 08:00"), "2026-03-07 09:30")
        #expect(try tick(try prepared(at: "2026-03-07 09:31"), "2026-03-07 09:31").isEmpty)
        // The watermark was lost with the process that died: the decisions are still there.
        try store.writer.write { try $0.run("UPDATE live_rules SET watermark = since") }
        #expect(try tick(try prepared(at: "2026-03-07 09:32"), "2026-03-07 09:32").isEmpty)
        #expect(try count("decisions") == 2 && count("deliveries") == 2)
    }

    @Test("an order uploaded two hours late still gets its thanks, one beyond `send_within` is missed")
    func late() throws {
        let prepared = try prepared(at: "2026-03-01 08:00")
        #expect(try tick(prepared, "2026-03-02 13:00").isEmpty)
        try order("o1", paidAt: "2026-03-02 10:00")
        try order("o2", paidAt: "2026-03-02 05:00")
        #expect(
            try tick(prepared, "2026-03-02 13:00:01") == [
                #"2026-03-02 13:00 thanks lin missed {"late":"7h"}"#, "2026-03-02 13:00 thanks lin sent sms",
            ])
        #expect(try tick(prepared, "2026-03-02 13:00:02").isEmpty)
        #expect(try count("coupons") == 1)
    }

    @Test("an outage within `send_within` is made up for, a longer one is missed and counted")
    func outage() throws {
        let prepared = try prepared(at: "2026-03-07 08:00")
        #expect(try tick(prepared, "2026-03-07 14:00").count { $0.contains("sent sms") } == 2)
        let other = try TickTests()
        let lines = try other.tick(try other.prepared(at: "2026-03-07 08:00"), "2026-03-07 21:31")
        #expect(lines.allSatisfy { $0.contains(#"missed {"late":"12h1m"}"#) } && lines.count == 2)
    }

    @Test("a rule never fires for what was due before it went live")
    func goingLive() throws {
        try order("o1", paidAt: "2026-03-07 07:00")
        let prepared = try prepared(at: "2026-03-07 08:30")
        #expect(try tick(prepared, "2026-03-07 09:00").isEmpty)
        try order("o2", paidAt: "2026-03-07 08:00")
        #expect(try tick(prepared, "2026-03-07 09:00") == ["2026-03-07 09:00 thanks lin sent sms"])
    }

    @Test("a clock that goes back decides nothing twice")
    func clock() throws {
        let prepared = try prepared(at: "2026-03-07 08:00")
        _ = try tick(prepared, "2026-03-07 09:30")
        #expect(try tick(prepared, "2026-03-07 08:30").isEmpty)
        #expect(try tick(prepared, "2026-03-07 09:31").isEmpty)
    }

    @Test("decision, coupon, event and delivery are one transaction: a failure in the middle leaves nothing")
    func atomic() throws {
        let prepared = try prepared(at: "2026-03-01 08:00")
        try order("o1", paidAt: "2026-03-02 10:00")
        try store.writer.write { try $0.script("ALTER TABLE deliveries RENAME TO hidden") }
        let report = try store.tick(prepared, at: try world.instant("2026-03-02 11:00"))
        #expect(report.lines.isEmpty && report.rules.first { $0.rule == "thanks" }?.fault != nil)
        #expect(try count("decisions") == 0 && count("coupons") == 0)
        try store.writer.write { try $0.script("ALTER TABLE hidden RENAME TO deliveries") }
        #expect(try tick(prepared, "2026-03-02 11:00") == ["2026-03-02 11:00 thanks lin sent sms"])
    }

    @Test("shadow rules decide and record, and nothing leaves the house")
    func shadow() throws {
        var set = world.set
        for index in set.rules.indices { set.rules[index].status = .shadow }
        let planned = PlannedSet(set, rules: set.rules, channels: ChannelDeclaration.standard)
        let prepared = try store.goLive(planned, files: "{}", hash: "h", at: try world.instant("2026-03-07 08:00"))
        #expect(try tick(prepared, "2026-03-07 09:30").count == 2)
        #expect(try count("decisions") == 2 && count("deliveries") == 0)
    }

    @Test("a watermark ahead of now makes nothing due before its time")
    func clockBack() throws {
        let prepared = try prepared(at: "2026-03-01 08:00")
        _ = try tick(prepared, "2026-03-05 12:00")
        try order("o1", paidAt: "2026-03-02 12:00")
        #expect(try tick(prepared, "2026-03-02 12:01").isEmpty)
        #expect(try tick(prepared, "2026-03-02 12:59").isEmpty)
    }

    @Test("what cancelled a held message while nobody was there cancels it, and gives nothing")
    func heldAndCancelled() throws {
        let rules = TickTests.rules.replacing(
            "    when: {event: {name: order.paid, after: 1h}}",
            with: "    when: {event: {name: order.paid, after: 1h}}\n    unless: [order.refunded]")
        let world = try World(rules: rules, members: TickTests.members)
        let other = try TickTests(world: world)
        let prepared = try other.prepared(at: "2026-03-01 08:00")
        try other.order("o1", paidAt: "2026-03-02 21:30")
        #expect(try other.tick(prepared, "2026-03-02 22:30").map { $0.contains(" held ") } == [true])
        try other.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: .distantFuture))
            _ = try rows.write(
                order: OrderRow(
                    id: "o1", memberID: "lin", paidAt: try world.instant("2026-03-02 21:30"), total: 19_900,
                    status: .refunded, refundedAt: try world.instant("2026-03-03 08:00")))
        }
        #expect(
            try other.tick(prepared, "2026-03-03 10:00") == [
                #"2026-03-03 08:00 thanks lin cancelled {"unless":"order.refunded"}"#
            ])
        #expect(try other.count("coupons") == 0 && other.count("waits") == 0)
    }

    @Test("what was due before the rule went live is not cancelled afterwards either")
    func cancelledTooLate() throws {
        let rules = TickTests.rules.replacing(
            "    when: {event: {name: order.paid, after: 1h}}",
            with: "    when: {event: {name: order.paid, after: 1h}}\n    unless: [store.visited]")
        let other = try TickTests(world: try World(rules: rules, members: TickTests.members))
        try other.order("o1", paidAt: "2026-03-07 07:00")
        let prepared = try other.prepared(at: "2026-03-07 08:30")
        let visit = EventRow(memberID: "lin", name: "store.visited", at: try world.instant("2026-03-07 09:00"))
        try other.store.tell(visit)
        #expect(try other.tick(prepared, "2026-03-07 09:00").isEmpty)
    }

    @Test("a message whose day Samoa left out comes on the next one")
    func missingDay() throws {
        let world = try World(
            rules: TickTests.rules.replacing("after: 1h", with: "after: 1d"),
            members: TickTests.members.replacing("lin: {", with: "lin: {timezone: Pacific/Apia, "))
        let other = try TickTests(world: world)
        let prepared = try other.prepared(at: "2011-12-20")
        try other.order("o1", paidAt: "2011-12-29T10:00:00-10:00")
        #expect(try other.tick(prepared, "2011-12-31T09:59:00+14:00").isEmpty)
        #expect(try other.tick(prepared, "2011-12-31T10:00:00+14:00") == ["2011-12-31 10:00 thanks lin sent sms"])
    }

    @Test("whoever closed the account while a message was held gets nothing")
    func closedWhileHeld() throws {
        let prepared = try prepared(at: "2026-03-01 08:00")
        try order("o1", paidAt: "2026-03-02 21:30")
        #expect(try tick(prepared, "2026-03-02 22:30").count == 1)
        try store.writer.write { try $0.run("UPDATE members SET status = 'closed' WHERE id = 'lin'") }
        #expect(try tick(prepared, "2026-03-03 09:00").isEmpty)
        #expect(try count("coupons") == 0)
    }

    @Test("a rule that a broken field of fields.yaml stops does not stop the others")
    func fault() throws {
        var set = world.set
        let field = Field(name: "member.broken", source: .member, type: .number, canBeMissing: true)
        set.fields = [
            CustomField(
                id: "member.broken", type: .number, description: "", canBeMissing: true,
                sqliteSQL: "no_such_function(m.id)")
        ]
        set.rules[0].condition = .field(FieldTest(field: field, tests: [.isSet(true)], place: .top(of: "t")))
        let planned = PlannedSet(set, rules: set.rules, channels: ChannelDeclaration.standard)
        let prepared = try store.goLive(planned, files: "{}", hash: "h", at: try world.instant("2026-03-07 08:00"))
        try order("o1", paidAt: "2026-03-07 08:30")
        let report = try store.tick(prepared, at: try world.instant("2026-03-07 09:30"))
        #expect(report.lines.map(World.short).count { $0.contains("birthday") && $0.contains("sent") } == 2)
        #expect(report.rules.first { $0.rule == "thanks" }?.fault?.contains("no_such_function") == true)
        #expect(try count("decisions") == 2)
    }

    @Test("the trial of a shadow rule uses up nobody's limit")
    func shadowLimits() throws {
        let rules = TickTests.rules.replacing(
            "    if_late: {send_within: 6h}", with: "    limits: {at_most: {times: 1, in: 30d}}")
        let other = try TickTests(world: try World(rules: rules, members: TickTests.members))
        var set = other.world.set
        set.rules[0].status = .shadow
        let shadow = PlannedSet(set, rules: set.rules, channels: ChannelDeclaration.standard)
        var prepared = try other.store.goLive(shadow, files: "{}", hash: "a", at: try world.instant("2026-03-01 08:00"))
        try other.order("o1", paidAt: "2026-03-02 09:00")
        #expect(try other.tick(prepared, "2026-03-02 10:00").count { $0.contains("sent sms") } == 1)
        prepared = try other.prepared(at: "2026-03-02 11:00")
        try other.order("o2", paidAt: "2026-03-02 11:00")
        #expect(try other.tick(prepared, "2026-03-02 12:00") == ["2026-03-02 12:00 thanks lin sent sms"])
    }
}
