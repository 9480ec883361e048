import Rules
import Store
import Testing
import TestSupport

@Suite struct HandoverTests {
    @Test("A delivery that passes every gate has its attempt on disk, with a reference and nothing personal in it")
    func intent() async throws {
        let desk = try await OutboxDesk()
        let intent = try #require(try await desk.depart(at: "2026-03-10 11:00").first)
        #expect(try await desk.states() == ["sms sending"])
        #expect(intent.address == "13800000001")
        #expect(intent.text == "【星河百货】林小姐 拒收请回复R")
        #expect(intent.reference.hasPrefix("nd") && intent.reference.hasSuffix("-1"))
        #expect(!intent.reference.contains("lin") && !intent.reference.contains("thanks"))
        let printed = "\(intent) \(String(reflecting: intent))"
        #expect(!printed.contains("13800000001") && !printed.contains("林"))
        #expect(try desk.broken(atRest: false) == [])
    }

    struct Change: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var sql: String
        var state: String
        var because: String?
    }

    /// A choice on the page, beside what the member's row says then.
    private static func refusal(_ choice: String, hour: Int) -> String {
        """
        UPDATE members SET personalisation = '\(choice)';
        INSERT INTO personalisation_choices VALUES ('lin', 1773072000000000 + \(hour) * 3600000000, '\(choice)', 'link', 0)
        """
    }

    @Test(
        "What changed between decision and sending is heard",
        arguments: [
            Change(
                testDescription: "consent withdrawn",
                sql:
                    "INSERT INTO consents (member, channel, purpose, at, state, source, seq) VALUES ('lin', 'sms', 'marketing', 1773111600000000, 'withdrawn', NULL, 0)",
                state: "suppressed", because: #"{"unreachable":"no_consent"}"#),
            Change(
                testDescription: "consent never given",
                sql: "DELETE FROM consents", state: "suppressed", because: #"{"unreachable":"no_consent"}"#),
            Change(
                testDescription: "suppressed on every channel",
                sql: "INSERT INTO suppressions VALUES ('lin', '*', 'complaint', 0, 0)", state: "suppressed",
                because: #"{"unreachable":"suppressed"}"#),
            Change(
                testDescription: "phone removed", sql: "UPDATE members SET phone = NULL", state: "suppressed",
                because: #"{"unreachable":"no_address"}"#),
            Change(
                testDescription: "member closed", sql: "UPDATE members SET status = 'closed'", state: "suppressed",
                because: #"{"condition":"member.status","actual":"closed"}"#),
            Change(
                testDescription: "member erased", sql: "DELETE FROM members", state: "suppressed",
                because: #"{"condition":"member.status","actual":"erased"}"#),
            Change(
                testDescription: "marketing refused altogether", sql: "UPDATE members SET personalisation = 'none'",
                state: "suppressed", because: #"{"personalisation":"none"}"#),
            Change(
                testDescription: "values of theirs refused since the decision",
                sql: refusal("generic", hour: 12), state: "suppressed", because: #"{"personalisation":"generic"}"#),
            Change(
                testDescription: "values of theirs refused before the decision",
                sql: refusal("generic", hour: 9), state: "sending"),
            Change(
                testDescription: "refused, and allowed again", sql: refusal("personalised", hour: 12), state: "sending"),
            Change(
                testDescription: "rule retired", sql: "UPDATE live_rules SET status = 'retired'", state: "cancelled"),
            Change(testDescription: "rule paused", sql: "UPDATE live_rules SET status = 'paused'", state: "pending"),
            Change(
                testDescription: "stopped", sql: "INSERT INTO stops VALUES ('channel:sms', 'x', 'y', 0)",
                state: "pending"),
            Change(
                testDescription: "a complaint came (unless)",
                sql: """
                    INSERT INTO events (member, name, at, source) VALUES ('lin', 'complaint.opened', 1773111600000000, 'x')
                    """,
                state: "cancelled", because: #"{"unless":"complaint.opened"}"#),
            Change(
                testDescription: "the order was made void by an upload",
                sql: "DELETE FROM events WHERE name = 'order.paid'",
                state: "cancelled", because: #"{"anchor":"order.paid"}"#),
            Change(
                testDescription: "a refund of another order is no reason",
                sql: """
                    INSERT INTO events (member, name, at, source, ref)
                    VALUES ('lin', 'order.refunded', 1773111600000000, 'x', 'o9')
                    """, state: "sending"),
        ])
    func gates(change: Change) async throws {
        let desk = try await OutboxDesk()
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        try await desk.happen(change.sql)
        _ = try await desk.intend(claimed, at: "2026-03-10 11:00:01")
        #expect(try await desk.states() == ["sms \(change.state)"])
        let because = try await desk.store.writer.read {
            try ($0.value("SELECT because FROM deliveries") as String?)
        }
        #expect(because == change.because)
        let broken = try desk.broken(atRest: false)
        #expect(broken == [])
    }

    @Test(
        "A refusal of values of theirs stops what was decided before it, whether a row states it or the page; a row that repeats it stops nothing more",
        arguments: [false, true])
    func refusedByRow(isRepeated: Bool) async throws {
        let desk = try await OutboxDesk()
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        if isRepeated { try await desk.happen(HandoverTests.refusal("generic", hour: 9)) }
        let now = try desk.world.instant("2026-03-10 11:00:01")
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.write(
                member: MemberRow(id: "lin", city: "上海", personalisation: .generic), stating: [.city, .personalisation])
        }
        _ = try await desk.intend(claimed, at: "2026-03-10 11:00:02")
        #expect(try await desk.states() == [isRepeated ? "sms sending" : "sms suppressed"])
    }

    @Test("A new number is used, not the one at the time of the decision")
    func address() async throws {
        let desk = try await OutboxDesk()
        try await desk.sql("UPDATE members SET phone = '13800000002'")
        #expect(try await desk.depart(at: "2026-03-10 11:00").first?.address == "13800000002")
    }

    @Test("Quiet hours that began meanwhile hold until they end, or let expire what cannot wait so long")
    func quietHours() async throws {
        let order = "{id: o1, paid_at: \"2026-03-10 19:30\", total: 10}"
        let patient = OutboxDesk.rule.replacing("do: [", with: "if_late: {send_within: 24h}, do: [")
        let desk = try await OutboxDesk(
            settings: OutboxDesk.marketingWindow, rules: patient, members: OutboxDesk.member(order: order),
            at: "2026-03-10 20:30")
        let claimed = try await desk.claim(at: "2026-03-10 20:59")
        #expect(try await desk.intend(claimed, at: "2026-03-10 21:00").isEmpty)
        #expect(try await desk.states() == ["sms pending"])
        #expect(try await desk.claim(at: "2026-03-11 08:59").isEmpty)
        #expect(try await desk.depart(at: "2026-03-11 09:00").count == 1)

        let hasty = try await OutboxDesk(
            settings: OutboxDesk.marketingWindow, members: OutboxDesk.member(order: order), at: "2026-03-10 20:30")
        _ = try await hasty.intend(try await hasty.claim(at: "2026-03-10 20:59"), at: "2026-03-10 21:00")
        #expect(try await hasty.states() == ["sms expired"])
    }

    @Test("The quiet hours are those where the member is now: a message that may wait leaves in the local morning")
    func quietHoursOfNow() async throws {
        let patient = OutboxDesk.rule.replacing("do: [", with: "if_late: {send_within: 24h}, do: [")
        let desk = try await OutboxDesk(settings: OutboxDesk.marketingWindow, rules: patient)
        try await desk.sql("UPDATE members SET timezone = 'Europe/London', zone = 'Europe/London'")
        // 03:00 in London.
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try await desk.states() == ["sms pending"])
        #expect(try await desk.claim(at: "2026-03-10 16:59").isEmpty)
        #expect(try await desk.depart(at: "2026-03-10 17:00").count == 1)
    }

    @Test("A daemon that was replaced sends nothing more")
    func epoch() async throws {
        let desk = try await OutboxDesk()
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        _ = try await desk.store.recoverOutbox(at: try desk.world.instant("2026-03-10 11:00"))
        await #expect(throws: Outbox.StaleEpoch.self) { try await desk.intend(claimed, at: "2026-03-10 11:00") }
        #expect(try await desk.states() == ["sms pending"])
    }

    @Test("A cart that was ordered, and a coupon that was used, end what is owed about them")
    func anchorGone() async throws {
        let cart = try await OutboxDesk(
            rules: """
                  - {id: cart, name: 车, status: live, owner: crm, purpose: marketing, when: {cart_idle: {for: 1h}},
                     do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
                """,
            members: """
                  lin: {phone: "13800000001", consent: {sms: granted},
                    carts: [{id: c1, updated_at: "2026-03-10 10:00", total: 99}]}
                """)
        try await cart.sql(
            "INSERT INTO orders (member, id, paid_at, total, cart) VALUES ('lin', 'o1', 1773111600000000, 1, 'c1')")
        #expect(try await cart.depart(at: "2026-03-10 11:01").isEmpty)
        #expect(try await cart.states() == ["sms cancelled"])

        let coupon = try await OutboxDesk(
            rules: """
                  - {id: cp, name: 券, status: live, owner: crm, purpose: marketing, when: {coupon_expires: {days_before: 1, at: "11:00"}},
                     do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
                """,
            members: """
                  lin: {phone: "13800000001", consent: {sms: granted},
                    coupons: [{id: k1, template: C30, issued_at: "2026-02-01 00:00", expires_at: "2026-03-11"}]}
                """)
        try await coupon.sql("UPDATE coupons SET state = 'used', used_at = 1773111600000000")
        #expect(try await coupon.depart(at: "2026-03-10 11:01").isEmpty)
        #expect(try await coupon.states() == ["sms cancelled"])
    }
}
