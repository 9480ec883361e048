import Foundation
import Kit
import TestSupport
import Testing

@testable import Channels

@Suite("Mails over libcurl", .serialized)
struct MailTransferTests {
    private func request(
        _ port: Int, to: String = "anna@mail.example", from: String = "promo@shop.example",
        encryption: MailRequest.Encryption = .none, login: Bool = false, data: String = "Subject: hi\r\n\r\nhi\r\n",
        total: Duration = .seconds(60)
    ) -> MailRequest {
        MailRequest(
            host: "127.0.0.1", port: port, encryption: encryption,
            login: login ? MailRequest.Login(username: "u", password: "good") : nil, hello: "shop.example",
            envelope: .init(from: from, to: to, data: Array(data.utf8)),
            deadlines: HTTPDeadlines(connect: .seconds(5), firstByte: total, total: total, keepAlive: .seconds(30)))
    }

    private func perform(_ request: MailRequest) async throws -> HTTPResult {
        let transport = try #require(HTTPTransport())
        return await transport.perform(request)
    }

    @Test("a mail arrives byte for byte, dots at line starts and all, with one login and one recipient")
    func arrives() async throws {
        let server = try ScriptedMailServer()
        defer { server.stop() }
        let data = "Subject: hi\r\n\r\n.\r\n..two\r\n.three\r\nlast\r\n"
        let result = try await perform(request(server.port, login: true, data: data))
        #expect(result == .response(HTTPResponse(status: 250, body: Array("250 2.0.0 queued as 4XyZ".utf8))))
        let mail = try #require(server.mails.first)
        #expect(mail.data + "\r\n" == data)
        #expect(mail.from.hasPrefix("MAIL FROM:<promo@shop.example>"))
        #expect(mail.to == ["RCPT TO:<anna@mail.example>"])
        #expect(server.lines.first == "EHLO shop.example")
        #expect(server.lines.contains("AUTH PLAIN AHUAZ29vZA==") || server.lines.contains("AHUAZ29vZA=="))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: [ScriptedMailServer.Step: ScriptedMailServer.Answer]
        let result: HTTPResult
        var login = false
        var encryption = MailRequest.Encryption.none
        var isShort = false
    }

    private static func refusal(_ line: String) -> HTTPResult {
        .response(HTTPResponse(status: Int(line.prefix(3)) ?? 0, body: Array(line.utf8)))
    }

    static let rows = [
        Row(
            testDescription: "greeting", script: [.greeting: .line("421 4.3.2 later")],
            result: refusal("421 4.3.2 later")),
        Row(testDescription: "sender", script: [.from: .line("451 4.3.0 later")], result: refusal("451 4.3.0 later")),
        Row(testDescription: "nobody", script: [.to: .line("550 5.1.1 nobody")], result: refusal("550 5.1.1 nobody")),
        Row(testDescription: "greylist", script: [.to: .line("450 4.2.0 wait")], result: refusal("450 4.2.0 wait")),
        Row(testDescription: "data", script: [.data: .line("554 5.7.1 spam")], result: refusal("554 5.7.1 spam")),
        Row(testDescription: "too big", script: [.end: .line("552 5.3.4 big")], result: refusal("552 5.3.4 big")),
        Row(
            testDescription: "later, after the dot", script: [.end: .line("451 4.7.1 wait")],
            result: refusal("451 4.7.1 wait")),
        Row(testDescription: "closes after the dot", script: [.end: .close], result: .unknown(.connectionLost)),
        Row(
            testDescription: "silent after the dot", script: [.end: .silence], result: .unknown(.timeout), isShort: true
        ),
        Row(
            testDescription: "silent at the greeting", script: [.greeting: .silence], result: .notSent(.connectTimeout),
            isShort: true),
        Row(testDescription: "closes at MAIL", script: [.from: .close], result: .notSent(.connectFailed)),
        Row(
            testDescription: "wrong password", script: [.login: .line("535 5.7.8 no")], result: .notSent(.loginDenied),
            login: true),
        Row(testDescription: "no STARTTLS", script: [:], result: .notSent(.tls), encryption: .starttls),
    ]

    @Test("what the server refused, what is not clear and what never left are told apart", arguments: rows)
    func row(_ row: Row) async throws {
        let server = try ScriptedMailServer(row.script)
        defer { server.stop() }
        let result = try await perform(
            request(
                server.port, encryption: row.encryption, login: row.login,
                total: row.isShort ? .seconds(1) : .seconds(60)))
        #expect(result == row.result)
        #expect(server.mails.count <= 1)
    }

    @Test("a login that the server does not offer is not sent")
    func noMechanism() async throws {
        let server = try ScriptedMailServer(hello: "250 mail.test")
        defer { server.stop() }
        let result = try await perform(request(server.port, login: true))
        // libcurl goes on without a login where none is offered at all: a server that wants one refuses then.
        #expect(result == .response(HTTPResponse(status: 250, body: Array("250 2.0.0 queued as 4XyZ".utf8))))
        #expect(!server.lines.contains { $0.hasPrefix("AUTH") })
    }

    @Test("one session carries several mails")
    func kept() async throws {
        let server = try ScriptedMailServer()
        defer { server.stop() }
        let transport = try #require(HTTPTransport())
        for _ in 0..<3 { _ = await transport.perform(request(server.port)) }
        #expect(server.mails.map(\.connection) == [1, 1, 1])
    }

    @Test("the commands of a mail come in one piece where the server offers that, and its size where it asks for it")
    func pipelined() async throws {
        let server = try ScriptedMailServer(hello: ScriptedMailServer.pipelining)
        defer { server.stop() }
        let transport = try #require(HTTPTransport())
        for _ in 0..<3 {
            let result = await transport.perform(request(server.port))
            #expect(result == .response(HTTPResponse(status: 250, body: Array("250 2.0.0 queued as 4XyZ".utf8))))
        }
        #expect(server.mails.map(\.connection) == [1, 1, 1])
        #expect(server.mails.allSatisfy { $0.from == "MAIL FROM:<promo@shop.example> SIZE=19" })
    }

    @Test("after a refusal the session goes on")
    func refusedAndKept() async throws {
        let server = try ScriptedMailServer(
            [.to: .line("550 5.1.1 nobody"), .data: .line("503 5.5.1 whom")], hello: ScriptedMailServer.pipelining)
        defer { server.stop() }
        let transport = try #require(HTTPTransport())
        for _ in 0..<2 {
            let result = await transport.perform(request(server.port))
            #expect(result == MailTransferTests.refusal("550 5.1.1 nobody"))
        }
        #expect(server.lines.filter { $0.hasPrefix("EHLO") }.count == 1)
        #expect(server.lines.filter { $0 == "RSET" }.count == 1)
        #expect(server.mails.isEmpty)
    }

    @Test("a session that the server ended between two mails is opened again, and nothing is sent twice")
    func ended() async throws {
        let server = try ScriptedMailServer([.end: .lineAndClose("250 2.0.0 taken")])
        defer { server.stop() }
        let transport = try #require(HTTPTransport())
        for _ in 0..<3 {
            let result = await transport.perform(request(server.port))
            #expect(result == .response(HTTPResponse(status: 250, body: Array("250 2.0.0 taken".utf8))))
        }
        #expect(server.mails.map(\.connection) == [1, 2, 3])
    }

    @Test(
        "an answer to nothing on a kept session, or one that takes no further mail, has the mail open another one",
        arguments: [
            ScriptedMailServer.Answer.line("550 5.1.1 late\r\n250 2.0.0 ok"), .line("250 2.0.0 late\r\n250 2.0.0 ok"),
            .lineAndClose("421 4.7.0 too many mails"), .line("500 5.5.1 what"), .close,
        ], [ScriptedMailServer.pipelining, "250 mail.test"])
    func outOfOrder(_ answer: ScriptedMailServer.Answer, hello: String) async throws {
        let server = try ScriptedMailServer([.reset: answer], hello: hello)
        defer { server.stop() }
        let transport = try #require(HTTPTransport())
        for _ in 0..<3 {
            let result = await transport.perform(request(server.port))
            #expect(result == MailTransferTests.refusal("250 2.0.0 queued as 4XyZ"))
        }
        #expect(server.mails.map(\.connection) == [1, 2, 3])
    }

    @Test("an answer too many behind the last one ends the session")
    func tooMany() async throws {
        let server = try ScriptedMailServer([.end: .line("250 2.0.0 taken\r\n550 5.1.1 late")])
        defer { server.stop() }
        let transport = try #require(HTTPTransport())
        for _ in 0..<3 {
            #expect(await transport.perform(request(server.port)) == MailTransferTests.refusal("250 2.0.0 taken"))
        }
        #expect(server.mails.map(\.connection) == [1, 2, 3])
    }

    @Test("a text that is refused before it is out ends the session: what follows would be text of it")
    func refusedAmid() async throws {
        let server = try ScriptedMailServer([.text: .line("552 5.3.4 big")])
        defer { server.stop() }
        let transport = try #require(HTTPTransport())
        // More than the system takes for a server that does not read.
        let data = String(repeating: String(repeating: "x", count: 998) + "\r\n", count: 16_000)
        for _ in 0..<2 {
            let result = await transport.perform(request(server.port, data: data))
            server.readOn()
            #expect(result == MailTransferTests.refusal("552 5.3.4 big"))
        }
        #expect(server.lines.filter { $0.hasPrefix("EHLO") }.count == 2)
    }

    @Test(
        "an address with a line end or a bracket reaches nobody",
        arguments: [
            "a@b.example>\r\nRCPT TO:<x@evil.example", "a@b.example\nDATA", "<a@b.example>", "a b@c.example",
            "用户@例子.example", "",
        ])
    func injection(_ address: String) async throws {
        let server = try ScriptedMailServer()
        defer { server.stop() }
        #expect(try await perform(request(server.port, to: address)) == .notSent(.badRequest))
        #expect(try await perform(request(server.port, from: address)) == .notSent(.badRequest))
        #expect(server.lines.isEmpty)
    }

    @Test("nobody listens: nothing left")
    func refused() async throws {
        let bound = try Loopback.listen()
        shutdownAndClose(bound.socket)
        #expect(try await perform(request(bound.port)) == .notSent(.refused))
    }
}

private func shutdownAndClose(_ socket: Int32) {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
}
