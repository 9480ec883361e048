import Kit
@testable import Intake
import Rules
import Testing

@testable import Store

@Suite("A no counts from its commit") struct ConsentCommitTests {
    private let desk: IntakeDesk

    init() throws {
        desk = try IntakeDesk()
        try desk.addMembers("lin")
    }

    @discardableResult private func list(_ rows: String...) throws -> ImportSummary {
        try desk.run(.consents, "member_id,channel,state,at\n" + rows.joined(separator: "\n") + "\n")
    }

    /// What the gates read at an instant of 2026; nil: nothing.
    private func state(_ at: String = "03-10 12:00", _ channel: String = "sms") throws -> String? {
        let now = try #require(Instant(rfc3339: "2026-\(at.replacing(" ", with: "T")):00+08:00"))
        return try desk.contact("lin", channel, at: now).consent
    }

    @Test("a withdrawal that is dated ahead stops at once, and is stored at the instant of its commit")
    func ahead() throws {
        try list("lin,sms,granted,2026-01-01 10:00")
        #expect(try state() == "granted")
        try list("lin,sms,withdrawn,2026-03-25 10:00")
        #expect(try state() == "withdrawn")
        let stored = try desk.rows("SELECT at FROM consents WHERE state = 'withdrawn'")
        #expect(stored == [[String(IntakeDesk.now.micros)]])
        let dump = try desk.dump()
        #expect(try list("lin,sms,withdrawn,2026-03-25 10:00").unchanged == 1)
        #expect(try desk.dump() == dump)
    }

    @Test("a grant that is dated ahead counts from its own date", arguments: ["", "2026-03-25 10:00"])
    func grantAhead(_ withdrawn: String) throws {
        try list("lin,sms,granted,2026-03-20 10:00")
        #expect(try state() == nil)
        #expect(try state("03-20 10:00") == "granted")
        // A no that is later than that, or that has no date, ends it too.
        try list("lin,sms,withdrawn,\(withdrawn)")
        #expect(try state() == "withdrawn")
        #expect(try state("03-21 10:00") == "withdrawn")
    }

    @Test("a grant later than a withdrawal dated ahead undoes it from its own date on")
    func laterGrant() throws {
        try list("lin,sms,withdrawn,2026-03-15 10:00")
        try list("lin,sms,granted,2026-03-20 10:00")
        #expect(try state("03-19 10:00") == "withdrawn")
        #expect(try state("03-20 10:00") == "granted")
    }

    private static let no = "lin,sms,withdrawn,2026-02-01"

    @Test("a withdrawal ends the grants that were there before it, although it is dated before them")
    func older() throws {
        try list("lin,sms,granted,2026-02-01 10:00", "lin,*,granted,2026-02-02 10:00")
        try list(Self.no)
        #expect(try state() == "withdrawn")
        #expect(try state("02-01 11:00") == "granted", "what was before it stays as it was")
        #expect(try desk.rows("SELECT at FROM consents WHERE state = 'withdrawn'").count == 2)
        // Nothing that is no later lifts it, known or not; a later grant does.
        try list("lin,sms,granted,2026-02-01 10:00", "lin,sms,granted,2026-02-01 12:00")
        #expect(try state() == "withdrawn")
        try list("lin,sms,granted,2026-02-03 10:00")
        #expect(try state() == "granted")
    }

    @Test("the same withdrawal again is no new one: a grant since stays")
    func again() throws {
        for grant in ["2026-01-15 10:00", "2026-02-01 10:00", "2026-03-01 10:00"] {
            try list("lin,sms,granted,\(grant)")
            guard grant.hasPrefix("2026-02") else { continue }
            try list(Self.no)
        }
        #expect(try state() == "granted")
        let dump = try desk.dump()
        #expect(try list(Self.no).unchanged == 1)
        #expect(try desk.dump() == dump)
        try list("lin,sms,withdrawn,2026-02-02")
        #expect(try state() == "withdrawn", "another one is")
    }

    @Test("a withdrawal ends a grant of a clock that was ahead, too")
    func endsAhead() throws {
        try list("lin,sms,granted,2026-02-05 10:00")
        try list("lin,sms,granted,2026-03-20 10:00")
        try list(Self.no)
        #expect(try state() == "withdrawn")
        #expect(try state("03-21 10:00") == "withdrawn")
    }

    @Test(
        "of the words of one file the dates decide, in whatever order they stand, and however it is cut",
        arguments: [[no, "lin,sms,granted,2026-02-03"], ["lin,sms,granted,2026-02-03", no]], [1, 5000])
    func oneFile(_ rows: [String], _ slice: Int) throws {
        desk.options.sizes = BatchWriting.Sizes(batch: slice, slice: slice)
        for _ in 1...2 {
            try list(rows[0], rows[1])
            #expect(try state() == "granted")
        }
        let seqs = try desk.row(
            """
            SELECT (SELECT seq FROM consents WHERE state = 'granted') >= (SELECT seq FROM consents WHERE state = 'withdrawn')
            """)
        #expect(seqs == ["1"], "the grant was said after it, for whoever counts")
    }

    @Test("a withdrawal from every channel ends what was granted for one, and one by address what each member granted")
    func others() throws {
        _ = try desk.run(.members, "id,phone\nlin,13800000001\nbo,13800000001\n", name: "members.csv")
        let files: [(String, ImportKind)] = [
            ("member_id,channel,state,at\nlin,*,withdrawn,2026-02-01\n", .consents),
            ("member_id,channel,state,at\nbo,sms,withdrawn,2026-02-01\n", .consents),
            ("address,channel,state,at\n13800000001,sms,withdrawn,2026-02-01\n", .consents),
            ("address,reason,at\n13800000001,opt_out,2026-02-01\n", .suppressions),
            ("address,reason,at\n13800000001,complaint,2026-02-01\n", .suppressions),
        ]
        for (file, kind) in files {
            try desk.store.writer.write { db in
                for table in ["consents", "list_consents", "address_consents", "address_suppressions"] {
                    try db.run("DELETE FROM \(table)")
                }
            }
            try list("lin,sms,granted,2026-02-01 10:00", "bo,sms,granted,2026-02-02 10:00")
            _ = try desk.run(kind, file)
            for member in ["lin", "bo"] {
                #expect(try desk.contact(member).consent != "granted", "\(member): \(file)")
            }
        }
    }

    @Test("a list counts for who gets the number later, and whose grant was there before the list")
    func laterNumber() throws {
        _ = try desk.run(.members, "id,phone\nlin,13800000001\n", name: "members.csv")
        try list("lin,sms,granted,2026-02-02 10:00")
        _ = try desk.run(.suppressions, "address,at\n13800000009,2026-02-01\n")
        #expect(try desk.contact("lin").consent == "granted")
        _ = try desk.run(.members, "id,phone\nlin,13800000009\n", name: "members.csv")
        #expect(try desk.contact("lin").consent == "withdrawn")
        try list("lin,sms,granted,2026-02-03 10:00")
        #expect(try desk.contact("lin").consent == "granted")
    }

    @Test("a list without dates ends a grant that lifted it, and is no news where it holds")
    func undatedList() throws {
        _ = try desk.run(.members, "id,phone\nlin,13800000001\n", name: "members.csv")
        let no = "address\n13800000001\n"
        _ = try desk.run(.suppressions, no)
        #expect(try desk.run(.suppressions, no).unchanged == 1)
        desk.options.now = IntakeDesk.now.adding(micros: 7_200_000_000)
        try list("lin,sms,granted,2026-03-10 13:00")
        let later = desk.options.now
        #expect(try desk.contact("lin", at: later).consent == "granted")
        _ = try desk.run(.suppressions, no)
        #expect(try desk.contact("lin", at: later).consent == "withdrawn")
    }

    @Test("a word about every channel is about each of them", arguments: ["*", "all", "全部"])
    func everyChannel(_ word: String) throws {
        try list("lin,sms,granted,2026-01-01 10:00", "lin,email,granted,2026-01-01 10:00")
        try list("lin,\(word),退订,")
        for channel in ["sms", "email", "push"] { #expect(try state("03-10 12:00", channel) == "withdrawn") }
    }

    @Test("in fixtures, of a yes and a no without a date the no wins, in either order", arguments: [true, false])
    func fixtures(_ noFirst: Bool) throws {
        try desk.store.writer.write { db in
            var writer = RowWriter(db, origin: .fixtures)
            let states: [ConsentRow.State] = noFirst ? [.withdrawn, .granted] : [.granted, .withdrawn]
            for state in states {
                _ = try writer.write(consent: ConsentRow(memberID: "lin", channel: "sms", state: state))
            }
        }
        #expect(try state() == "withdrawn")
    }

    @Test(
        "a channel goes by its name, by one of nudged.yaml or by a known word",
        arguments: [
            ("sms", "sms"), ("SMS", "sms"), ("短信", "sms"), ("手机短信", "sms"), ("微信", "wechat"), ("邮件", "email"),
            ("邮箱", "email"), ("推送", "push"), ("webhook", "webhook"), ("backup-sms", "backup-sms"), ("ＡＬＬ", "*"),
        ])
    func knownChannels(_ word: String, _ stored: String) throws {
        desk.options.channels += [ChannelDeclaration(id: "backup-sms", address: .phone)]
        #expect(try list("lin,\(word),withdrawn,").accepted == 1)
        #expect(Set(try desk.rows("SELECT channel FROM consents")) == [[stored]])
    }

    @Test("a channel that nobody has is a rejected row that lists the channels, and nothing is stored")
    func unknownChannel() throws {
        let reason = try desk.reason(.consents, "member_id,channel,state", "lin,传真,withdrawn")
        #expect(reason == #"channel "传真" is not one of sms, wechat, email, wecom, push, webhook, log, *"#)
        #expect(try desk.rows("SELECT * FROM consents").isEmpty)
    }
}
