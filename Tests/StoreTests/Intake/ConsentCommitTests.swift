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

    @Test("a withdrawal older than a grant leaves it, in whatever order they come")
    func older() throws {
        try list("lin,sms,granted,2026-02-01 10:00")
        try list("lin,sms,withdrawn,2026-01-15 10:00")
        #expect(try state() == "granted")
        #expect(try state("01-16 10:00") == "withdrawn")
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
