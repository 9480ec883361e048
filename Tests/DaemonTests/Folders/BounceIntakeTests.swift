import Channels
import Foundation
import Glibc
import Kit
import Policies
import Rules
import Testing

@testable import Daemon
@testable import Store

/// A Maildir with a store that knows one mail.
private final class BounceDesk {
    let scratch: Scratch
    let store: MemberStore
    let sink = LogSink()
    let intake: BounceIntake
    private var moment = ContinuousClock.now

    init(folders: [String] = ["new", "cur", "tmp"]) throws {
        scratch = try Scratch()
        store = try .inMemory()
        mkdir(scratch.path + "/box", 0o700)
        for folder in folders { mkdir(scratch.path + "/box/" + folder, 0o700) }
        let reports = MailReports(sender: "bounce@example.com")
        intake = BounceIntake(
            CallbackSource(channel: "email", address: .email),
            ReportBox(maildir: scratch.path + "/box", reports: reports), into: store, meter: OutboxMeter(),
            board: StatusBoard(Notifier(environment: [:])), log: sink.logger(.info), terms: { ReceiptTerms() })
    }

    func look(after seconds: Int = 5) async {
        moment += .seconds(seconds)
        await intake.runOnce(at: .now, moment: moment)
    }

    func put(_ text: String, _ name: String) throws { try scratch.write(text, to: "box/new/" + name) }

    /// What lies in the Maildir, sorted.
    var files: [String] {
        let all = FileManager.default.enumerator(atPath: scratch.path + "/box")?.allObjects as? [String] ?? []
        return all.filter { $0.contains("/") }.sorted()
    }

    static let report = """
        To: bounce@example.com
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.com

        Final-Recipient: rfc822; lin@example.com
        Action: failed
        Status: 5.1.1

        --b
        Content-Type: text/rfc822-headers

        Message-ID: <nd1-2-1@example.com>

        --b--

        """
}

@Suite("The Maildir of mails that come back")
struct BounceIntakeTests {
    @Test("What was read goes to cur/, seen, and a damaged report flagged; the log says how many and of whom nothing")
    func read() async throws {
        let desk = try BounceDesk()
        try desk.put(BounceDesk.report, "1.a")
        try desk.put("From: lin@example.com\n\nI am on holiday.\n", "2.b")
        try desk.put("no mail", "3.c:1")
        await desk.look()
        #expect(desk.files == ["cur/1.a:2,S", "cur/2.b:2,S", "cur/3.c:2,FS"])
        let line = try #require(desk.sink.all.first)
        #expect(desk.sink.all.count == 1)
        #expect(line.contains(#""mails":"3""#) && line.contains(#""unknown_reports":"1""#))
        #expect(line.contains(#""other":"1""#) && line.contains(#""damaged":"1""#) && !line.contains("lin@"))
        await desk.look()
        #expect(desk.sink.all.count == 1)
    }

    @Test("A mail that is too large is a damaged one, and links are not followed")
    func hostile() async throws {
        let desk = try BounceDesk()
        try desk.put(String(repeating: "a: b\n", count: 300_000), "1.a")
        try desk.scratch.write("secret", to: "secret")
        symlink(desk.scratch.path + "/secret", desk.scratch.path + "/box/new/2.b")
        await desk.look()
        #expect(desk.files == ["cur/1.a:2,FS", "new/2.b"])
    }

    @Test("A Maildir that cannot be used is told about once, and read when it can be")
    func trouble() async throws {
        let desk = try BounceDesk(folders: ["new", "tmp"])
        try desk.put(BounceDesk.report, "1.a")
        await desk.look()
        await desk.look(after: 60)
        #expect(desk.files == ["new/1.a"])
        #expect(desk.sink.all.count { $0.contains("mails that come back are not read") } == 1)
        mkdir(desk.scratch.path + "/box/cur", 0o700)
        await desk.look(after: 60)
        #expect(desk.files == ["cur/1.a:2,S"])
        #expect(desk.sink.all.contains { $0.contains("are read again") })
    }
}
