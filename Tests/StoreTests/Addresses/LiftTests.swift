import Intake
import Kit
import Policies
import Rules
import Testing

@testable import Store

/// What operators may take back of what was said of an address.
@Suite("Suppressions that are lifted by hand")
struct LiftTests {
    private func number() throws -> CanonicalAddress { try #require(CanonicalAddress(.phone, "13800000001")) }

    /// The number of lin is suppressed.
    private func desk(_ reason: SuppressionRow.Reason, channel: String = "sms") async throws -> OutboxDesk {
        let desk = try await OutboxDesk()
        let now = try desk.world.instant("2026-03-10 11:00")
        let row = SuppressionRow(address: try number(), channel: channel, reason: reason, at: now)
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.write(suppression: row)
        }
        return desk
    }

    private func lift(
        _ subject: SuppressedSubject, _ desk: OutboxDesk, on channel: String? = nil, complaints: Bool = false
    ) throws -> LiftedSuppressions? {
        try desk.store.lift(
            subject, on: channel, complaints: complaints, reason: "called 13800000001", by: "wang",
            at: desk.world.instant("2026-03-10 11:05"))
    }

    private func isSuppressed(_ desk: OutboxDesk) throws -> Bool {
        try !desk.store.objections(
            to: number(), on: "sms", purpose: .service, at: desk.world.instant("2026-03-10 11:06")
        ).isEmpty
    }

    @Test(
        "a bounce and an operator's go for a reason; a complaint is somebody's word, and goes only where that is said",
        arguments: [
            (.bounce, false, true), (.operator, false, true), (.complaint, false, false), (.complaint, true, true),
        ] as [(SuppressionRow.Reason, Bool, Bool)], [true, false])
    func reasons(_ one: (reason: SuppressionRow.Reason, complaints: Bool, goes: Bool), isByMember: Bool) async throws {
        let desk = try await desk(one.reason)
        #expect(try isSuppressed(desk))
        let subject = isByMember ? SuppressedSubject.member("lin") : .address(try number())
        let result = try #require(try lift(subject, desk, complaints: one.complaints))
        let entry = LiftedSuppressions.Entry(channel: "sms", reason: one.reason.rawValue)
        #expect(result.lifted == (one.goes ? [entry] : []) && result.left == (one.goes ? [] : [entry]))
        #expect(try isSuppressed(desk) == !one.goes)
        let audited = try await desk.texts(
            "SELECT who || ' ' || reason || ' ' || detail FROM audit WHERE action = 'consent'")
        #expect(
            audited == (one.goes ? [#"wang called 138****0001 {"lifted":["sms \#(one.reason.rawValue)"]}"#] : []))
        #expect(try lift(subject, desk, complaints: true)?.lifted.isEmpty == one.goes)
        #expect(try desk.broken() == [])
    }

    @Test("a channel's own go with it, another channel's and those of every channel stay")
    func channels() async throws {
        let desk = try await desk(.bounce)
        #expect(try lift(.member("lin"), desk, on: "wechat")?.lifted == [])
        #expect(try lift(.member("lin"), desk, on: "sms")?.lifted.count == 1)
        let every = try await self.desk(.bounce, channel: "*")
        let result = try #require(try lift(.member("lin"), every, on: "sms"))
        #expect(result.lifted == [] && result.left.map(\.channel) == ["*"])
        #expect(try isSuppressed(every))
        let ofMails = try every.store.lift(
            .member("lin"), on: "email", to: .email, complaints: true, reason: "x", by: "wang",
            at: every.world.instant("2026-03-10 11:05"))
        #expect(ofMails?.lifted == [] && ofMails?.left == [], "the number is none of the channel's addresses")
        #expect(try lift(.member("lin"), every)?.lifted.map(\.channel) == ["*"])
        #expect(try !isSuppressed(every))
    }

    @Test(
        "where a complaint was lifted, marketing needs a new yes, whatever was stored of it before",
        arguments: [
            "", "DELETE FROM list_consents; DELETE FROM address_consents WHERE member = ''",
            "UPDATE list_consents SET at = 0; UPDATE address_consents SET at = 0 WHERE member = ''",
        ], [true, false])
    func newYes(_ stored: String, isByMember: Bool) async throws {
        let desk = try await desk(.complaint)
        if !stored.isEmpty { try await desk.sql(stored) }
        func say(_ time: String) async throws {
            let now = try desk.world.instant(time)
            try await desk.store.writer.write { db in
                var rows = RowWriter(db, origin: .world(now: now))
                _ = try rows.write(consent: ConsentRow(memberID: "lin", channel: "sms", state: .granted, at: now))
            }
        }
        try await say("2026-03-10 11:03")
        let subject = isByMember ? SuppressedSubject.member("lin") : .address(try number())
        #expect(try lift(subject, desk, complaints: true)?.lifted.count == 1)
        #expect(try !isSuppressed(desk))
        #expect(try await desk.wanted(by: "lin", at: "13800000001", "2026-03-10 11:06") == [.service])
        try await say("2026-03-10 11:07")
        #expect(try await desk.wanted(by: "lin", at: "13800000001", "2026-03-10 11:08") == [.marketing, .service])
        #expect(try desk.broken() == [])
    }

    @Test("a complaint that stands at the member alone is a withdrawal of the member's once it is lifted")
    func ofMember() async throws {
        let desk = try await OutboxDesk()
        try await desk.sql(
            "INSERT INTO suppressions (member, channel, reason, at, seq) VALUES ('lin', 'sms', 'complaint', 1, 1)")
        #expect(try lift(.member("lin"), desk, complaints: true)?.lifted.count == 1)
        #expect(try await desk.texts("SELECT reason FROM suppressions") == [])
        #expect(
            try await desk.texts("SELECT channel || ' ' || source FROM consents WHERE state = 'withdrawn'")
                == ["sms complaint"])
    }

    @Test("a withdrawal is no suppression, and stays; nobody is lifted who is not there")
    func withdrawal() async throws {
        let desk = try await desk(.optOut)
        let result = try #require(try lift(.member("lin"), desk, complaints: true))
        #expect(result.lifted == [] && result.left == [])
        #expect(try await desk.texts("SELECT state FROM list_consents") == ["withdrawn"])
        #expect(try lift(.member("nobody"), desk) == nil)
    }

    @Test("what a provider says of an address is counted once, by channel and reason")
    func counted() async throws {
        let desk = try await OutboxDesk()
        let meter = OutboxMeter()
        let sent = try await desk.depart(at: "2026-03-10 11:00")
        let results = sent.map {
            AttemptResult(
                delivery: $0.delivery, attempt: $0.attempt,
                outcome: .suppressed(code: "550_5.1.1", reason: .bounce, .phone))
        }
        try await desk.store.finish(results, at: desk.world.instant("2026-03-10 11:01"), counting: meter)
        #expect(meter.totals.suppressed == ["sms": [.bounce: 1]])
    }
}
