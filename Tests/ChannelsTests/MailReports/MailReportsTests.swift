import Policies
import TestSupport
import Testing

@testable import Channels

@Suite("Mails that come back")
struct MailReportsTests {
    private static let reports = MailReports(sender: "bounce+{token}@example.com")

    private func read(_ sample: SampleReport) -> MailReports.Reading { Self.reports.read(sample.bytes) }

    private func report(_ meaning: MailReport.Meaning, to address: String? = "lin@example.com") -> MailReports.Reading {
        .reports([MailReport(reference: SampleReport.reference, address: address, meaning: meaning)])
    }

    @Test(
        "A notification of failure names our message and its recipient, with either kind of line ends",
        arguments: ["\r\n", "\n"])
    func failure(end: String) {
        var sample = SampleReport()
        sample.end = end
        #expect(read(sample) == report(.failed(code: "5.1.1", isBounce: true)))
    }

    @Test(
        "What a status means",
        arguments: [
            ("5.1.1", "failed", "smtp; 550 no", .failed(code: "5.1.1", isBounce: true)),
            ("5.2.1 (disabled)", "Failed (no)", "smtp; 550 no", .failed(code: "5.2.1", isBounce: true)),
            // Whoever has no room now, or dislikes the text, may take the next one.
            ("5.2.2", "failed", "smtp; 552 full", .failed(code: "5.2.2", isBounce: false)),
            ("5.7.1", "failed", "smtp; 554 5.7.1 spam", .failed(code: "5.7.1", isBounce: false)),
            ("5.0.0", "failed", "smtp; 550 5.1.1 unknown", .failed(code: "5.1.1", isBounce: true)),
            ("5.0.0", "failed", "x-unix; 550 5.1.1", .failed(code: "5.1.1", isBounce: true)),
            ("5.0.0", "failed", "smtp; 450 4.1.1 later", .failed(code: "5.0.0", isBounce: false)),
            // Given up after days.
            ("4.4.7", "failed", "smtp; 451 later", .failed(code: "4.4.7", isBounce: false)),
            ("4.4.1", "delayed", "smtp; 451 later", .delayed(code: "4.4.1")),
        ] as [(String, String, String, MailReport.Meaning)])
    func status(status: String, action: String, diagnostic: String, meaning: MailReport.Meaning) {
        let sample = SampleReport.failed(status: status, action: action, diagnostic: diagnostic)
        #expect(read(sample) == report(meaning))
    }

    @Test("What arrived, or was passed on, says nothing", arguments: ["delivered", "relayed", "expanded"])
    func arrived(action: String) {
        #expect(read(SampleReport.failed(status: "2.0.0", action: action)) == .other)
    }

    @Test(
        "A report that is not in its form is damaged",
        arguments: [
            SampleReport.failed(status: "2.0.0"), .failed(status: "5.1"), .failed(status: "five"),
            .failed(status: "5.1.1", action: "lost"), SampleReport(report: "Reporting-MTA: dns; mx"),
            SampleReport(report: "Reporting-MTA: dns; mx\n\nAction: failed\nStatus: 5.1.1"),
            SampleReport(report: "no field\n\nAction: failed"), SampleReport(report: ""),
            SampleReport(kind: "feedback-report", report: "Version: 1"),
            SampleReport(head: "no field at all"),
        ])
    func damaged(sample: SampleReport) {
        #expect(read(sample) == .damaged)
    }

    @Test("So is one that is cut short, at whatever byte, and nothing of it counts")
    func cut() {
        let bytes = SampleReport().bytes
        let end = "--b=1--\r\n".utf8.count + "\r\n".utf8.count
        for count in 0..<(bytes.count - end) {
            let reading = Self.reports.read(Array(bytes[..<count]))
            #expect(reading == .damaged || reading == .other, "\(count)")
        }
    }

    @Test("A complaint names the recipient, or nobody", arguments: [nil, "lin@example.com"])
    func complaint(address: String?) {
        let more = address.map { "\nOriginal-Rcpt-To: <\($0)>" } ?? ""
        #expect(read(.feedback("abuse", more: more)) == report(.complaint, to: address))
        #expect(read(.feedback("not-spam", more: more)) == .other)
    }

    @Test(
        "The message is named by the mail that came back, by what the report answers, or by our sender",
        arguments: [
            SampleReport(returned: "message-id:\n <\(SampleReport.reference)@other.example>"),
            SampleReport(returned: "Subject: x\nMessage-ID: <\(SampleReport.reference)@example.com>\nbroken line"),
            SampleReport(returned: nil, head: "In-Reply-To: <\(SampleReport.reference)@example.com>"),
            SampleReport(returned: nil, head: "References: <a@b>\n <\(SampleReport.reference)@example.com>"),
            SampleReport(returned: nil, head: "Delivered-To: bounce+\(SampleReport.reference)@example.com"),
            SampleReport(returned: nil, head: "To: \"x\" <Bounce+\(SampleReport.reference)@Example.com>"),
            SampleReport(
                returned: "Message-ID: <somebody@else.example>",
                head: "To: bounce+\(SampleReport.reference)@example.com"),
        ])
    func named(sample: SampleReport) {
        #expect(read(sample) == report(.failed(code: "5.1.1", isBounce: true)))
    }

    @Test(
        "A mail that names no message of ours, or is no report, is another",
        arguments: [
            SampleReport(returned: nil), SampleReport(returned: "Message-ID: <20261201.1@example.com>"),
            SampleReport(returned: nil, head: "To: bounce+@example.com"),
            SampleReport(returned: nil, head: "To: bounce+nd1-../../x-1@example.com"),
        ])
    func other(sample: SampleReport) {
        #expect(read(sample) == .other)
    }

    @Test("An answer by hand is no report, and what is no mail at all is damaged")
    func answers() {
        #expect(Self.reports.read(Array("From: lin@example.com\n\nI am on holiday.\n".utf8)) == .other)
        #expect(Self.reports.read([]) == .other)
        #expect(Self.reports.read(Array("hello\nworld".utf8)) == .damaged)
        #expect(Self.reports.read([UInt8](repeating: 0x41, count: MailReports.mostBytes + 1)) == .damaged)
    }

    @Test("Without a token in the sender, a report is named by the ids alone")
    func withoutToken() {
        let reports = MailReports(sender: "promo@example.com")
        #expect(reports.read(SampleReport().bytes) == report(.failed(code: "5.1.1", isBounce: true)))
        let sample = SampleReport(returned: nil, head: "To: promo@example.com")
        #expect(reports.read(sample.bytes) == .other)
    }

    @Test("A channel with `bounces` names its Maildir, and reads the token of its own sender")
    func box() throws {
        var settings = AdapterSettings([
            "host": .text("mail.example"), "port": .int(587), "tls": .text("starttls"), "from": .text("a@example.com"),
            "envelope_from": .text("bounce+{token}@example.com"),
        ])
        #expect(Adapter.smtp.reportBox(settings)?.maildir == nil)
        settings["bounces"] = .block(AdapterSettings(["maildir": .text("/var/mail/bounces")]))
        let box = try #require(Adapter.smtp.reportBox(settings))
        #expect(box.maildir == "/var/mail/bounces")
        let sample = SampleReport(returned: nil, head: "To: bounce+\(SampleReport.reference)@example.com")
        #expect(box.reports.read(sample.bytes) == report(.failed(code: "5.1.1", isBounce: true)))
    }

    @Test("Whatever bytes come, nothing but our own reference and recipient ever counts")
    func random() {
        var random = SeededGenerator(seed: UInt64(Seed.first))
        let samples = [SampleReport().bytes, SampleReport.feedback("abuse").bytes]
        for round in 0..<4000 {
            var bytes = samples[round % samples.count]
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
                default: bytes[place] = Array("\r\n:;\"-=\\ <>".utf8).randomElement(using: &random) ?? 0
                }
            }
            guard case .reports(let reports) = Self.reports.read(bytes) else { continue }
            for report in reports {
                #expect(report.reference.hasPrefix("nd") && report.reference.utf8.count <= 80, "\(round)")
                #expect(report.address.map { $0.utf8.count <= 320 } ?? true, "\(round)")
            }
        }
    }

    @Test("A mail of a megabyte of empty lines, parts or quotes takes no longer than it is long")
    func hostile() {
        let head = "Content-Type: multipart/report; boundary=b\n\n"
        for filling in ["\n", "--b\n", "--b\n\n", "a: \"\\\n", "\""] {
            let count = (MailReports.mostBytes - head.utf8.count) / filling.utf8.count
            #expect(Self.reports.read(Array((head + String(repeating: filling, count: count)).utf8)) == .damaged)
        }
    }
}
