@testable import Intake
import Kit
import Rules
import Testing

@testable import Store

@Suite("What a consent rests on")
struct ConsentBasisTests {
    private let desk: IntakeDesk

    init() throws {
        desk = try IntakeDesk()
        try desk.addMembers("lin")
    }

    private func rows() throws -> [[String]] {
        try desk.rows("SELECT state, source, text_version, proof, guardian FROM consents ORDER BY at")
    }

    @Test("source, text version, proof and guardian are kept as stated, and a later word leaves them")
    func kept() throws {
        _ = try desk.run(
            .consents,
            """
            member_id,channel,state,at,source,text_version,proof,guardian
            lin,sms,granted,2026-01-01 10:00,till,2026-01,form 22,true
            lin,sms,withdrawn,2026-01-02 10:00,call,,,
            lin,sms,granted,2026-01-03 10:00,,2026-02,,

            """)
        #expect(
            try rows() == [
                ["granted", "till", "2026-01", "form 22", "1"], ["withdrawn", "call", "-", "-", "0"],
                ["granted", "-", "2026-02", "-", "0"],
            ])
    }

    @Test("a row that is repeated without them keeps them, and with other ones changes them")
    func repeated() throws {
        let head = "member_id,channel,state,at,text_version,proof,guardian\n"
        let row = "lin,sms,granted,2026-01-01 10:00,2026-01,form 22,true\n"
        _ = try desk.run(.consents, head + row)
        #expect(try desk.run(.consents, head + row).unchanged == 1)
        let bare = try desk.run(.consents, "member_id,channel,state,at\nlin,sms,granted,2026-01-01 10:00\n")
        #expect(bare.unchanged == 1)
        #expect(try rows() == [["granted", "-", "2026-01", "form 22", "1"]])
        _ = try desk.run(.consents, head + row.replacing("form 22", with: "form 23"))
        #expect(try rows() == [["granted", "-", "2026-01", "form 23", "1"]])
    }

    @Test(
        "no proof is what says that there is none",
        arguments: [
            "-", "--", "。", "／", "无", "未填写", "没有", "待补", "0", "00", "Ｎ／Ａ", "n/a", "NULL", "Null", "none", "否", "No",
            "false", "\u{200B}",
        ])
    func nothing(word: String) throws {
        #expect(!ProofText.isOne(word))
        _ = try desk.run(.consents, "member_id,channel,state,proof\nlin,sms,granted,\(word)\n")
        #expect(try rows() == [["granted", "-", "-", "-", "0"]])
    }

    @Test("a proof is whatever else is said", arguments: ["表单 2231", "1", "call of 3 May", "是", "无纸化表单", "no. 12"])
    func something(word: String) { #expect(ProofText.isOne(word)) }

    @Test("the headers may be Chinese")
    func chinese() throws {
        _ = try desk.run(.consents, "会员号,渠道,状态,协议版本,凭证,监护人\nlin,短信,同意,2026-01,表单 22,是\n")
        #expect(try rows() == [["granted", "-", "2026-01", "表单 22", "1"]])
    }
}

/// A grant that nothing proves, on a channel with `double_opt_in`.
@Suite("Grants that wait for their confirmation")
struct ConsentRequestTests {
    private let desk: IntakeDesk

    init() throws {
        desk = try IntakeDesk()
        _ = try desk.run(.members, "id,email\nlin,lin@example.com\nzbo,\n", name: "members.csv")
        desk.options.channels = [
            ChannelDeclaration(id: "email", address: .email, doubleOptIn: true),
            ChannelDeclaration(id: "sms", address: .phone),
        ]
    }

    @discardableResult private func list(_ rows: String...) throws -> ImportSummary {
        try desk.run(.consents, "member_id,channel,state,at,proof\n" + rows.joined(separator: "\n") + "\n")
    }

    private func counts() throws -> [[String]] {
        try desk.rows(
            """
            SELECT (SELECT COUNT(*) FROM consents), (SELECT COUNT(*) FROM consent_requests),
              (SELECT COUNT(*) FROM events WHERE name = 'consent.requested')
            """)
    }

    @Test(
        "only a grant of marketing without a proof waits, on that channel alone",
        arguments: [
            ("lin,email,granted,,", ["0", "1", "1"]), ("lin,email,granted,,form 22", ["1", "0", "0"]),
            ("lin,sms,granted,,", ["1", "0", "0"]), ("zbo,email,granted,,", ["0", "1", "1"]),
        ])
    func which(row: String, expected: [String]) throws {
        try list(row)
        #expect(try counts() == [expected])
    }

    @Test("a withdrawal and a consent to service never wait")
    func others() throws {
        _ = try desk.run(
            .consents, "member_id,channel,state,purpose\nlin,email,withdrawn,marketing\nlin,email,granted,service\n")
        #expect(try counts().first?[1] == "0")
    }

    @Test("a yes for all channels, or for an address alone, is refused with the reason", arguments: ["*", "email"])
    func tooWide(channel: String) throws {
        let summary = try desk.run(
            .consents,
            "address,member_id,channel,state\nlin@example.com,\(channel == "*" ? "lin" : ""),\(channel),granted\n")
        #expect(summary.rejected == 1)
        #expect(try counts() == [["0", "0", "0"]])
        #expect(Rejection.needsProof("email").sentence(in: .english).contains("`email` has double_opt_in"))
    }

    @Test("the same list again asks nobody twice, and a later yes asks again once the first is over")
    func again() throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        #expect(try list("lin,email,granted,2026-03-01 10:00,").unchanged == 1)
        try list("lin,email,granted,2026-03-09 10:00,")
        #expect(try counts() == [["0", "1", "1"]], "the first is open")
        desk.options.now = IntakeDesk.now.adding(micros: 7 * 86_400_000_000)
        #expect(try list("lin,email,granted,2026-03-01 10:00,", "lin,email,granted,,").unchanged == 2)
        #expect(try counts() == [["0", "1", "1"]])
        try list("lin,email,granted,2026-03-17 10:00,")
        #expect(try counts() == [["0", "2", "2"]])
    }

    @Test("a no stands against a yes without a date, and against an earlier one")
    func refused() throws {
        try list("lin,email,withdrawn,2026-03-05 10:00,")
        for row in [
            "lin,email,granted,,", "lin,email,granted,2026-03-05 10:00,", "lin,email,granted,2026-03-04 10:00,",
        ] {
            try list(row)
        }
        #expect(try counts().first?[1] == "0")
        try list("lin,email,granted,2026-03-06 10:00,")
        #expect(try counts().first?[1] == "1")
    }

    @Test("nobody is asked for what holds already")
    func held() throws {
        try list("lin,email,granted,2026-03-05 10:00,form 22")
        try list("lin,email,granted,2026-03-06 10:00,")
        #expect(try counts().first?[1] == "0")
    }

    @Test("what is asked for counts as no consent")
    func nothing() throws {
        try list("lin,email,granted,,")
        #expect(try desk.contact("lin", "email", .email).consent == nil)
    }

    // MARK: confirming

    private static let hour: Int64 = 3_600_000_000

    private func confirm(after micros: Int64) async throws -> ConsentRequest.LinkStanding {
        let request = try #require(try await desk.store.consentRequest(1))
        return try await desk.store.confirm(request, .email, at: IntakeDesk.now.adding(micros: micros))
    }

    @Test(
        "the link writes the grant with its proof, within seven days, and once",
        arguments: [(1, true), (7 * 24 - 1, true), (7 * 24, false)])
    func days(hours: Int, isInTime: Bool) async throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        let micros = Int64(hours) * Self.hour
        #expect(try await confirm(after: micros) == (isInTime ? .confirmed : .over))
        #expect(try await confirm(after: micros + 1) == (isInTime ? .confirmed : .over))
        let rows = try desk.rows("SELECT state, source, proof LIKE 'link of request 1, asked %' FROM consents")
        #expect(rows == (isInTime ? [["granted", "link", "1"]] : []))
        let now = IntakeDesk.now.adding(micros: micros + Self.hour)
        #expect(try desk.contact("lin", "email", .email, at: now).consent == (isInTime ? "granted" : nil))
        let told = try desk.rows("SELECT COUNT(*) FROM events WHERE name = 'consent.confirmed'")
        #expect(told == [[isInTime ? "1" : "0"]])
    }

    @Test("an old link lifts no later no", arguments: ["lin,email,withdrawn,,", "lin,*,withdrawn,2026-03-10 11:00,"])
    func laterNo(no: String) async throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        try list(no)
        #expect(try await confirm(after: Self.hour) == .over)
        #expect(try desk.rows("SELECT COUNT(*) FROM consents WHERE state = 'granted'") == [["0"]])
    }

    @Test("a no of the address ends the request, too")
    func noOfAddress() async throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        _ = try desk.run(.suppressions, "address,channel\nlin@example.com,email\n")
        #expect(try await confirm(after: Self.hour) == .over)
    }

    @Test("who reads an old address confirms nothing for a new one")
    func otherAddress() async throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        _ = try desk.run(.members, "id,email\nlin,new@example.com\n", name: "members.csv")
        #expect(try await confirm(after: Self.hour) == .over)
        try list("lin,email,granted,2026-03-01 10:00,")
        #expect(try counts() == [["0", "2", "2"]], "the new address is asked")
    }

    // MARK: after it was confirmed

    /// What the gates read two hours on.
    private func word(of member: String = "lin") throws -> String? {
        try desk.contact(member, "email", .email, at: IntakeDesk.now.adding(micros: 2 * Self.hour)).consent
    }

    private func move(_ member: String, to email: String) throws {
        _ = try desk.run(.members, "id,email\n\(member),\(email)\n", name: "members.csv")
    }

    @Test("a confirmed yes counts at its own address alone, until the new one is confirmed, and there again")
    func confirmedAddress() async throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        #expect(try await confirm(after: Self.hour) == .confirmed)
        try move("lin", to: "lin@example.com")
        #expect(try word() == "granted")
        try move("lin", to: "new@example.com")
        #expect(try word() == nil)
        #expect(try await confirm(after: Self.hour + 1) == .over, "the page does not say that it is confirmed")
        try list("lin,email,granted,2026-03-01 10:00,")
        #expect(try counts().first?[1] == "2", "the new address is asked")
        try move("lin", to: "lin@example.com")
        #expect(try word() == "granted")
        let kept = try desk.rows("SELECT state, source, proof LIKE 'link of request 1, asked %' FROM consents")
        #expect(kept == [["granted", "link", "1"]])
    }

    @Test("a row that changes no address does not ask for them", arguments: [(nil, false), ("new@example.com", true)])
    func asked(email: String?, isAsked: Bool) async throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        let recorder = TracedStatements()
        try await desk.store.writer.write { db in
            db.trace { recorder.record($0, $1) }
            var rows = RowWriter(db, origin: .world(now: IntakeDesk.now))
            let row = MemberRow(id: "lin", email: email, city: "杭州")
            _ = try rows.write(member: row, stating: email == nil ? [.city] : [.city, .email])
            db.trace(nil)
        }
        #expect(recorder.statements.keys.contains { $0.contains("confirmed_at IS NOT NULL") } == isAsked)
    }

    @Test("nor does another member hear of it who has the address later")
    func sharedAddress() async throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        #expect(try await confirm(after: Self.hour) == .confirmed)
        try move("zbo", to: "new@example.com")
        try move("lin", to: "new@example.com")
        #expect(try word() == nil)
        #expect(try word(of: "zbo") == nil)
        #expect(try desk.rows("SELECT member FROM address_consents") == [])
    }

    @Test("a yes of a proof counts at every address")
    func proven() async throws {
        try list("lin,email,granted,2026-03-01 10:00,form 22")
        try move("lin", to: "new@example.com")
        #expect(try word() == "granted")
    }

    @Test(
        "in a merge it goes with its address",
        arguments: [("", "granted"), ("zbo@example.com", nil)] as [(String, String?)])
    func merged(own: String, expected: String?) async throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        #expect(try await confirm(after: Self.hour) == .confirmed)
        if !own.isEmpty { try move("zbo", to: own) }
        _ = try desk.store.merge(
            "lin", into: "zbo", reason: "one person", by: "wang", isTrial: false,
            at: IntakeDesk.now.adding(micros: Self.hour + 1))
        #expect(try word(of: "zbo") == expected)
    }

    @Test("the page of a link says no longer that it is confirmed once it was withdrawn")
    func withdrawnAfterwards() async throws {
        try list("lin,email,granted,2026-03-01 10:00,")
        #expect(try await confirm(after: Self.hour) == .confirmed)
        #expect(try await confirm(after: Self.hour + 1) == .confirmed)
        desk.options.now = IntakeDesk.now.adding(micros: Self.hour + 2)
        try list("lin,email,withdrawn,,")
        #expect(try await confirm(after: Self.hour + 3) == .over)
        #expect(try word() == "withdrawn")
    }
}
