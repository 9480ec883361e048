import Kit
import Policies
import Rules
import Testing

@testable import Store

@Suite("What a provider says of the person who has an address")
struct ProviderRefusalTests {
    private static let withdrawals = """
        SELECT member || ' ' || channel || ' ' || purpose || ' ' || source FROM consents WHERE state = 'withdrawn'
        ORDER BY member, purpose
        """

    struct Answer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var outcome: AttemptResult.Outcome
        var own: [String]
    }

    @Test(
        "an opt-out and a complaint are the member's own word, a bad number is not",
        arguments: [
            Answer(
                testDescription: "21610 of Twilio", outcome: .suppressed(code: "21610", reason: .optOut, .phone),
                own: ["lin sms marketing provider"]),
            Answer(
                testDescription: "a complaint", outcome: .suppressed(code: "x", reason: .complaint, .phone),
                own: ["lin sms marketing provider"]),
            Answer(
                testDescription: "a bounce", outcome: .suppressed(code: "550_5.1.1", reason: .bounce, .phone), own: []),
            Answer(
                testDescription: "no follower, and nobody tells us",
                outcome: .unfollowed(code: "43004", .phone, isTold: false), own: []),
            Answer(testDescription: "a plain refusal", outcome: .rejected(code: "21211"), own: []),
        ])
    func answer(_ answer: Answer) async throws {
        let desk = try await OutboxDesk()
        try await desk.finish(try await desk.depart(at: "2026-03-10 11:00"), answer.outcome, at: "2026-03-10 11:01")
        #expect(try await desk.texts(Self.withdrawals) == answer.own)
        #expect(try desk.broken() == [])
    }

    @Test(
        "A complaint is the member's own word also where the number is listed already, and told again it is old news",
        arguments: [SuppressionRow.Reason.bounce, .complaint])
    func listed(_ reason: SuppressionRow.Reason) async throws {
        let desk = try await OutboxDesk()
        let sent = try await desk.depart(at: "2026-03-10 11:00")
        let number = try #require(CanonicalAddress(.phone, "13800000001"))
        let now = try desk.world.instant("2026-03-10 11:00")
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.write(suppression: SuppressionRow(address: number, channel: "sms", reason: reason, at: now))
        }
        // As an older version stored it.
        try await desk.sql("DELETE FROM list_consents; DELETE FROM address_consents WHERE member = ''")
        try await desk.finish(sent, .suppressed(code: "x", reason: .complaint, .phone), at: "2026-03-10 11:01")
        #expect(try await desk.texts(Self.withdrawals) == ["lin sms marketing provider"])
        #expect(try await desk.texts("SELECT reason FROM address_suppressions") == ["complaint"])
        let delivery = try #require(sent.first?.delivery)
        let later = try desk.world.instant("2026-03-10 11:30")
        let isNew = try await desk.store.writer.write { db in
            try Outbox(db: db).suppress(delivery, for: .complaint, .phone, at: later)
        }
        #expect(!isNew)
        #expect(try desk.broken() == [])
    }

    @Test("So a new number does not lift it, and a later consent of the member does")
    func newNumber() async throws {
        let desk = try await OutboxDesk()
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .suppressed(code: "21610", reason: .optOut, .phone),
            at: "2026-03-10 11:01")
        try await desk.move("lin", to: "13900000009", at: "2026-03-10 11:02")
        #expect(try await desk.wanted(by: "lin", at: "13900000009", "2026-03-10 11:03") == [.service])
        let later = try desk.world.instant("2026-03-10 11:05")
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: later))
            _ = try rows.write(consent: ConsentRow(memberID: "lin", channel: "sms", state: .granted, at: later))
        }
        #expect(try await desk.wanted(by: "lin", at: "13900000009", "2026-03-10 11:06") == [.marketing, .service])
        #expect(try desk.broken() == [])
    }

    @Test("A new number does lift a bounce, which was the old number's")
    func bounceAndNewNumber() async throws {
        let desk = try await OutboxDesk()
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .suppressed(code: "30006", reason: .bounce, .phone),
            at: "2026-03-10 11:01")
        try await desk.move("lin", to: "13900000009", at: "2026-03-10 11:02")
        #expect(try await desk.wanted(by: "lin", at: "13900000009", "2026-03-10 11:03") == [.marketing, .service])
    }

    @Test("A receipt says it as an answer does, also one that came before the answer", arguments: [true, false])
    func receipt(isEarly: Bool) async throws {
        let sent = try await ReceiptTests.Sent()
        let receipt = ReceiptTests.receipt(.undelivered, id: "biz1", address: "13800000001", suppression: .optOut)
        if isEarly { try await sent.note(receipt) }
        try await sent.answer(.accepted(providerID: "biz1"))
        if !isEarly { try await sent.note(receipt) }
        try await sent.note(receipt)
        #expect(try await sent.desk.texts(Self.withdrawals) == ["lin sms marketing provider"])
        #expect(try sent.desk.broken() == [])
    }

    @Test("A receipt that comes again says it too, once, also before the answer", arguments: [true, false])
    func repeatedReceipt(isEarly: Bool) async throws {
        let sent = try await ReceiptTests.Sent()
        let first = ReceiptTests.receipt(.undelivered, id: "biz1", address: "13800000001")
        var second = first
        second.suppression = .optOut
        if isEarly { try await sent.note(first, second) }
        try await sent.answer(.accepted(providerID: "biz1"))
        if !isEarly { try await sent.note(first, second) }
        #expect(try await sent.desk.texts(Self.withdrawals) == ["lin sms marketing provider"])
        try await sent.desk.sql("DELETE FROM consents WHERE state = 'withdrawn'; DELETE FROM address_suppressions")
        try await sent.note(second)
        #expect(try await sent.desk.texts(Self.withdrawals) == [], "the same report again is old news")
    }

    @Test("Who moved away is meant where nobody has the number now; where somebody has, it is theirs")
    func moved() async throws {
        for successor in [nil, "neu"] {
            let sent = try await ReceiptTests.Sent()
            try await sent.answer(.accepted(providerID: "biz1"))
            try await sent.desk.move("lin", to: "13900000009", at: "2026-03-10 11:01")
            if let successor {
                let now = try sent.desk.world.instant("2026-03-10 11:01")
                try await sent.desk.store.writer.write { db in
                    var rows = RowWriter(db, origin: .world(now: now))
                    _ = try rows.write(member: MemberRow(id: successor, phone: "13800000001"))
                }
            }
            try await sent.note(ReceiptTests.receipt(.undelivered, reference: sent.reference, suppression: .optOut))
            #expect(
                try await sent.desk.texts(Self.withdrawals) == ["\(successor ?? "lin") sms marketing provider"])
            #expect(try sent.desk.broken() == [])
        }
    }

    @Test("Everyone who has the address said it, as with a reply")
    func everyone() async throws {
        let desk = try await OutboxDesk(members: OutboxDesk.member() + OutboxDesk.member("wang"))
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .suppressed(code: "21610", reason: .optOut, .phone),
            at: "2026-03-10 11:01")
        #expect(
            try await desk.texts(Self.withdrawals) == ["lin sms marketing provider", "wang sms marketing provider"])
        #expect(try desk.broken() == [])
    }

    @Test("What a member took back at WeChat is the member's own word too, and told again it is nobody else's")
    func revoked() async throws {
        let desk = try await OutboxDesk()
        let source = CallbackSource(channel: "wechat", address: .wechatOpenID)
        let at = try desk.world.instant("2026-03-10 11:05")
        func note() async throws -> CallbackCounts {
            try await desk.store.note([.revoked(Revocation(address: "oLin12345", at: at))], from: source, at: at)
        }
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: at))
            var lin = MemberRow(id: "lin")
            lin.wechatOpenID = "oLin12345"
            _ = try rows.write(member: lin, stating: [.wechatOpenID])
        }
        #expect(try await note().revocations == 1)
        let own = ["lin wechat marketing revoked", "lin wechat service revoked"]
        #expect(try await desk.texts(Self.withdrawals) == own)
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: at))
            var neu = MemberRow(id: "neu", phone: "13700000007")
            neu.wechatOpenID = "oLin12345"
            _ = try rows.write(member: neu)
        }
        _ = try await note()
        #expect(try await desk.texts(Self.withdrawals) == own)
        #expect(try desk.broken() == [])
    }
}
