import Foundation
import Intake
import Kit
import Policies
import Rules
import Testing

@testable import Store

/// A backup that is put back knows the refusals since, or holds everything.
@Suite("Refusals since a backup")
struct RestoredRefusalsTests {
    private static let members = ["lin", "wu", "bo", "mei", "an", "qi", "xu"]
    private static let before = IntakeDesk.now.adding(micros: -86_400_000_000)
    private static let later = IntakeDesk.now.adding(micros: 3_600_000_000)

    private let desk: IntakeDesk
    private var path: String { desk.path("store.db") }
    private var backup: Backup { Backup(path: desk.path("copy.db")) }

    /// Everybody has a number and an openid of their own, and all but xu agreed to everything. Then a backup is made.
    init() throws {
        desk = try IntakeDesk.onDisk()
        try RestoredRefusalsTests.fill(desk.store)
        _ = try desk.store.backUp(to: desk.path("copy.db"))
    }

    private static func phone(_ index: Int) -> String { "1380000000\(index)" }

    private static func fill(_ store: MemberStore) throws {
        try write(store) { rows in
            for (index, id) in members.enumerated() {
                let row = MemberRow(id: id, phone: phone(index), wechatOpenID: "oOpenid-\(id)")
                _ = try rows.write(member: row)
                for channel in ["sms", "wechat"] where id != "xu" {
                    for purpose in Rule.Purpose.allCases {
                        _ = try rows.write(
                            consent: ConsentRow(
                                memberID: id, channel: channel, purpose: purpose, state: .granted, at: before))
                    }
                }
            }
        }
    }

    private static func write(_ store: MemberStore, _ body: (inout RowWriter) throws -> Void) throws {
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: IntakeDesk.now))
            try body(&rows)
        }
    }

    /// A refusal of each kind, and a consent.
    private func refuse() throws {
        let bo = try #require(CanonicalAddress(.phone, RestoredRefusalsTests.phone(2)))
        let lin = try #require(CanonicalAddress(.phone, RestoredRefusalsTests.phone(0)))
        let an = try #require(CanonicalAddress(.wechatOpenID, "oOpenid-an"))
        try RestoredRefusalsTests.write(desk.store) { rows in
            _ = try rows.write(suppression: SuppressionRow(address: lin))
            _ = try rows.write(consent: ConsentRow(memberID: "wu", channel: "*", state: .withdrawn, at: IntakeDesk.now))
            _ = try rows.write(suppression: SuppressionRow(address: bo, reason: .bounce))
            _ = try rows.write(
                consent: ConsentRow(
                    memberID: "mei", channel: "sms", purpose: .service, state: .withdrawn, at: IntakeDesk.now))
            let key = try rows.book.key(an)
            _ = try Outbox(db: rows.db).write(false, of: key, through: "wechat", at: IntakeDesk.now)
            try rows.list(an, key)
            _ = try rows.write(member: MemberRow(id: "qi", status: .closed), stating: [.status])
            _ = try rows.write(consent: ConsentRow(memberID: "xu", channel: "sms", state: .granted, at: IntakeDesk.now))
        }
    }

    private func restore(over path: String? = nil) throws -> (outcome: Restore.Outcome, back: IntakeDesk) {
        let path = path ?? self.path
        let outcome = try Restore(backup, to: path).run(at: RestoredRefusalsTests.later)
        return (outcome, try IntakeDesk(store: try MemberStore.open(url: "sqlite:\(path)")))
    }

    private func contact(
        _ back: IntakeDesk, _ member: String, _ channel: String = "sms", _ kind: ChannelDeclaration.Address = .phone,
        _ purpose: Rule.Purpose = .marketing
    ) throws -> (consent: String?, isSuppressed: Bool) {
        try back.contact(member, channel, kind, purpose, at: RestoredRefusalsTests.later)
    }

    @Test("of somebody who was merged into another member since are those of both, whom the backup has again")
    func merged() throws {
        try RestoredRefusalsTests.write(desk.store) { rows in
            _ = try rows.write(
                consent: ConsentRow(memberID: "lin", channel: "sms", state: .withdrawn, at: IntakeDesk.now))
        }
        _ = try desk.store.merge("wu", into: "lin", reason: nil, at: IntakeDesk.now)
        try desk.store.writer.close()
        let (outcome, back) = try restore()
        #expect(outcome.loss == nil && outcome.held == nil)
        for member in ["lin", "wu"] {
            #expect(try contact(back, member).consent == "withdrawn")
            #expect(try contact(back, member, "wechat", .wechatOpenID).consent == "granted")
        }
        #expect(try back.store.verify(Invariants(at: RestoredRefusalsTests.later, atRest: true)) == [])
    }

    @Test("and the closing of a member are also of whoever was merged into them since, and count once")
    func closedTogether() throws {
        _ = try desk.store.merge("wu", into: "lin", reason: nil, at: IntakeDesk.now)
        try RestoredRefusalsTests.write(desk.store) { rows in
            _ = try rows.write(
                member: MemberRow(id: "lin", status: .closed, personalisation: .generic),
                stating: [.status, .personalisation])
        }
        try desk.store.writer.close()
        let (outcome, back) = try restore()
        let both = "SELECT status, personalisation FROM members WHERE id IN ('lin', 'wu')"
        #expect(try back.rows(both) == [["closed", "generic"], ["closed", "generic"]])
        #expect(outcome.refusals == 2)
    }

    @Test(
        "have the stronger reason of the two stores, of members and of addresses",
        arguments: [("bounce", "complaint", "complaint", 2), ("complaint", "bounce", "complaint", 0)])
    func stronger(inBackup: String, since: String, stays: String, count: Int) throws {
        let bo = try #require(CanonicalAddress(.phone, RestoredRefusalsTests.phone(2)))
        func say(_ reason: String) throws {
            try RestoredRefusalsTests.write(desk.store) { rows in
                for table in ["suppressions", "address_suppressions"] {
                    try rows.db.run("UPDATE \(table) SET reason = ?", [reason])
                }
            }
        }
        try RestoredRefusalsTests.write(desk.store) { rows in
            _ = try rows.write(suppression: SuppressionRow(address: bo, reason: .bounce))
            try rows.db.run(
                "INSERT INTO suppressions (member, channel, reason, at, seq) VALUES ('wu', 'sms', '', 1, 1)")
        }
        try say(inBackup)
        _ = try desk.store.backUp(to: backup.path)
        try say(since)
        try desk.store.writer.close()
        let (outcome, back) = try restore()
        #expect(outcome.refusals == count && outcome.loss == nil)
        for table in ["suppressions", "address_suppressions"] {
            #expect(try back.rows("SELECT reason FROM \(table)") == [[stays]])
        }
    }

    @Test("of somebody whom the backup has merged into another member are that member's")
    func mergedInBackup() throws {
        _ = try desk.store.merge("wu", into: "lin", reason: nil, at: IntakeDesk.now)
        let after = Backup(path: desk.path("after.db"))
        _ = try desk.store.backUp(to: after.path)
        try desk.store.writer.close()
        // In the backup from before the merge, wu is somebody of their own.
        let (_, apart) = try restore()
        try RestoredRefusalsTests.write(apart.store) { rows in
            _ = try rows.write(
                consent: ConsentRow(memberID: "wu", channel: "sms", state: .withdrawn, at: IntakeDesk.now))
            _ = try rows.choose(.generic, for: "wu", source: "link", at: IntakeDesk.now)
            try rows.db.run(
                "INSERT INTO suppressions (member, channel, reason, at, seq) VALUES ('wu', 'wechat', 'complaint', 1, 1)"
            )
        }
        try apart.store.writer.close()
        let outcome = try Restore(after, to: path).run(at: RestoredRefusalsTests.later)
        #expect(outcome.refusals == 3 && outcome.loss == nil)
        let back = try IntakeDesk(store: try MemberStore.open(url: "sqlite:\(path)"))
        #expect(try contact(back, "lin").consent == "withdrawn")
        #expect(try contact(back, "lin", "wechat", .wechatOpenID).isSuppressed)
        #expect(try back.row("SELECT personalisation FROM members WHERE id = 'lin'") == ["generic"])
        for table in ["consents", "suppressions", "personalisation_choices"] {
            #expect(try back.rows("SELECT member FROM \(table) WHERE member = 'wu'") == [])
        }
        #expect(try back.store.verify(Invariants(at: RestoredRefusalsTests.later, atRest: true)) == [])
    }

    @Test("of personalisation are carried over where they are stricter, and what was chosen still bounds an old file")
    func personalisation() throws {
        func say(_ word: MemberRow.Personalisation, _ ids: String..., in store: MemberStore) throws {
            try RestoredRefusalsTests.write(store) { rows in
                for id in ids {
                    _ = try rows.write(member: MemberRow(id: id, personalisation: word), stating: [.personalisation])
                }
            }
        }
        try say(.none, "mei", in: desk.store)
        _ = try desk.store.backUp(to: backup.path)
        try RestoredRefusalsTests.write(desk.store) { rows in
            _ = try rows.choose(.generic, for: "lin", source: "link", at: IntakeDesk.now)
        }
        try say(.none, "wu", in: desk.store)
        try say(.generic, "mei", in: desk.store)
        try desk.store.writer.close()
        let (outcome, back) = try restore()
        #expect(outcome.refusals == 2 && outcome.loss == nil)
        let said = "SELECT id || ' ' || personalisation FROM members WHERE personalisation IS NOT NULL ORDER BY id"
        #expect(try back.rows(said) == [["lin generic"], ["mei none"], ["wu none"]])
        #expect(
            try back.rows("SELECT member, choice, source FROM personalisation_choices ORDER BY member")
                == [["lin", "generic", "link"], ["mei", "none", "row"], ["wu", "none", "row"]])
        try say(.personalised, "lin", "wu", in: back.store)
        #expect(try back.rows(said) == [["lin generic"], ["mei none"], ["wu personalised"]])
    }

    @Test("are carried over, each kind of them, and asked by the gates; consents since are not; then nothing is left")
    func carried() throws {
        try refuse()
        try desk.store.writer.close()
        let (outcome, back) = try restore()
        #expect(outcome.refusals == 6 && outcome.loss == nil && outcome.held == nil)
        #expect(try contact(back, "lin").consent == "withdrawn")
        #expect(try contact(back, "lin", "sms", .phone, .service).consent == "granted")
        #expect(try contact(back, "wu").consent == "withdrawn")
        #expect(try contact(back, "wu", "wechat", .wechatOpenID).consent == "withdrawn")
        #expect(try contact(back, "bo").isSuppressed)
        #expect(try contact(back, "mei").consent == "granted")
        #expect(try contact(back, "mei", "sms", .phone, .service).consent == "withdrawn")
        #expect(try contact(back, "an", "wechat", .wechatOpenID).isSuppressed)
        #expect(try contact(back, "an").consent == "granted")
        #expect(try back.row("SELECT status FROM members WHERE id = 'qi'") == ["closed"])
        #expect(try contact(back, "xu").consent == nil)
        #expect(try back.rows("SELECT scope FROM stops") == [])
        #expect(try back.store.verify(Invariants(at: RestoredRefusalsTests.later, atRest: true)) == [])
        let detail = try back.row("SELECT detail FROM audit WHERE action = 'restore'")
        #expect(detail == [#"{"erased_again":0,"refusals":6,"requests":0,"refusals_lost":null}"#])
        _ = try back.store.backUp(to: backup.path)
        try back.store.writer.close()
        #expect(try restore().outcome.refusals == 0)
    }

    @Test("end consents that wait for their confirmation; the others go on waiting, and their links work, once")
    func waiting() async throws {
        func say(_ state: ConsentRow.State, _ ids: String...) throws {
            try RestoredRefusalsTests.write(desk.store) { rows in
                for id in ids {
                    var row = ConsentRow(memberID: id, channel: "texts", state: state, source: "form")
                    if state == .granted { row.confirmedBy = .phone }
                    _ = try rows.write(consent: row)
                }
            }
        }
        try say(.granted, "lin", "wu", "bo")
        let link = try #require(try await desk.store.consentRequest(1)).row
        try say(.withdrawn, "wu")
        let third = try #require(try await desk.store.consentRequest(3))
        let soon = IntakeDesk.now.adding(micros: 1_000_000)
        #expect(try await desk.store.confirm(third, .phone, at: soon) == .confirmed)
        try desk.store.writer.close()
        let (outcome, back) = try restore()
        #expect(outcome.requests == 2 && outcome.refusals == 1 && outcome.loss == nil)
        #expect(try await back.store.consentRequest(2) == nil)
        #expect(try contact(back, "bo", "texts").consent == nil)
        for id in [1, 3] as [Int64] {
            let request = try #require(try await back.store.consentRequest(id))
            #expect(id == 3 || request.row == link)
            #expect(try await back.store.standing(of: request, .phone, at: RestoredRefusalsTests.later) == .open)
            #expect(try await back.store.confirm(request, .phone, at: RestoredRefusalsTests.later) == .confirmed)
        }
        #expect(try contact(back, "bo", "texts").consent == "granted")
        #expect(try back.store.verify(Invariants(at: RestoredRefusalsTests.later, atRest: true)) == [])
        _ = try back.store.backUp(to: backup.path)
        try back.store.writer.close()
        #expect(try restore().outcome.requests == 0)
    }

    @Test("are never outlived by a consent that waits: what was refused in the backup stays refused")
    func refusedBefore() throws {
        try RestoredRefusalsTests.write(desk.store) { rows in
            _ = try rows.write(
                consent: ConsentRow(memberID: "lin", channel: "texts", state: .withdrawn, at: IntakeDesk.now))
        }
        let refused = Backup(path: desk.path("refused.db"))
        _ = try desk.store.backUp(to: refused.path)
        try desk.store.writer.write { try $0.script("DELETE FROM consents WHERE channel = 'texts'") }
        try RestoredRefusalsTests.write(desk.store) { rows in
            var row = ConsentRow(memberID: "lin", channel: "texts", state: .granted, source: "form")
            row.confirmedBy = .phone
            _ = try rows.write(consent: row)
        }
        try desk.store.writer.close()
        #expect(try Restore(refused, to: path).run(at: RestoredRefusalsTests.later).requests == 0)
    }

    @Test("hold for a number that somebody gets later, too")
    func laterNumber() throws {
        let number = try #require(CanonicalAddress(.phone, "13900000009"))
        try RestoredRefusalsTests.write(desk.store) { rows in
            _ = try rows.write(suppression: SuppressionRow(address: number))
        }
        try desk.store.writer.close()
        let (outcome, back) = try restore()
        #expect(outcome.refusals == 1)
        try RestoredRefusalsTests.write(back.store) { rows in
            _ = try rows.write(member: MemberRow(id: "wu", phone: "13900000009"), stating: [.phone])
        }
        #expect(try contact(back, "wu").consent == "withdrawn")
    }

    @Test("that nobody can read are lost aloud, and everything is held", arguments: [RefusalLoss.noStore, .unreadable])
    func lost(loss: RefusalLoss) throws {
        try refuse()
        try desk.store.writer.close()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        if loss == .unreadable { try Data("nothing that a database wrote".utf8).write(to: URL(filePath: path)) }
        let (outcome, back) = try restore()
        #expect(outcome.refusals == 0 && outcome.loss == loss && !outcome.hasSentSince)
        #expect(outcome.held == loss.text)
        #expect(try back.rows("SELECT scope, reason FROM stops") == [["rollback", loss.text]])
        let ended = try back.store.release([.rollback], at: RestoredRefusalsTests.later)
        #expect(ended.count == 1)
        #expect(try back.rows("SELECT scope FROM stops") == [])
    }

    @Test("of addresses known by another key are lost aloud; what the members of that store said is carried over")
    func otherStore() throws {
        try desk.store.writer.close()
        let other = try IntakeDesk.onDisk()
        try RestoredRefusalsTests.fill(other.store)
        let lin = try #require(CanonicalAddress(.phone, RestoredRefusalsTests.phone(0)))
        try RestoredRefusalsTests.write(other.store) { rows in
            _ = try rows.write(suppression: SuppressionRow(address: lin))
            _ = try rows.write(
                consent: ConsentRow(memberID: "wu", channel: "sms", state: .withdrawn, at: IntakeDesk.now))
        }
        try other.store.writer.close()
        let (outcome, back) = try restore(over: other.path("store.db"))
        #expect(outcome.refusals == 1 && outcome.loss == .otherKey)
        #expect(try contact(back, "wu").consent == "withdrawn")
        #expect(try contact(back, "lin").consent == "granted")
        #expect(try back.rows("SELECT scope FROM stops") == [["rollback"]])
        withExtendedLifetime(other) {}
    }
}
