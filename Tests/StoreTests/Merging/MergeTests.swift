import Foundation
import Intake
import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

/// Two members who are one person: nothing is lost, nothing is sent twice, and a no stays a no.
@Suite("Merge of two members")
struct MergeTests {
    @Test("every table with a column that names a member has its way in a merge")
    func everyTable() async throws {
        let desk = try await MergeDesk.desk()
        let tables = try await desk.texts(
            """
            SELECT DISTINCT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND c.name = 'member'
            """)
        #expect(Set(tables) == Set(MergeWriting.keyed.map(\.table)).union(MergeWriting.otherTables))
        // What stands in the key beside the member is what two rows can have in common.
        for (table, keys) in MergeWriting.keyed {
            let key = try await desk.texts(
                "SELECT name FROM pragma_table_info('\(table)') WHERE pk > 0 AND name <> 'member' ORDER BY pk")
            #expect(key == keys, "\(table)")
        }
    }

    // MARK: not twice

    struct Left: Sendable, CustomTestStringConvertible {
        var who: [String]
        /// Of lin's delivery and of zbo's.
        var lin: String
        var zbo: String
        var testDescription: String { who.isEmpty ? "nothing left" : "left: \(who.joined(separator: ", "))" }
    }

    @Test(
        "of two messages for one occasion one is sent: that which has left, else the member's own",
        arguments: [
            Left(who: [], lin: "pending", zbo: "cancelled"), Left(who: ["zbo"], lin: "cancelled", zbo: "accepted"),
            Left(who: ["lin"], lin: "accepted", zbo: "cancelled"),
            Left(who: ["lin", "zbo"], lin: "accepted", zbo: "accepted"),
        ])
    func once(left: Left) async throws {
        let desk = try await MergeDesk.desk()
        for member in left.who {
            let own = try await desk.numbers("SELECT id FROM v_deliveries WHERE member = '\(member)'")
            let claims = try await desk.claim(at: "2026-03-10 10:00").filter { own.contains($0.id) }
            let intents = try await desk.intend(claims, at: "2026-03-10 10:00")
            #expect(intents.count == 1)
            try await desk.finish(intents, .accepted(providerID: "p-\(member)"), at: "2026-03-10 10:01")
            try await desk.sql(
                """
                UPDATE deliveries SET state = 'pending', claimed_by = NULL, lease_until = NULL, claim_count = 0 WHERE state = 'claimed';
                DELETE FROM transitions WHERE to_state = 'claimed'
                  AND delivery IN (SELECT id FROM deliveries WHERE state = 'pending')
                """)
        }
        let ids = try await desk.numbers("SELECT id FROM v_deliveries ORDER BY member")
        let merge = try desk.merge()
        #expect(merge.repeated == 1 && merge.decisions == 1)
        #expect(merge.cancelled == [left.lin, left.zbo].count { $0 == "cancelled" })
        let states = try await desk.texts("SELECT id || ' ' || state FROM deliveries ORDER BY id")
        #expect(Set(states) == ["\(ids[0]) \(left.lin)", "\(ids[1]) \(left.zbo)"])
        #expect(try await desk.texts("SELECT DISTINCT member FROM decisions") == ["lin"])
        let keeps = try await desk.numbers(
            "SELECT id FROM v_deliveries WHERE member = 'lin' AND occasion = 'birthday:solar:2026'")
        #expect(keeps == [left.lin == "cancelled" ? ids[1] : ids[0]])
        #expect(try desk.broken() == [])
        // What is left goes once, and the rule looks at the day again without deciding anew.
        _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-10 10:45"))
        let rest = try await desk.depart(at: "2026-03-10 10:45")
        #expect(rest.map(\.member) == (left.who.isEmpty ? ["lin"] : []))
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("one message is followed up once, whether the other one left or not", arguments: [true, false])
    func followedUp(bothLeft: Bool) async throws {
        let follow = """

              - {id: ask, name: 回访, status: live, owner: crm, purpose: marketing,
                 when: {event: {name: message.sent, where: {rule: cake}, after: 1h}},
                 do: [{create_task: {assign_to: member.advisor, or_else: boss, title: call}}]}
            """
        let desk = try await MergeDesk.desk(more: follow)
        if bothLeft {
            let intents = try await desk.depart(at: "2026-03-10 10:00")
            try await desk.finish(intents, .accepted(providerID: "p"), at: "2026-03-10 10:01")
        }
        try desk.merge()
        if !bothLeft {
            let intents = try await desk.depart(at: "2026-03-10 10:40")
            try await desk.finish(intents, .accepted(providerID: "p"), at: "2026-03-10 10:41")
        }
        _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-10 11:10"))
        #expect(
            try await desk.texts("SELECT occasion FROM decisions WHERE rule = 'ask' AND outcome = 'task_created'")
                == ["message:cake:birthday:solar:2026"])
        #expect(try desk.broken() == [])
    }

    @Test("what a tick had found of the duplicate before the merge is not decided for nobody")
    func foundBefore() async throws {
        let desk = try await MergeDesk.desk()
        try desk.merge()
        let now = try desk.world.instant("2026-03-10 10:40")
        let found = Occurrence(
            rule: "cake", member: "zbo", occasion: "birthday:solar:2027", due: now, start: now,
            zone: desk.world.set.settings.zone, date: nil, passes: nil, asksEveryone: false)
        let decided = try await desk.store.writer.write { db in
            let evaluation = Evaluation(db: db, prepared: desk.prepared)
            return try evaluation.decide([Evaluation.Item(plan: 0, found: .due(found))], at: now).lines.count
        }
        #expect(decided == 0)
        #expect(try await desk.texts("SELECT DISTINCT member FROM decisions") == ["lin"])
    }

    @Test("a receipt that comes later finds the delivery of the duplicate, and the member sees it")
    func receipt() async throws {
        let desk = try await MergeDesk.desk(
            MergeDesk.person("lin", "13800000001", "") + MergeDesk.person("zbo", "13800000002"))
        let intents = try await desk.depart(at: "2026-03-10 10:00")
        #expect(intents.map(\.member) == ["zbo"])
        try desk.merge()
        try await desk.finish(intents, .accepted(providerID: "p1"), at: "2026-03-10 10:31")
        let receipt = ReceiptTests.receipt(.delivered, reference: intents[0].reference)
        _ = try await desk.store.note(
            [.receipt(receipt)], from: ReceiptTests.source, at: try desk.world.instant("2026-03-10 10:32"))
        #expect(try await desk.texts("SELECT member || ' ' || state FROM v_deliveries") == ["lin delivered"])
        #expect(try desk.broken() == [])
    }

    @Test("a reference stays that of whom the message was decided for")
    func reference() async throws {
        let desk = try await MergeDesk.desk(
            MergeDesk.person("lin", "13800000001", "") + MergeDesk.person("zbo", "13800000002"))
        let before = try await thing(desk)
        try desk.merge()
        #expect(try await thing(desk) == before)
    }

    private func thing(_ desk: OutboxDesk) async throws -> [String] {
        try await desk.store.writer.read { db in
            let names = try References(Outbox(db: db))
            return try db.all(
                """
                SELECT d.rule, d.step, \(References.columns("d.member", "d.occasion")) FROM v_deliveries d
                \(References.merged("d.decision")) ORDER BY d.id
                """
            ).map { try names.thing($0) }
        }
    }

    // MARK: what is taken over

    @Test("what the member has stays, what they lack comes from the duplicate, and nothing is left under the old id")
    func facts() async throws {
        let members = """
              lin: {display_name: 林小姐, phone: "13800000001", tags: [vip]}
              zbo: {display_name: 林, phone: "13800000002", email: a@example.com, city: 上海, birthday: "1990-03-10", tags: [vip, new],
                personalisation: generic, consent: {sms: granted}}

            """
        let desk = try await MergeDesk.desk(members)
        let at = try desk.world.instant("2026-03-01 10:00")
        try desk.write(
            [
                .order(OrderRow(id: "o1", memberID: "lin", paidAt: at, total: 100)),
                .order(OrderRow(id: "o2", memberID: "zbo", paidAt: at, total: 200)),
                .points(PointsRow(id: "p1", memberID: "lin", points: 10)),
                .points(PointsRow(id: "p1", memberID: "zbo", points: 20)),
                .coupon(CouponRow(id: "c1", memberID: "zbo", template: "C30", code: "X")),
                .coupon(CouponRow(id: "c2", memberID: "lin", template: "C30", code: "Y")),
                .coupon(CouponRow(id: "c2", memberID: "zbo", template: "C30", code: "Y", state: .used)),
                .coupon(CouponRow(id: "c3", memberID: "lin", template: "C30", code: "Z")),
                .coupon(CouponRow(id: "c3", memberID: "zbo", template: "C30", code: "W")),
                .event(EventRow(id: "e1", memberID: "zbo", name: "visit", at: at)),
            ], at: "2026-03-10 10:10")
        let merge = try desk.merge()
        #expect(merge.filled == ["birthday", "email", "city", "personalisation"] && merge.dropped == [.phone])
        #expect(merge.moved["orders"] == 1 && merge.moved["points"] == 1 && merge.moved["coupons"] == 3)
        let profile = """
            SELECT display_name || ' ' || phone || ' ' || email || ' ' || city || ' ' || personalisation FROM members
            """
        #expect(try await desk.texts(profile) == ["林小姐 13800000001 a@example.com 上海 generic"])
        #expect(try await desk.texts("SELECT tag FROM member_tags WHERE member = 'lin' ORDER BY n") == ["vip", "new"])
        #expect(try await desk.texts("SELECT id FROM orders WHERE member = 'lin' ORDER BY id") == ["o1", "o2"])
        #expect(try await desk.numbers("SELECT points FROM points WHERE member = 'lin' ORDER BY points") == [10, 20])
        let coupons = "SELECT code || ' ' || state FROM coupons WHERE member = 'lin' ORDER BY code"
        #expect(try await desk.texts(coupons) == ["W unused", "X unused", "Y used", "Z unused"])
        #expect(try await desk.numbers("SELECT COUNT(DISTINCT id) FROM coupons") == [4])
        #expect(try await desk.texts("SELECT member FROM events WHERE name = 'visit'") == ["lin"])
        let kept = ["merged_members", "merged_decisions", "traces"]
        let rest = try desk.everything().filter { $0.contains("zbo") }
        #expect(rest.allSatisfy { row in kept.contains { row.hasPrefix($0 + ":") } }, "\(rest)")
        #expect(try desk.broken() == [])
    }

    @Test("what comes later under the old id is the member's, whichever way it comes")
    func later() async throws {
        let desk = try await MergeDesk.desk()
        let at = try desk.world.instant("2026-03-10 10:40")
        try desk.write(
            [
                .points(PointsRow(id: "p1", memberID: "lin", points: 10)),
                .points(PointsRow(id: "p1", memberID: "zbo", points: 20)),
            ], at: "2026-03-10 10:20")
        try desk.merge()
        try desk.write(
            [
                .order(OrderRow(id: "o9", memberID: "zbo", paidAt: at, total: 100)),
                .points(PointsRow(id: "p1", memberID: "zbo", points: 30)),
                .member(MemberRow(id: "zbo", displayName: "老林", status: .closed, phone: "13900000009", city: "杭州")),
            ], at: "2026-03-10 10:40")
        let event = EventRow(memberID: "zbo", name: "visit", at: at)
        let told = SourceEvent(
            id: "v1", identity: "v1", body: .text("{}"), person: "zbo",
            facts: .success([
                .event(event, lacksCart: false), .merge(anonymous: AnonymousPerson.id("d1"), member: "zbo"),
            ]))
        #expect(try desk.store.take(SourceBatch(source: "web", at: at, events: [told])) == [.accepted])
        #expect(try await desk.texts("SELECT member FROM orders WHERE id = 'o9'") == ["lin"])
        #expect(try await desk.texts("SELECT member FROM events WHERE name = 'visit'") == ["lin"])
        #expect(try await desk.numbers("SELECT points FROM points WHERE member = 'lin' ORDER BY points") == [10, 30])
        let profile = "SELECT id || ' ' || display_name || ' ' || status || ' ' || phone || ' ' || city FROM members"
        #expect(try await desk.texts(profile) == ["lin 林小姐 active 13800000001 杭州"])
        let no = ConsentRow(memberID: "zbo", channel: "sms", state: .withdrawn, at: at, source: "counter")
        #expect(try desk.store.consent(no, by: "wang", at: at) == .written)
        #expect(try desk.consent(at: "2026-03-10 10:41") == "withdrawn")
        #expect(try desk.broken() == [])
    }

    @Test("a trial tells what a merge would do and changes nothing")
    func trial() async throws {
        let desk = try await MergeDesk.desk()
        let before = try desk.everything()
        let trial = try desk.merge(isTrial: true)
        #expect(try desk.everything() == before)
        #expect(try desk.merge() == trial && trial.cancelled == 1)
        #expect(trial.cancelledFor == [.init(rule: "cake", occasion: "birthday:solar:2026")])
    }

    // MARK: ids

    private static func objection(_ desk: OutboxDesk, _ duplicate: String, _ member: String) throws -> MergeObjection? {
        do { try desk.merge(duplicate, into: member) } catch let objection as MergeObjection { return objection }
        return nil
    }

    @Test("a merge with itself, of nobody, or of somebody who is another member's old name is refused")
    func objections() async throws {
        let desk = try await MergeDesk.desk(
            MergeDesk.two + MergeDesk.person("cai", "13800000003") + MergeDesk.person("old", "13800000004"))
        #expect(try Self.objection(desk, "lin", "lin") == .same)
        #expect(try Self.objection(desk, "nobody", "lin") == .unknown("nobody"))
        #expect(try Self.objection(desk, "zbo", "nobody") == .unknown("nobody"))
        try desk.merge("old", into: "zbo")
        try desk.merge("zbo", into: "lin")
        #expect(try Self.objection(desk, "lin", "zbo") == .isMerged("zbo", into: "lin"))
        #expect(try Self.objection(desk, "zbo", "cai") == .isMerged("zbo", into: "lin"))
        let again = try desk.store.merge(
            "zbo", into: "lin", reason: nil, at: try desk.world.instant("2026-03-10 10:31"))
        #expect(again == .already)
        for id in ["zbo", "old"] { #expect(try desk.store.mergedMember(id) == "lin") }
        let person = try #require(try desk.store.person("lin"))
        #expect(person["merged"]?.rows.map { $0[0] } == [.text("old"), .text("zbo")])
        #expect(try desk.store.mergedMember("lin") == nil && desk.store.person("zbo") == nil)
        #expect(try desk.broken() == [])
    }

    @Test("an erasure covers every id of the person, and an old file brings back only silence")
    func erased() async throws {
        let desk = try await MergeDesk.desk()
        _ = try await desk.link(of: "zbo", address: "+8613800000002")
        _ = try await desk.link(of: "lin", address: "+8613800000002")
        try desk.merge()
        let now = try desk.world.instant("2026-03-10 11:30")
        _ = try #require(try desk.store.erase("lin", reason: "request", by: "wang", at: now))
        for text in ["zbo", "lin", "13800000001", "13800000002", "林小姐"] {
            // The trail names people by hashes, and the rules say `link` and `line`.
            let rest = try desk.everything().filter { $0.contains("\"\(text)\"") }
            #expect(rest == [], "\(text)")
        }
        for id in ["lin", "zbo"] {
            #expect(try desk.store.wasErased(id) && desk.store.mergedMember(id) == nil)
            try desk.write([.member(MemberRow(id: id, phone: "13911112222"))], at: "2026-04-01 10:00")
            #expect(try desk.consent(of: id, at: "2026-04-01 10:01") == "withdrawn")
        }
        #expect(try desk.broken() == [])
    }
}
