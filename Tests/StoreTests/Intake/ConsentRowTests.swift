import Kit
@testable import Intake
import Rules
import Testing

@testable import Store

@Suite("Lists of consents, in whatever order they come") struct ConsentRowTests {
    private let desk: IntakeDesk

    init() throws {
        desk = try IntakeDesk()
        try desk.addMembers("lin")
    }

    private static let yes = "lin,sms,granted,"
    private static let no = "lin,sms,withdrawn,"
    private static let dated = "2026-01-01 10:00"
    private static let note =
        "1 grants without a date, or dated like the withdrawal, were not applied: the withdrawal holds"

    @discardableResult private func list(_ rows: String...) throws -> ImportSummary {
        try desk.run(.consents, "member_id,channel,state,at\n" + rows.joined(separator: "\n") + "\n")
    }

    /// What holds at an instant; nil: nothing.
    private func state(at text: String = "2026-03-10T12:00:00+08:00") throws -> String? {
        let at = try #require(Instant(rfc3339: text))
        return try desk.rows("SELECT state FROM consents WHERE at <= \(at.micros) ORDER BY at DESC LIMIT 1").first?[0]
    }

    @Test("a yes without a date never undoes a no, with or without one", arguments: [no, no + dated])
    func undatedYes(_ no: String) throws {
        try list(ConsentRowTests.yes)
        #expect(try state() == "granted")
        try list(no)
        #expect(try state() == "withdrawn")
        let dump = try desk.dump()
        #expect(try list(no).unchanged == 1)
        for _ in 1...2 {
            let summary = try list(ConsentRowTests.yes)
            #expect(summary.accepted == 1 && summary.unchanged == 1 && summary.rejected == 0)
            #expect(summary.notes == [ConsentRowTests.note])
        }
        #expect(try desk.dump() == dump)
        #expect(try state() == "withdrawn")
    }

    @Test(
        "of a yes and a no in one file the no wins, in either order", arguments: [[yes, no], [no, yes]], ["", dated])
    func oneFile(_ rows: [String], _ at: String) throws {
        for _ in 1...2 {
            _ = try desk.run(.consents, "member_id,channel,state,at\n\(rows[0])\(at)\n\(rows[1])\(at)\n")
            #expect(try state() == "withdrawn")
        }
    }

    @Test("a no without a date counts at every instant, and for what is dated before today")
    func undatedNo() throws {
        try list(ConsentRowTests.no)
        #expect(try state(at: "2020-01-01T00:00:00Z") == "withdrawn")
        try list(ConsentRowTests.yes + ConsentRowTests.dated)
        #expect(try state() == "withdrawn")
        #expect(try list(ConsentRowTests.no).unchanged == 1)
    }

    @Test("a no without a date ends a yes right where it began, whatever the clock of the reader")
    func endsYes() throws {
        try list(ConsentRowTests.yes + ConsentRowTests.dated)
        try list(ConsentRowTests.no)
        #expect(try state(at: "2026-01-01T10:00:00+08:00") == "granted")
        #expect(try state(at: "2026-01-01T10:00:01+08:00") == "withdrawn")
        #expect(try state() == "withdrawn")
    }

    @Test("a no without a date also ends a yes that is dated ahead of now")
    func yesAhead() throws {
        try list(ConsentRowTests.yes, ConsentRowTests.yes + "2026-03-20 10:00")
        try list(ConsentRowTests.no)
        #expect(try state() == "withdrawn")
        #expect(try state(at: "2026-03-21T00:00:00Z") == "withdrawn")
        let dump = try desk.dump()
        #expect(try list(ConsentRowTests.no).unchanged == 1)
        #expect(try desk.dump() == dump)
    }

    @Test("a yes that is dated after the no applies, and then a list without dates has nothing to say")
    func laterYes() throws {
        try list(ConsentRowTests.no)
        try list(ConsentRowTests.yes + "2026-03-11 10:00")
        #expect(try state(at: "2026-03-12T00:00:00Z") == "granted")
        let summary = try list(ConsentRowTests.yes)
        #expect(summary.unchanged == 1 && summary.notes.isEmpty)
    }

    @Test("another channel or purpose is another matter")
    func others() throws {
        try list(ConsentRowTests.no)
        _ = try desk.run(
            .consents, "member_id,channel,state,purpose\nlin,wechat,granted,\nlin,sms,granted,service\n")
        #expect(
            try desk.rows("SELECT channel, purpose FROM consents WHERE state = 'granted' ORDER BY channel") == [
                ["sms", "service"], ["wechat", "marketing"],
            ])
    }
}
