import Kit
import Policies
import Rules
import Testing

@testable import Store

@Suite("What mails say of mails")
struct MailReportTests {
    private static let source = CallbackSource(channel: "mail", address: .email)
    private static let rule = """
          - {id: thanks, name: 谢谢, status: live, owner: crm, purpose: marketing, when: {event: {name: order.paid, after: 1h}},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
        """

    /// One mail that its server took.
    private func sent(rules: String = Self.rule) async throws -> ReceiptTests.Sent {
        let sent = try await ReceiptTests.Sent(rules: rules)
        try await sent.answer(.accepted(providerID: nil))
        try await sent.desk.sql(
            "UPDATE deliveries SET channel = 'mail', address = 'lin@example.com';"
                + "UPDATE members SET email = 'lin@example.com' WHERE id = 'lin'")
        return sent
    }

    private func note(
        _ sent: ReceiptTests.Sent, _ meaning: MailReport.Meaning, to address: String? = "lin@example.com",
        reference: String? = nil
    ) async throws -> [String] {
        let report = MailReport(reference: reference ?? sent.reference, address: address, meaning: meaning)
        let counts = try await sent.desk.store.note(
            mail: [report], from: Self.source, at: try sent.desk.world.instant("2026-03-10 11:05"))
        return counts.words.map { "\($0.name) \($0.count)" }
    }

    private func standing(_ sent: ReceiptTests.Sent) async throws -> [String] {
        try await sent.desk.texts(
            """
            SELECT channel || ' ' || reason FROM address_suppressions
            UNION ALL SELECT member || ' ' || channel || ' ' || source FROM consents WHERE state = 'withdrawn'
            """)
    }

    @Test("An address at which nothing arrives gets nothing more; told again, nothing changes")
    func bounce() async throws {
        let sent = try await sent()
        let failed = MailReport.Meaning.failed(code: "5.1.1", isBounce: true)
        #expect(try await note(sent, failed) == ["linked 1", "undelivered 1"])
        #expect(try await note(sent, failed) == ["repeated 1"])
        #expect(try await sent.desk.states() == ["mail undelivered"])
        #expect(try await standing(sent) == ["mail bounce"])
    }

    @Test("A mail that failed for another reason ends alone, and one that is delayed goes on")
    func failed() async throws {
        let sent = try await sent()
        #expect(try await note(sent, .delayed(code: "4.4.1")) == ["delays 1"])
        #expect(try await sent.desk.states() == ["mail accepted"])
        #expect(
            try await note(sent, .failed(code: "4.4.7", isBounce: false), to: nil) == ["linked 1", "undelivered 1"])
        #expect(try await sent.desk.states() == ["mail undelivered"])
        #expect(try await standing(sent) == [])
    }

    @Test("Whoever calls it spam gets nothing more there, has withdrawn, and has the mail all the same")
    func complaint() async throws {
        let sent = try await sent()
        #expect(try await note(sent, .complaint, to: nil) == ["complaints 1"])
        #expect(try await note(sent, .complaint, to: nil) == ["repeated 1"])
        #expect(try await sent.desk.states() == ["mail accepted"])
        #expect(try await standing(sent) == ["mail complaint", "lin mail provider"])
    }

    @Test("A mail that somebody complained of falls back to nothing, whichever of the two reports came first")
    func complaintEndsFallback() async throws {
        let source = CallbackSource(
            channel: "mail", address: .email, terms: ReceiptTerms(deliveryWait: Span(10, .minutes)))
        let failed = MailReport.Meaning.failed(code: "5.0.0", isBounce: false)
        let cases: [(meanings: [MailReport.Meaning], states: [String])] = [
            ([failed], ["mail undelivered", "wechat pending"]), ([.complaint, failed], ["mail undelivered"]),
            ([failed, .complaint], ["mail undelivered", "wechat cancelled"]),
        ]
        for (meanings, states) in cases {
            let sent = try await sent(rules: ReceiptTests.twoChannels)
            for meaning in meanings {
                let report = MailReport(reference: sent.reference, address: nil, meaning: meaning)
                _ = try await sent.desk.store.note(
                    mail: [report], from: source, at: try sent.desk.world.instant("2026-03-10 11:05"))
            }
            #expect(try await sent.desk.states() == states)
        }
    }

    @Test("An address that a second report calls gone gets nothing more, though the first one did not say so")
    func laterBounce() async throws {
        let sent = try await sent()
        _ = try await note(sent, .failed(code: "5.0.0", isBounce: false))
        #expect(try await standing(sent) == [])
        #expect(try await note(sent, .failed(code: "5.1.1", isBounce: true)) == ["repeated 1"])
        #expect(try await standing(sent) == ["mail bounce"])
    }

    @Test("A forged report changes nothing and leaves no row")
    func forged() async throws {
        let sent = try await sent()
        let failed = MailReport.Meaning.failed(code: "5.1.1", isBounce: true)
        for reference in ["nd1-2-3", "", "' OR 1"] {
            #expect(try await note(sent, failed, reference: reference) == ["unknown_reports 1"])
        }
        for address in ["wang@example.com", "no address", ""] {
            #expect(try await note(sent, failed, to: address) == ["unknown_reports 1"])
            #expect(try await note(sent, .complaint, to: address) == ["unknown_reports 1"])
        }
        let elsewhere = try await sent.desk.store.note(
            mail: [MailReport(reference: sent.reference, address: nil, meaning: .complaint)],
            from: CallbackSource(channel: "other", address: .email), at: .now)
        #expect(elsewhere.unknownReports == 1)
        #expect(try await sent.desk.states() == ["mail accepted"])
        #expect(try await standing(sent) == [])
        #expect(try await sent.desk.texts("SELECT status FROM receipts") == [])
    }

    @Test("The recipient may be written in other capitals")
    func capitals() async throws {
        let sent = try await sent()
        #expect(
            try await note(sent, .failed(code: "5.1.1", isBounce: true), to: "Lin@Example.COM")
                == ["linked 1", "undelivered 1"])
    }
}
