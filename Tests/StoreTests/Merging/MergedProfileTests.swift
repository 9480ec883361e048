import Intake
import Kit
import Rules
import Testing

@testable import Engine
@testable import Store

/// What rows that come after a merge may not undo of it.
@Suite("The profile of merged members")
struct MergedProfileTests {
    /// What the two said of personalisation, and what holds after the member's next row says `personalised`.
    struct Said: Sendable, CustomTestStringConvertible {
        var lin: MemberRow.Personalisation?
        var zbo: MemberRow.Personalisation?
        var after: String
        var testDescription: String { "\(lin?.rawValue ?? "nothing"), \(zbo?.rawValue ?? "nothing"): \(after)" }
    }

    /// A row of a file that has only those columns.
    private static func write(
        _ row: MemberRow, _ columns: ColumnSet, to desk: OutboxDesk, at time: String = "2026-03-10 10:40"
    ) throws {
        let now = try desk.world.instant(time)
        try desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.write(member: row, stating: columns)
        }
    }

    private static func say(
        _ word: MemberRow.Personalisation?, _ member: String, to desk: OutboxDesk, at time: String = "2026-03-10 10:40"
    ) throws {
        try write(MemberRow(id: member, personalisation: word), [.personalisation], to: desk, at: time)
    }

    private static func choose(
        _ word: MemberRow.Personalisation, _ member: String, in desk: OutboxDesk, at time: String
    ) throws {
        let now = try desk.world.instant(time)
        try desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.choose(word, for: member, source: "link", at: now)
        }
    }

    private static func word(_ desk: OutboxDesk) async throws -> [String] {
        try await desk.texts("SELECT COALESCE(personalisation, '-') FROM members WHERE id = 'lin'")
    }

    @Test(
        "the stricter personalisation of the duplicate stands against the member's next row, the member's own does not",
        arguments: [
            Said(lin: .personalised, zbo: MemberRow.Personalisation.none, after: "none"),
            Said(lin: nil, zbo: .generic, after: "generic"), Said(lin: .generic, zbo: .generic, after: "generic"),
            Said(lin: MemberRow.Personalisation.none, zbo: .generic, after: "generic"),
            Said(lin: .generic, zbo: .personalised, after: "personalised"),
            Said(lin: .generic, zbo: nil, after: "personalised"), Said(lin: nil, zbo: nil, after: "personalised"),
        ])
    func stricter(said: Said) async throws {
        let desk = try await MergeDesk.desk()
        try Self.say(said.lin, "lin", to: desk, at: "2026-03-09 10:00")
        try Self.say(said.zbo, "zbo", to: desk, at: "2026-03-09 10:00")
        try desk.merge()
        try Self.say(.personalised, "lin", to: desk)
        #expect(try await Self.word(desk) == [said.after])
        #expect(try desk.broken() == [])
    }

    @Test("a refusal that comes under the old id later stands against the member's next row, until they choose anew")
    func later() async throws {
        let desk = try await MergeDesk.desk()
        try desk.merge()
        try Self.say(.generic, "zbo", to: desk)
        try Self.say(.generic, "zbo", to: desk, at: "2026-03-10 10:41")
        try Self.say(.personalised, "lin", to: desk, at: "2026-03-10 10:42")
        #expect(try await Self.word(desk) == ["generic"])
        #expect(
            try await desk.texts("SELECT choice || ' ' || source FROM personalisation_choices") == ["generic merge"])
        try Self.choose(.personalised, "lin", in: desk, at: "2026-03-10 10:43")
        try Self.say(.personalised, "lin", to: desk, at: "2026-03-10 10:44")
        #expect(try await Self.word(desk) == ["personalised"])
    }

    @Test("of what both chose the stricter bounds later rows, whichever was later", arguments: ["lin", "zbo"])
    func chosen(refusing: String) async throws {
        let desk = try await MergeDesk.desk()
        let other = refusing == "lin" ? "zbo" : "lin"
        try Self.choose(.generic, refusing, in: desk, at: "2026-03-09 10:00")
        try Self.choose(.generic, other, in: desk, at: "2026-03-09 11:00")
        try Self.choose(.personalised, other, in: desk, at: "2026-03-09 12:00")
        try desk.merge()
        try Self.say(.personalised, "lin", to: desk)
        #expect(try await Self.word(desk) == ["generic"])
    }

    @Test("a row under the old id brings no address back that was given up, and every other one where there is none")
    func givenUp() async throws {
        let desk = try await MergeDesk.desk()
        try desk.merge()
        try Self.write(MemberRow(id: "lin"), [.phone], to: desk)
        try Self.write(
            MemberRow(id: "zbo", phone: "13800000002", email: "zbo@example.com", city: "杭州"), [.phone, .email, .city],
            to: desk)
        let profile = "SELECT COALESCE(phone, '-') || ' ' || email || ' ' || city FROM members"
        #expect(try await desk.texts(profile) == ["- zbo@example.com 杭州"])
        try Self.write(MemberRow(id: "zbo", phone: "13800000003"), [.phone], to: desk)
        #expect(try await desk.texts(profile) == ["13800000003 zbo@example.com 杭州"])
        #expect(try desk.broken() == [])
    }

    @Test(
        "a consent that the duplicate has not confirmed is named before it is dropped, unless its link is over",
        arguments: [
            (false, "2026-03-10 10:30", ["sms"]), (true, "2026-03-10 10:30", []), (false, "2026-03-17 10:00", []),
        ] as [(Bool, String, [String])])
    func unconfirmed(isRefused: Bool, time: String, expected: [String]) async throws {
        let desk = try await MergeDesk.desk(
            MergeDesk.person("lin", "13800000001", "") + MergeDesk.person("zbo", "13800000002", ""))
        for state in isRefused ? [ConsentRow.State.granted, .withdrawn] : [.granted] {
            let now = try desk.world.instant(state == .granted ? "2026-03-09 10:00" : "2026-03-09 11:00")
            try await desk.store.writer.write { db in
                var rows = RowWriter(db, origin: .world(now: now))
                var row = ConsentRow(memberID: "zbo", channel: "sms", state: state, at: now, source: "form")
                if state == .granted { row.confirmedBy = .phone }
                _ = try rows.write(consent: row)
            }
        }
        #expect(try desk.merge(isTrial: true, at: time).unconfirmed == expected)
        #expect(try desk.merge(at: time).unconfirmed == expected)
        #expect(try await desk.numbers("SELECT COUNT(*) FROM consent_requests") == [0])
    }
}
