import Intake
import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

/// A no of either of two members who are one person is the person's.
@Suite("Refusals of merged members")
struct MergedRefusalTests {
    /// `sms+01` is a yes to marketing by SMS on 1 March, `*-02` a no to everything on 2 March.
    struct Said: Sendable, CustomTestStringConvertible {
        var lin: [String]
        var zbo: [String]
        var after: String?
        var testDescription: String { "lin \(lin), zbo \(zbo): \(after ?? "nothing")" }
    }

    private static func silent() async throws -> OutboxDesk {
        try await MergeDesk.desk(
            MergeDesk.person("lin", "13800000001", "") + MergeDesk.person("zbo", "13800000002", ""))
    }

    private static func row(_ text: String, by member: String, in desk: OutboxDesk) throws -> IntakeRow {
        let channel = String(text.prefix { $0 != "+" && $0 != "-" })
        let day = text.suffix(2)
        let row = ConsentRow(
            memberID: member, channel: channel, state: text.contains("+") ? .granted : .withdrawn,
            at: try desk.world.instant("2026-03-\(day) 10:00"), source: "form")
        return .consent(row, of: nil)
    }

    @Test(
        "a no that holds for one of them holds after the merge, whatever the other granted later",
        arguments: [
            Said(lin: ["sms+05"], zbo: ["sms-01"], after: "withdrawn"),
            Said(lin: ["sms-01"], zbo: ["sms+05"], after: "withdrawn"),
            Said(lin: ["sms+05"], zbo: ["*-01"], after: "withdrawn"),
            Said(lin: ["*+05"], zbo: ["sms-01"], after: "withdrawn"),
            Said(lin: ["sms-01", "*+05"], zbo: ["sms-02"], after: "withdrawn"),
            Said(lin: [], zbo: ["sms-01"], after: "withdrawn"), Said(lin: ["sms-01"], zbo: [], after: "withdrawn"),
            Said(lin: ["sms+05"], zbo: ["sms-01", "sms+02"], after: "granted"),
            Said(lin: ["sms+05"], zbo: ["sms+01"], after: "granted"), Said(lin: [], zbo: ["sms+01"], after: "granted"),
            Said(lin: ["sms+05"], zbo: [], after: "granted"),
            Said(lin: ["sms+05"], zbo: ["email-06"], after: "granted"),
            Said(lin: [], zbo: [], after: nil),
        ])
    func stricter(said: Said) async throws {
        let desk = try await Self.silent()
        try desk.write(try said.lin.map { try Self.row($0, by: "lin", in: desk) }, at: "2026-03-09 10:00")
        try desk.write(try said.zbo.map { try Self.row($0, by: "zbo", in: desk) }, at: "2026-03-09 10:00")
        try desk.merge()
        #expect(try desk.consent(at: "2026-03-10 10:31") == said.after)
        #expect(try desk.broken() == [])
        guard said.after == "withdrawn" else { return }
        // An old list lifts it under neither id, and a grant after the merge does.
        for member in ["lin", "zbo"] {
            try desk.write([try Self.row("sms+08", by: member, in: desk)], at: "2026-03-10 10:40")
            try desk.write([try Self.row("*+08", by: member, in: desk)], at: "2026-03-10 10:40")
        }
        #expect(try desk.consent(at: "2026-03-10 10:41") == "withdrawn")
        try desk.write([try Self.row("sms+11", by: "zbo", in: desk)], at: "2026-03-11 10:40")
        #expect(try desk.consent(at: "2026-03-11 10:41") == "granted")
    }

    @Test("a grant of a clock that was ahead does not lift the no of the other")
    func ahead() async throws {
        let desk = try await Self.silent()
        try desk.write([try Self.row("sms+20", by: "lin", in: desk)], at: "2026-03-09 10:00")
        try desk.write([try Self.row("sms-01", by: "zbo", in: desk)], at: "2026-03-09 10:00")
        try desk.merge()
        #expect(try desk.consent(at: "2026-03-21 10:00") == "withdrawn")
    }

    @Test("a no stays with the address that is given up, for whoever has it then")
    func address() async throws {
        let desk = try await Self.silent()
        try desk.write([try Self.row("sms-02", by: "zbo", in: desk)], at: "2026-03-09 10:00")
        #expect(try desk.merge().addressRefusals == 1)
        try desk.write([.member(MemberRow(id: "cai", phone: "13800000002"))], at: "2026-03-10 10:40")
        try desk.write([try Self.row("sms+01", by: "cai", in: desk)], at: "2026-03-10 10:40")
        #expect(try desk.consent(of: "cai", at: "2026-03-10 10:41") == "withdrawn")
        try desk.write([try Self.row("sms+11", by: "cai", in: desk)], at: "2026-03-11 10:40")
        #expect(try desk.consent(of: "cai", at: "2026-03-11 10:41") == "granted")
        #expect(try desk.broken() == [])
    }

    @Test("what a list says of the address that is given up holds for the one that is kept, but a bounce does not")
    func lists() async throws {
        let desk = try await Self.silent()
        let given = try #require(CanonicalAddress(.phone, "13800000002"))
        let kept = try #require(CanonicalAddress(.phone, "13800000001"))
        let at = try desk.world.instant("2026-03-09 10:00")
        try desk.write([try Self.row("sms+08", by: "lin", in: desk)], at: "2026-03-09 10:00")
        try desk.write(
            [
                .suppression(SuppressionRow(address: given, channel: "sms", reason: .optOut, at: at)),
                .suppression(SuppressionRow(address: given, channel: "push", reason: .bounce, at: at)),
            ], at: "2026-03-09 10:00")
        try desk.merge()
        #expect(try desk.consent(at: "2026-03-10 10:31") == "withdrawn")
        let now = try desk.world.instant("2026-03-10 10:31")
        for address in [given, kept] {
            let objections = try desk.store.objections(to: address, on: "sms", purpose: .marketing, at: now)
            #expect(objections.contains { $0.reason == .withdrawn })
        }
        #expect(try desk.store.objections(to: kept, on: "push", purpose: .marketing, at: now).isEmpty)
        #expect(try !desk.store.objections(to: given, on: "push", purpose: .marketing, at: now).isEmpty)
    }

    @Test("a link that went to the duplicate works on and says no for the member")
    func link() async throws {
        let desk = try await MergeDesk.desk()
        let before = try await desk.link(of: "zbo", address: "+8613800000002")
        try desk.merge()
        let link = try #require(try await desk.store.unsubscribeLink(before.row.id))
        // The token in the message is of the row, so it stays the same.
        #expect(link.row == before.row && link.member == "lin" && link.isOfMerged)
        #expect(try desk.consent(at: "2026-03-10 10:31") == "granted")
        let no = ContactChoice(channel: "sms", purpose: .marketing, isWanted: false)
        let at = try desk.world.instant("2026-03-10 10:40")
        #expect(try await desk.store.choose([no], by: link, among: LinkShop.channels, at: at) == 1)
        #expect(try desk.consent(at: "2026-03-10 10:41") == "withdrawn")
        #expect(try await desk.depart(at: "2026-03-10 10:45").isEmpty)
        #expect(try desk.broken() == [])
    }

    @Test("who writes back from the number that was given up says no for the member, as long as nobody else has it")
    func reply() async throws {
        let desk = try await MergeDesk.desk()
        try desk.merge()
        let now = try desk.world.instant("2026-03-10 10:40")
        let reply = Reply(address: "13800000002", text: "R", id: "r1", at: now)
        let counts = try await desk.store.note([.reply(reply)], from: ReceiptTests.source, at: now)
        #expect(counts.optOuts == 1)
        #expect(try desk.consent(at: "2026-03-10 10:41") == "withdrawn")

        let other = try await MergeDesk.desk()
        try other.merge()
        try other.write([.member(MemberRow(id: "cai", phone: "13800000002"))], at: "2026-03-10 10:35")
        _ = try await other.store.note([.reply(reply)], from: ReceiptTests.source, at: now)
        #expect(try other.consent(at: "2026-03-10 10:41") == "granted")
        #expect(try desk.broken() == [] && other.broken() == [])
    }

    @Test("a suppression of the duplicate is the member's, and stays with the address that is given up")
    func suppressed() async throws {
        let desk = try await MergeDesk.desk()
        try await desk.sql(
            "INSERT INTO suppressions (member, channel, reason, at, seq) VALUES ('zbo', 'sms', 'complaint', 1, 1)")
        try desk.merge()
        #expect(try await desk.texts("SELECT member || ' ' || reason FROM suppressions") == ["lin complaint"])
        #expect(try await desk.texts("SELECT channel || ' ' || reason FROM address_suppressions") == ["sms complaint"])
        #expect(try await desk.depart(at: "2026-03-10 10:45").isEmpty)
        #expect(try desk.broken() == [])
    }

    @Test(
        "of the reasons of both the stronger stays, of the member and of the address that is given up",
        arguments: [("bounce", "complaint", "complaint"), ("complaint", "bounce", "bounce")])
    func stronger(_ mine: String, _ theirs: String, _ ofAddress: String) async throws {
        let desk = try await MergeDesk.desk()
        let given = try #require(CanonicalAddress(.phone, "13800000002"))
        let at = try desk.world.instant("2026-03-10 10:00")
        try desk.write(
            [.suppression(SuppressionRow(address: given, channel: "sms", reason: .bounce, at: at))],
            at: "2026-03-10 10:00")
        try await desk.sql(
            """
            INSERT INTO suppressions (member, channel, reason, at, seq)
            VALUES ('lin', 'sms', '\(mine)', 1, 1), ('zbo', 'sms', '\(theirs)', 1, 1)
            """)
        try desk.merge()
        #expect(try await desk.texts("SELECT member || ' ' || reason FROM suppressions") == ["lin complaint"])
        #expect(try await desk.texts("SELECT reason FROM address_suppressions") == [ofAddress])
        #expect(try desk.broken() == [])
    }

    @Test("a message that left before the merge broke no promise, whatever the other had refused")
    func before() async throws {
        let desk = try await MergeDesk.desk()
        try desk.write([try Self.row("sms-09", by: "lin", in: desk)], at: "2026-03-10 10:00")
        let intents = try await desk.depart(at: "2026-03-10 10:05")
        #expect(intents.map(\.member) == ["zbo"])
        try await desk.finish(intents, .accepted(providerID: "p1"), at: "2026-03-10 10:06")
        #expect(try desk.broken() == [])
        try desk.merge()
        #expect(try desk.consent(at: "2026-03-10 10:31") == "withdrawn")
        #expect(try desk.broken() == [])
    }
}
