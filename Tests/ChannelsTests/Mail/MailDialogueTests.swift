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
        _ pieces: [String], pipelines: Bool = true, isKept: Bool = false, isUnsent: Bool = false
    ) -> (written: [String], next: MailDialogue.Next) {
        var dialogue = MailDialogue(
            MailDialogueTests.envelope, MailOffers(pipelines: pipelines, knowsSizes: pipelines), isKept: isKept)
        var written = [String(decoding: dialogue.begin(), as: UTF8.self)]
        for piece in pieces {
            let next =
                piece == "END"
                ? dialogue.broke(.connectionLost)
                : piece == "LATE" ? dialogue.timedOut() : dialogue.read(Array(piece.utf8), isUnsent: isUnsent)
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

    @Test("The next mail of a session begins with RSET, in the same piece where the server offers that")
    func reset() {
        let pieces = ["250 ok\r\n", "250 ok\r\n", "251 ok\r\n", "354 go\r\n", "250 taken\r\n"]
        let (written, next) = play(pieces, isKept: true)
        #expect(written == ["RSET\r\n" + MailDialogueTests.commands, MailDialogueTests.text])
        #expect(next == .over(MailDialogueTests.response("250 taken"), .ready))
        #expect(
            play(pieces, pipelines: false, isKept: true).written == [
                "RSET\r\n", "MAIL FROM:<promo@shop.example>\r\n", "RCPT TO:<anna@mail.example>\r\n", "DATA\r\n",
                MailDialogueTests.text,
            ])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let pieces: [String]
        let next: MailDialogue.Next
        var isKept = false
        var pipelines = true
        var isUnsent = false

        init(
            _ testDescription: String, _ pieces: [String], _ next: MailDialogue.Next,
            isKept: Bool = false, pipelines: Bool = true, isUnsent: Bool = false
        ) {
            (self.testDescription, self.pieces, self.next) = (testDescription, pieces, next)
            (self.isKept, self.pipelines, self.isUnsent) = (isKept, pipelines, isUnsent)
        }
    }

    static let rows = [
        Row(
            "the first refusal counts, and the session goes on", ["550 5.1.1 nobody\r\n503 no\r\n503 no\r\n"],
            .over(response("550 5.1.1 nobody"), .ready)),
        Row(
            "a recipient is refused", ["250 ok\r\n450 4.2.0 wait\r\n", "554 5.5.1 none\r\n"],
            .over(response("450 4.2.0 wait"), .ready)),
        Row(
            "a text is asked for that nobody is to get", ["250 ok\r\n550 5.1.1 nobody\r\n354 go\r\n"],
            .over(response("550 5.1.1 nobody"), .closed)),
        Row(
            "the text is refused", ["250 ok\r\n250 ok\r\n354 go\r\n", "552 5.3.4 big\r\n"],
            .over(response("552 5.3.4 big"), .ready)),
        Row(
            "one by one, the first refusal is the end", ["451 4.3.0 later\r\n"],
            .over(response("451 4.3.0 later"), .ready), pipelines: false),
        Row("the server leaves", ["421 4.3.2 later\r\n"], .over(response("421 4.3.2 later"), .closed)),
        Row(
            "the connection ends after a refusal", ["550 5.1.1 nobody\r\n", "END"],
            .over(response("550 5.1.1 nobody"), .closed)),
        Row("the connection ends before the text", ["250 ok\r\n", "END"], .over(.notSent(.connectFailed), .closed)),
        Row(
            "the connection ends after the text", ["250 ok\r\n250 ok\r\n354 go\r\n", "END"],
            .over(.unknown(.connectionLost), .closed)),
        Row("a kept session had ended before", ["END"], .stale, isKept: true),
        Row("a kept session ends after an answer", ["250 ok\r\n", "END"], .stale, isKept: true),
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
        Row("a sender is answered otherwise than may be", ["251 ok\r\n"], .over(.notSent(.connectFailed), .closed)),
        Row(
            "a refusal does not count where the order is lost", ["550 5.1.1 nobody\r\n250 ok\r\n250 ok\r\n"],
            .over(.notSent(.connectFailed), .closed)),
        Row(
            "what comes behind a refusal ends the session", ["250 ok\r\n550 5.1.1 nobody\r\n503 no\r\n503 more\r\n"],
            .over(response("550 5.1.1 nobody"), .closed)),
        Row(
            "one by one, an answer is there before the command", ["250 ok\r\n250 ok\r\n"],
            .over(.notSent(.connectFailed), .closed), pipelines: false),
        Row(
            "what is neither yes nor no to the text ends the session",
            ["250 ok\r\n250 ok\r\n354 go\r\n", "354 go\r\n"],
            .over(response("354 go"), .closed)),
        Row(
            "the server leaves after the text", ["250 ok\r\n250 ok\r\n354 go\r\n", "421 4.3.2 later\r\n"],
            .over(response("421 4.3.2 later"), .closed)),
    ]

    static let amid = [
        Row(
            "the text is refused before it is out", ["250 ok\r\n250 ok\r\n354 go\r\n", "552 5.3.4 big\r\n"],
            .over(response("552 5.3.4 big"), .closed), isUnsent: true),
        Row(
            "nobody takes a text that is not out", ["250 ok\r\n250 ok\r\n354 go\r\n", "250 taken\r\n"],
            .over(.unknown(.connectionLost), .closed), isUnsent: true),
    ]

    static let kept = [
        Row("RSET is refused", ["500 what\r\n"], .stale, isKept: true),
        Row("a late refusal", ["550 5.1.1 late\r\n"], .stale, isKept: true),
        Row("a late refusal, one by one", ["550 5.1.1 late\r\n"], .stale, isKept: true, pipelines: false),
        Row("a late yes", ["250 late\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"], .stale, isKept: true),
        Row(
            "a late yes, one by one", ["250 late\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n"], .stale, isKept: true,
            pipelines: false),
        Row(
            "a late yes, one by one and at once", ["250 late\r\n250 ok\r\n"], .stale, isKept: true, pipelines: false),
        Row(
            "a refusal behind RSET that moves the others",
            ["250 ok\r\n550 5.1.1 late\r\n250 ok\r\n250 ok\r\n354 go\r\n"],
            .stale, isKept: true),
        Row(
            "a refusal in place of DATA's answer", ["250 ok\r\n250 ok\r\n250 ok\r\n550 5.1.1 late\r\n354 go\r\n"],
            .stale,
            isKept: true),
        Row("no answer at all", ["hello\r\n"], .stale, isKept: true),
        Row("no further mail, said to RSET", ["421 4.7.0 too many\r\n"], .stale, isKept: true),
        Row("no further mail, said to MAIL", ["250 ok\r\n421 4.7.0 too many\r\n"], .stale, isKept: true),
        Row(
            "no further mail, said to MAIL one by one", ["250 ok\r\n", "421 4.7.0 too many\r\n"], .stale, isKept: true,
            pipelines: false),
        Row(
            "a recipient is refused", ["250 ok\r\n250 ok\r\n550 5.1.1 nobody\r\n503 no\r\n"],
            .over(response("550 5.1.1 nobody"), .ready), isKept: true),
        Row(
            "a refusal, and the server leaves before the last answer",
            ["250 ok\r\n250 ok\r\n550 5.1.1 nobody\r\n421 no\r\n"], .stale, isKept: true),
        Row(
            "a refusal, and the connection ends before the last answer", ["250 ok\r\n550 5.1.1 late\r\n", "END"],
            .stale,
            isKept: true),
        Row(
            "a refusal, and no last answer in time", ["250 ok\r\n550 5.1.1 late\r\n", "LATE"],
            .over(.notSent(.connectTimeout), .closed), isKept: true),
        Row(
            "the connection ends after the text", ["250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", "END"],
            .over(.unknown(.connectionLost), .closed), isKept: true),
        Row(
            "the server leaves after the text", ["250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", "421 4.3.2 later\r\n"],
            .over(response("421 4.3.2 later"), .closed), isKept: true),
    ]

    @Test("Nothing of a mail leaves by a kept session whose answers are out of order", arguments: kept)
    func inOrder(_ row: Row) {
        let (written, next) = play(row.pieces, pipelines: row.pipelines, isKept: row.isKept)
        #expect(next == row.next)
        if next == .stale { #expect(!written.contains(MailDialogueTests.text)) }
    }

    @Test("What was refused, what is not clear and what never left are told apart", arguments: rows + amid)
    func row(_ row: Row) {
        #expect(play(row.pieces, pipelines: row.pipelines, isKept: row.isKept, isUnsent: row.isUnsent).next == row.next)
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
