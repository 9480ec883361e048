import Testing

@testable import Channels

@Suite("The dialogue of one mail")
struct MailDialogueTests {
    private static let envelope = MailRequest.Envelope(
        from: "promo@shop.example", to: "anna@mail.example", data: Array("Subject: hi\r\n\r\n.dot\r\n".utf8))
    private static let text = "Subject: hi\r\n\r\n..dot\r\n.\r\n"

    private static func response(_ line: String) -> HTTPResult {
        .response(HTTPResponse(status: Int(line.prefix(3)) ?? 0, body: Array(line.utf8)))
    }

    /// What is written in answer to each of the pieces that the server says; the last is what became of the mail.
    private func play(
        _ pieces: [String], pipelines: Bool = true, kept: MailDialogue.Session? = nil
    ) -> (written: [String], next: MailDialogue.Next) {
        var dialogue = MailDialogue(
            MailDialogueTests.envelope, MailOffers(pipelines: pipelines, knowsSizes: pipelines), kept: kept)
        var written = [String(decoding: dialogue.begin(), as: UTF8.self)]
        for piece in pieces {
            let next = piece == "END" ? dialogue.broke(.connectionLost) : dialogue.read(Array(piece.utf8))
            switch next {
            case .wait: break
            case .write(let bytes): written.append(String(decoding: bytes, as: UTF8.self))
            case .over, .stale: return (written, next)
            }
        }
        return (written, .wait)
    }

    private static let commands = "MAIL FROM:<promo@shop.example> SIZE=21\r\nRCPT TO:<anna@mail.example>\r\nDATA\r\n"

    @Test(
        "The commands leave at once where the server offers it, and the text when it is asked for",
        arguments: [
            ["250 ok\r\n250 ok\r\n354 go\r\n", "250 2.0.0 queued\r\n"],
            ["250-first\r\n250 ok\r\n25", "0 ok\r\n354", " go\r\n", "250-a\r\n250 2.0.0 queued\r\n"],
        ])
    func pipelined(pieces: [String]) {
        let (written, next) = play(pieces)
        #expect(written == [MailDialogueTests.commands, MailDialogueTests.text])
        #expect(next == .over(MailDialogueTests.response("250 2.0.0 queued"), .ready))
    }

    @Test("Elsewhere each command waits for its answer")
    func oneByOne() {
        let (written, next) = play(["250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n"], pipelines: false)
        #expect(
            written == [
                "MAIL FROM:<promo@shop.example>\r\n", "RCPT TO:<anna@mail.example>\r\n", "DATA\r\n",
                MailDialogueTests.text,
            ])
        #expect(next == .over(MailDialogueTests.response("250 taken"), .ready))
    }

    @Test("A session in which a mail was refused begins the next one with RSET")
    func reset() {
        let (written, _) = play(["250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"], kept: .unfinished)
        #expect(written == ["RSET\r\n" + MailDialogueTests.commands, MailDialogueTests.text])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let pieces: [String]
        let next: MailDialogue.Next
        var kept: MailDialogue.Session?
        var pipelines = true

        init(
            _ testDescription: String, _ pieces: [String], _ next: MailDialogue.Next,
            kept: MailDialogue.Session? = nil, pipelines: Bool = true
        ) {
            (self.testDescription, self.pieces, self.next) = (testDescription, pieces, next)
            (self.kept, self.pipelines) = (kept, pipelines)
        }
    }

    static let rows = [
        Row(
            "the first refusal counts, and the session goes on", ["550 5.1.1 nobody\r\n503 no\r\n503 no\r\n"],
            .over(response("550 5.1.1 nobody"), .unfinished)),
        Row(
            "a recipient is refused", ["250 ok\r\n450 4.2.0 wait\r\n", "554 5.5.1 none\r\n"],
            .over(response("450 4.2.0 wait"), .unfinished)),
        Row(
            "a text is asked for that nobody is to get", ["250 ok\r\n550 5.1.1 nobody\r\n354 go\r\n"],
            .over(response("550 5.1.1 nobody"), .closed)),
        Row(
            "the text is refused", ["250 ok\r\n250 ok\r\n354 go\r\n", "552 5.3.4 big\r\n"],
            .over(response("552 5.3.4 big"), .ready)),
        Row(
            "one by one, the first refusal is the end", ["451 4.3.0 later\r\n"],
            .over(response("451 4.3.0 later"), .unfinished), pipelines: false),
        Row("the server leaves", ["421 4.3.2 later\r\n"], .over(response("421 4.3.2 later"), .closed)),
        Row(
            "the connection ends after a refusal", ["550 5.1.1 nobody\r\n", "END"],
            .over(response("550 5.1.1 nobody"), .closed)),
        Row("the connection ends before the text", ["250 ok\r\n", "END"], .over(.notSent(.connectFailed), .closed)),
        Row(
            "the connection ends after the text", ["250 ok\r\n250 ok\r\n354 go\r\n", "END"],
            .over(.unknown(.connectionLost), .closed)),
        Row("a kept session had ended before", ["END"], .stale, kept: .ready),
        Row(
            "a kept session ends after an answer", ["250 ok\r\n", "END"], .over(.notSent(.connectFailed), .closed),
            kept: .ready),
        Row("a new session ends at once", ["END"], .over(.notSent(.connectFailed), .closed)),
        Row(
            "an answer too many is none to DATA", ["250 ok\r\n250 ok\r\n250 ok\r\n"],
            .over(.notSent(.connectFailed), .closed)),
        Row(
            "an answer to the text cannot come before it", ["250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n"],
            .over(.notSent(.connectFailed), .closed)),
        Row(
            "what comes behind the last answer ends the session",
            ["250 ok\r\n250 ok\r\n354 go\r\n", "250 taken\r\n250 more\r\n"], .over(response("250 taken"), .closed)),
        Row("no answer at all", ["hello\r\n"], .over(.notSent(.connectFailed), .closed)),
        Row(
            "no answer at all to the text", ["250 ok\r\n250 ok\r\n354 go\r\n", "hello\r\n"],
            .over(.unknown(.connectionLost), .closed)),
        Row(
            "a line without an end", [String(repeating: "2", count: 20_000)], .over(.notSent(.connectFailed), .closed)),
        Row("RSET is refused", ["500 what\r\n"], .over(.notSent(.connectFailed), .closed), kept: .unfinished),
    ]

    @Test("What was refused, what is not clear and what never left are told apart", arguments: rows)
    func row(_ row: Row) {
        #expect(play(row.pieces, pipelines: row.pipelines, kept: row.kept).next == row.next)
    }

    @Test(
        "A text has points doubled at the beginning of lines and ends with one",
        arguments: [("", "\r\n.\r\n"), ("a", "a\r\n.\r\n"), (".\r\n..b\r\nc.\r\n", "..\r\n...b\r\nc.\r\n.\r\n")])
    func body(text: String, sent: String) {
        #expect(String(decoding: MailDialogue.body(Array(text.utf8)), as: UTF8.self) == sent)
    }

    @Test("A server's offers are those after its last greeting")
    func offers() {
        var offers = MailOffers()
        for line in ["220 hi\r\n", "250-mail.test\r\n", "250-PIPELINING\r\n", "250 SIZE 1000\r\n"] { offers.read(line) }
        #expect(offers == MailOffers(pipelines: true, knowsSizes: true))
        offers.read("220 2.0.0 ready for TLS")
        #expect(offers == MailOffers())
        for line in ["250-x", "250-AUTH PLAIN", "250 8BITMIME"] { offers.read(line) }
        #expect(offers == MailOffers())
    }
}
