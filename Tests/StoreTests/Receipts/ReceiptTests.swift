import Kit
import Foundation
import Policies
import Review
import Rules
import Testing

@testable import Store

@Suite("Receipts")
struct ReceiptTests {
    static let source = CallbackSource(channel: "sms", address: .phone)

    /// One message on its way.
    struct Sent {
        let desk: OutboxDesk
        let intents: [Intent]
        var reference: String { intents[0].reference }

        init(rules: String = OutboxDesk.rule, settings: String = "version: 1") async throws {
            desk = try await OutboxDesk(settings: settings, rules: rules)
            intents = try await desk.depart(at: "2026-03-10 11:00")
        }

        func answer(
            _ outcome: AttemptResult.Outcome, at time: String = "2026-03-10 11:00:02",
            terms: ReceiptTerms = ReceiptTerms()
        )
            async throws
        {
            let results = intents.map { AttemptResult(delivery: $0.delivery, attempt: $0.attempt, outcome: outcome) }
            try await desk.store.finish(results, at: try desk.world.instant(time), terms: terms)
        }

        @discardableResult
        func note(
            _ receipts: Receipt..., from source: CallbackSource = ReceiptTests.source,
            at time: String = "2026-03-10 11:01"
        ) async throws -> CallbackCounts {
            try await desk.store.note(
                receipts.map(CallbackEvent.receipt), from: source, at: try desk.world.instant(time))
        }

        func receipts() async throws -> [String] {
            try await desk.store.writer.read {
                try
                    ($0.values(
                        "SELECT status || ' ' || COALESCE(delivery, '-') || ' ' || flagged FROM receipts ORDER BY seq")
                    as [String])
            }
        }
    }

    static func receipt(
        _ status: Receipt.Status, reference: String? = nil, id: String? = nil, address: String? = nil, part: Int = 1,
        suppression: SuppressionRow.Reason? = nil
    ) -> Receipt {
        Receipt(
            reference: reference, providerID: id, address: address, part: part, status: status, code: "DELIVRD",
            suppression: suppression, at: Instant(rfc3339: "2026-03-10T11:00:30+08:00") ?? .distantPast)
    }

    @Test("A delivery shows its receipts in the order in which they came, and its codes in words, in both languages")
    func shown() async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        try await sent.note(ReceiptTests.receipt(.sent, reference: sent.reference))
        try await sent.note(ReceiptTests.receipt(.delivered, reference: sent.reference, part: 2))
        try await sent.note(ReceiptTests.receipt(.undelivered, reference: sent.reference))
        let detail = try #require(try sent.desk.store.delivery("1"))
        #expect(detail.receipts.map(\.status) == ["sent", "delivered", "undelivered"])
        #expect(detail.receipts.map(\.part) == [1, 2, 1])
        #expect(detail.receipts.map(\.isContradicting) == [false, false, true])
        let words = DeliveryWording(
            speech: Speech(language: .english, zone: .utc), adapters: ["sms": "aliyun-sms"])
        let page = words.page(detail)
        #expect(
            page.contains(
                "receipt: 2026-03-10T03:00:30+00:00  delivered of part 2  DELIVRD (the provider's code, see docs/channels/aliyun-sms.md)"
            ), "\(page)")
        #expect(page.contains("contradicts the state"))
        #expect(words.json(detail).rendered.contains(#""status":"undelivered","code":"DELIVRD""#))
        let chinese = DeliveryWording(speech: Speech(language: .chinese, zone: .utc)).page(detail)
        #expect(chinese.contains("delivered (已送达)") && chinese.contains("服务商的代码"))
    }

    @Test(
        "A receipt with our reference ends the delivery, whatever number form it brings",
        arguments: [
            "+8613800000001", "13800000001", nil,
        ])
    func byReference(address: String?) async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        let counts = try await sent.note(
            ReceiptTests.receipt(.delivered, reference: sent.reference, id: "biz1", address: address))
        #expect(counts.linked == 1 && counts.delivered == 1)
        #expect(try await sent.desk.states() == ["sms delivered"])
        #expect(try await sent.receipts() == ["delivered 1 0"])
        #expect(try await sent.desk.causes().last == "receipt")
        #expect(try sent.desk.broken() == [])
    }

    @Test("A provider's id joins alone, and only with the number that the message went to")
    func byProvider() async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        var counts = try await sent.note(
            ReceiptTests.receipt(.undelivered, id: "biz1", address: "13900000009"),
            ReceiptTests.receipt(.undelivered, id: "biz2", address: "13800000001"))
        #expect(counts.waiting == 2)
        #expect(try await sent.desk.states() == ["sms accepted"])
        counts = try await sent.note(ReceiptTests.receipt(.delivered, id: "biz1", address: "+8613800000001"))
        #expect(counts.delivered == 1)
        #expect(try await sent.desk.states() == ["sms delivered"])
        #expect(try sent.desk.broken() == [])
    }

    @Test("Messages that left in one call share the provider's id: a receipt belongs to the one with its number")
    func ofOneCall() async throws {
        let members = (1...3).map { number in
            """
              m\(number): {display_name: 林小姐, phone: "1380000000\(number)", consent: {sms: granted},
                orders: [{id: o\(number), paid_at: "2026-03-10 10:00", total: 10}]}

            """
        }.joined()
        let desk = try await OutboxDesk(members: members)
        let intents = try await desk.depart(at: "2026-03-10 11:00")
        try #require(intents.count == 3)
        // The report of one is there before the answer to their call.
        let early = ReceiptTests.receipt(.delivered, id: "biz1", address: "13800000003")
        func note(_ receipts: Receipt...) async throws -> CallbackCounts {
            try await desk.store.note(
                receipts.map(CallbackEvent.receipt), from: ReceiptTests.source,
                at: try desk.world.instant("2026-03-10 11:01"))
        }
        #expect(try await note(early).waiting == 1)
        try await desk.finish(intents, .accepted(providerID: "biz1"), at: "2026-03-10 11:00:02")
        func state(_ number: Int) async throws -> String? {
            try await desk.store.writer.read {
                try $0.value("SELECT state FROM deliveries WHERE address LIKE ?", ["%1380000000\(number)"])
            }
        }
        #expect(try await state(3) == "delivered")
        #expect(try await note(ReceiptTests.receipt(.undelivered, id: "biz1", address: "13800000002")).undelivered == 1)
        #expect(try await state(1) == "accepted")
        #expect(try await state(2) == "undelivered")
        // Neither a report without a number nor one of a number that was erased is that of whoever is left.
        try await desk.sql("UPDATE deliveries SET address = NULL WHERE address LIKE '%13800000001'")
        let counts = try await note(
            ReceiptTests.receipt(.undelivered, id: "biz1"),
            ReceiptTests.receipt(.delivered, id: "biz1", address: "13800000009"))
        #expect(counts.waiting == 2)
        #expect(try await desk.states().sorted() == ["sms accepted", "sms delivered", "sms undelivered"])
    }

    @Test("A receipt that comes before the answer stands; the answer is written all the same")
    func beforeTheAnswer() async throws {
        let sent = try await Sent()
        try await sent.note(ReceiptTests.receipt(.delivered, reference: sent.reference))
        #expect(try await sent.desk.states() == ["sms delivered"])
        try await sent.answer(.accepted(providerID: "biz1"))
        #expect(try await sent.desk.states() == ["sms delivered"])
        #expect(try sent.desk.broken() == [])
    }

    @Test(
        "One that names an id nobody knows yet waits for the answer that brings it",
        arguments: [
            nil, "13800000001",
        ])
    func early(address: String?) async throws {
        let sent = try await Sent()
        var counts = try await sent.note(
            ReceiptTests.receipt(.sent, id: "biz1", address: address),
            ReceiptTests.receipt(.undelivered, id: "biz1", address: address, suppression: .bounce))
        #expect(counts.waiting == 2)
        #expect(try await sent.receipts() == ["sent - 0", "undelivered - 0"])
        #expect(try sent.desk.broken(atRest: false) == [])
        try await sent.answer(.accepted(providerID: "biz1"))
        #expect(try await sent.desk.states() == ["sms undelivered"])
        #expect(try await sent.receipts() == ["sent 1 0", "undelivered 1 0"])
        let suppressed = try await sent.desk.store.writer.read {
            try ($0.value("SELECT reason FROM address_suppressions WHERE channel = 'sms'") as String?)
        }
        #expect(suppressed == "bounce")
        counts = try await sent.note(ReceiptTests.receipt(.undelivered, id: "biz1", address: address))
        #expect(counts.repeated == 1)
        #expect(try sent.desk.broken() == [])
    }

    @Test("An early receipt for another number is not joined by the answer")
    func earlyForAnother() async throws {
        let sent = try await Sent()
        try await sent.note(ReceiptTests.receipt(.undelivered, id: "biz1", address: "13900000009"))
        try await sent.answer(.accepted(providerID: "biz1"))
        #expect(try await sent.desk.states() == ["sms accepted"])
        #expect(try await sent.receipts() == ["undelivered - 0"])
        #expect(try sent.desk.broken() == [])
    }

    @Test("The same receipt again does nothing; in one callback as in two")
    func duplicate() async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        let receipt = ReceiptTests.receipt(.delivered, reference: sent.reference)
        #expect(try await sent.note(receipt, receipt).repeated == 1)
        #expect(try await sent.note(receipt, at: "2026-03-10 11:06").repeated == 1)
        #expect(try await sent.receipts() == ["delivered 1 0"])
        #expect(try await sent.desk.causes().count { $0 == "receipt" } == 1)
        #expect(try sent.desk.broken() == [])
    }

    @Test(
        "Of two that contradict each other the first wins, and the other is kept and flagged",
        arguments: [
            (Receipt.Status.delivered, Receipt.Status.undelivered), (.undelivered, .delivered),
        ])
    func contradicting(first: Receipt.Status, second: Receipt.Status) async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        try await sent.note(ReceiptTests.receipt(first, reference: sent.reference))
        let counts = try await sent.note(
            ReceiptTests.receipt(second, reference: sent.reference),
            ReceiptTests.receipt(second, reference: sent.reference, part: 2),
            ReceiptTests.receipt(.sent, reference: sent.reference))
        #expect(counts.contradicting == 2 && counts.linked == 1)
        #expect(try await sent.desk.states() == ["sms \(first.rawValue)"])
        #expect(
            try await sent.receipts() == [
                "\(first.rawValue) 1 0", "\(second.rawValue) 1 1", "\(second.rawValue) 1 1", "sent 1 0",
            ])
        #expect(try sent.desk.broken() == [])
    }

    @Test("An unclear try is cleared up by its receipt; after 72 hours it is closed, and a receipt changes nothing")
    func late() async throws {
        let sent = try await Sent()
        try await sent.answer(.unknown(code: "timeout"))
        try await sent.note(ReceiptTests.receipt(.delivered, reference: sent.reference), at: "2026-03-12 11:00")
        #expect(try await sent.desk.states() == ["sms delivered"])
        #expect(try sent.desk.broken() == [])

        let closed = try await Sent()
        try await closed.answer(.unknown(code: "timeout"))
        _ = try await closed.desk.store.sweepOutbox(
            at: try closed.desk.world.instant("2026-03-13 11:01"), maxResends: 1)
        let counts = try await closed.note(
            ReceiptTests.receipt(.delivered, reference: closed.reference), at: "2026-03-13 12:00")
        #expect(counts.contradicting == 1)
        #expect(try await closed.desk.states() == ["sms unknown_closed"])
        #expect(try closed.desk.broken(at: "2026-03-13 12:00") == [])
    }

    @Test("A message that arrived is not repeated: its receipt ends the wait for the second try")
    func noRepetition() async throws {
        let sent = try await Sent(
            settings: "version: 1\non_unknown: {marketing: resend, service: hold, max_resends: 1}")
        try await sent.answer(.unknown(code: "timeout"))
        _ = try await sent.desk.store.sweepOutbox(
            at: try sent.desk.world.instant("2026-03-10 11:11"), maxResends: 1)
        #expect(try await sent.desk.states() == ["sms pending"])
        try await sent.note(ReceiptTests.receipt(.delivered, reference: sent.reference), at: "2026-03-10 11:12")
        #expect(try await sent.desk.states() == ["sms delivered"])
        #expect(try await sent.desk.depart(at: "2026-03-10 11:13").isEmpty)
        #expect(try sent.desk.broken() == [])
    }

    @Test("That an earlier attempt did not arrive says nothing of the one under way")
    func earlierAttempt() async throws {
        let sent = try await Sent()
        try await sent.answer(.notSent(code: "busy", retryAt: Instant(seconds: 0), counts: true))
        let second = try await sent.desk.depart(at: "2026-03-10 11:01")
        try await sent.desk.finish(second, .accepted(providerID: "biz2"), at: "2026-03-10 11:01:01")
        let counts = try await sent.note(ReceiptTests.receipt(.undelivered, reference: sent.reference))
        #expect(counts.contradicting == 1)
        #expect(try await sent.desk.states() == ["sms accepted"])
        try await sent.note(ReceiptTests.receipt(.delivered, reference: second[0].reference))
        #expect(try await sent.desk.states() == ["sms delivered"])
        #expect(try sent.desk.broken() == [])
    }

    @Test("Another channel's callback, a made-up reference and an empty receipt change nothing")
    func forged() async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        let other = CallbackSource(channel: "wechat", address: .wechatOpenID)
        #expect(
            try await sent.note(ReceiptTests.receipt(.undelivered, reference: sent.reference), from: other).waiting == 1
        )
        #expect(try await sent.note(ReceiptTests.receipt(.undelivered, id: "biz1"), from: other).waiting == 1)
        let counts = try await sent.note(
            ReceiptTests.receipt(.undelivered, reference: "nd1-abc-1", suppression: .bounce),
            ReceiptTests.receipt(.undelivered, reference: "their order 77"),
            ReceiptTests.receipt(.undelivered, reference: sent.reference, address: "13900000009"),
            ReceiptTests.receipt(.undelivered))
        #expect(counts.waiting == 2 && counts.dropped == 2)
        #expect(try await sent.desk.states() == ["sms accepted"])
        let suppressed = try await sent.desk.store.writer.read {
            try ($0.value("SELECT COUNT(*) FROM address_suppressions") as Int?)
        }
        #expect(suppressed == 0)
        #expect(try sent.desk.broken() == [])
    }

    @Test("A forged receipt does not keep the true one of the same reference from being read")
    func forgedFirst() async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        try await sent.note(
            ReceiptTests.receipt(.delivered, reference: sent.reference, address: "13900000009"))
        try await sent.note(
            ReceiptTests.receipt(.delivered, reference: sent.reference, address: "13800000001"))
        #expect(try await sent.desk.states() == ["sms delivered"])
        #expect(try sent.desk.broken() == [])
    }

    @Test("What nothing was found for is dropped after 72 hours, and `verify` asks for it")
    func orphans() async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        try await sent.note(ReceiptTests.receipt(.delivered, id: "biz9"))
        #expect(try sent.desk.broken(at: "2026-03-13 13:00").count == 1)
        let store = sent.desk.store
        _ = try await store.sweepOutbox(at: try sent.desk.world.instant("2026-03-13 11:00"), maxResends: 1)
        #expect(try await sent.receipts() == ["delivered - 0"])
        _ = try await store.sweepOutbox(at: try sent.desk.world.instant("2026-03-13 11:01"), maxResends: 1)
        #expect(try await sent.receipts() == [])
        #expect(try sent.desk.broken(at: "2026-03-13 13:00") == [])
    }

    @Test(
        "`verify` finds a receipt that disagrees with its delivery",
        arguments: [
            "UPDATE receipts SET status = 'undelivered'", "UPDATE receipts SET channel = 'wechat'",
        ])
    func disagreement(damage: String) async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        try await sent.note(ReceiptTests.receipt(.delivered, reference: sent.reference))
        try await sent.desk.sql(damage)
        let broken = try sent.desk.broken()
        #expect(broken.count == 1 && broken[0].hasPrefix("I16"))
    }

    static let twoChannels = OutboxDesk.rule.replacing(
        "[{sms: {template: hello}}]", with: "[{sms: {template: hello}}, {wechat: {template: hello_wx}}]")

    @Test(
        "Undelivered within the wait falls back to the next entry of `try`, later or without a wait it does not",
        arguments: [
            (Span(10, .minutes), "2026-03-10 11:10", true), (Span(10, .minutes), "2026-03-10 11:10:01", false),
            (Span(1, .days), "2026-03-10 12:00", true), (nil, "2026-03-10 11:01", false),
        ] as [(Span?, String, Bool)])
    func fallback(wait: Span?, time: String, falls: Bool) async throws {
        let sent = try await Sent(rules: ReceiptTests.twoChannels)
        try await sent.answer(.accepted(providerID: "biz1"))
        let source = CallbackSource(channel: "sms", address: .phone, terms: ReceiptTerms(deliveryWait: wait))
        let receipt = ReceiptTests.receipt(.undelivered, reference: sent.reference)
        let counts = try await sent.note(receipt, receipt, from: source, at: time)
        #expect(counts.undelivered == 1 && counts.repeated == 1)
        #expect(try await sent.desk.states() == ["sms undelivered"] + (falls ? ["wechat pending"] : []))
        #expect(try sent.desk.broken(atRest: false) == [])
    }

    @Test("So does an early one, when the answer comes; an unclear try never does")
    func earlyFallback() async throws {
        let sent = try await Sent(rules: ReceiptTests.twoChannels)
        try await sent.note(ReceiptTests.receipt(.undelivered, id: "biz1"))
        try await sent.answer(.accepted(providerID: "biz1"), terms: ReceiptTerms(deliveryWait: Span(10, .minutes)))
        #expect(try await sent.desk.states() == ["sms undelivered", "wechat pending"])
        #expect(try await sent.desk.depart(at: "2026-03-10 11:02").map(\.channel) == ["wechat"])

        let unclear = try await Sent(rules: ReceiptTests.twoChannels)
        try await unclear.answer(.unknown(code: "timeout"))
        let source = CallbackSource(
            channel: "sms", address: .phone, terms: ReceiptTerms(deliveryWait: Span(10, .minutes)))
        try await unclear.note(ReceiptTests.receipt(.undelivered, reference: unclear.reference), from: source)
        #expect(try await unclear.desk.states() == ["sms undelivered"])
        #expect(try unclear.desk.broken() == [])
    }

    @Test("A provider's blacklist ends marketing to the number, once the receipt is one of ours")
    func suppression() async throws {
        let sent = try await Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        try await sent.note(
            ReceiptTests.receipt(.undelivered, reference: sent.reference, suppression: .optOut))
        let withdrawn = try await sent.desk.store.writer.read {
            try ($0.value("SELECT COUNT(*) FROM list_consents WHERE channel = 'sms' AND state = 'withdrawn'") as Int?)
        }
        #expect(withdrawn == 1)
        #expect(try sent.desk.broken() == [])
    }

    @Test("What callbacks said is counted by channel until the counts are taken")
    func meter() async throws {
        let sent = try await Sent()
        let meter = OutboxMeter()
        let now = try sent.desk.world.instant("2026-03-10 11:01")
        for status in [Receipt.Status.delivered, .delivered, .undelivered] {
            _ = try await sent.desk.store.note(
                [.receipt(ReceiptTests.receipt(status, reference: sent.reference))], from: ReceiptTests.source, at: now,
                counting: meter)
        }
        let words = meter.take().callbacks["sms"]?.words.map { "\($0.name)=\($0.count)" }
        #expect(words == ["linked=1", "delivered=1", "contradicting=1", "repeated=1"])
        #expect(meter.take().isEmpty)
    }

    @Test("The table holds no number, no id and no text of a receipt")
    func nothingInTheClear() async throws {
        let sent = try await Sent()
        try await sent.note(ReceiptTests.receipt(.delivered, id: "canary-id", address: "13999999999"))
        let dump = try await sent.desk.store.writer.read { db in
            try db.all("SELECT * FROM receipts").map { "\($0.values)" }.joined()
        }
        #expect(!dump.contains("13999999999") && !dump.contains("canary"))
    }
}
