import Rules
import TestSupport
import Testing

@testable import Channels

@Suite("Kannel channel")
struct KannelChannelTests {
    private let transport: HTTPTransport

    init() throws { transport = try #require(HTTPTransport()) }

    private func channel(
        _ server: ScriptedServer, _ method: KannelSettings.Method = .postHeaders, dlr: KannelSettings.Receipts? = nil,
        patience: Duration = .seconds(60)
    ) -> KannelChannel {
        let settings = KannelSettings(
            url: server.url, method: method, username: "tester", password: "foo bar", from: "10690000", dlr: dlr)
        let deadlines = HTTPDeadlines(connect: .seconds(60), firstByte: .seconds(60), total: patience)
        return KannelChannel(settings, transport: transport, deadlines: deadlines)
    }

    struct Reply: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        let outcome: SendOutcome
        var headers = ""
        var testDescription: String { "\(status) \(headers)\(body)" }
        init(_ status: Int, _ body: String, _ outcome: SendOutcome, headers: String = "") {
            self.status = status
            self.body = body
            self.outcome = outcome
            self.headers = headers
        }
    }

    static let unlisted = SendOutcome.unknown(code: "unlisted_reply")
    static let replies = [
        Reply(202, "0: Accepted for delivery", .accepted(providerID: nil)),
        Reply(202, " 0: Accepted for delivery\n", .accepted(providerID: nil)),
        Reply(202, "3: Queued for later delivery", .accepted(providerID: nil)),
        Reply(202, "Sent.", .accepted(providerID: nil)),
        Reply(202, "", unlisted),
        Reply(202, "<html>login</html>", unlisted),
        Reply(202, "4: Something new", unlisted),
        Reply(200, "0: Accepted for delivery", unlisted),
        Reply(400, "Number(s) has/have been denied by white- and/or black-lists.", .rejected(code: "denied")),
        Reply(400, "Missing receiver number, rejected", .rejected(code: "no_receiver")),
        Reply(400, "DLR-URL field misformed, rejected", .misconfigured(code: "bad_dlr_url")),
        Reply(400, "Sender missing and no global set, rejected", .misconfigured(code: "no_sender")),
        Reply(400, "anything", .rejected(code: "bad_request")),
        Reply(403, "Not routable. Do not try again.", .rejected(code: "not_routable")),
        Reply(403, "Authorization failed for sendsms", .misconfigured(code: "authorization")),
        Reply(403, "anything", unlisted),
        Reply(404, "Not found", .misconfigured(code: "wrong_path")),
        Reply(401, "", .misconfigured(code: "authorization")),
        Reply(307, "", unlisted, headers: "Location: /elsewhere\r\n"),
        Reply(500, "Sending failed.", .notSent(code: "sending_failed", retryAfter: nil)),
        Reply(500, "Internal Server Error", unlisted),
        Reply(502, "", unlisted),
        Reply(503, "Temporal failure, try again later.", .notSent(code: "queue_full", retryAfter: nil)),
        Reply(503, "no upstream", unlisted),
        Reply(429, "", .notSent(code: "throttled", retryAfter: nil)),
        Reply(429, "", .throttled(code: "throttled", retryAfter: .seconds(7)), headers: "Retry-After: 7\r\n"),
        Reply(429, "", .throttled(code: "throttled", retryAfter: .seconds(60)), headers: "Retry-After: soon\r\n"),
        Reply(429, "", .throttled(code: "throttled", retryAfter: .seconds(60)), headers: "Retry-After: -1\r\n"),
        Reply(
            429, "", .throttled(code: "throttled", retryAfter: .seconds(3600)), headers: "Retry-After: 315360000\r\n"),
        Reply(
            429, "", .throttled(code: "throttled", retryAfter: .seconds(90)),
            headers: "Retry-After: Thu, 01 Jan 1970 00:01:30 GMT\r\n"),
    ]

    @Test("reads the outcome from the reply alone", arguments: replies)
    func outcome(_ reply: Reply) {
        let settings = KannelSettings(url: "http://h/", username: "u", password: "p")
        // A line break is one character.
        let isLate = reply.headers.hasPrefix("Retry-After: ")
        let retryAfter = isLate ? String(reply.headers.dropFirst("Retry-After: ".count).dropLast()) : nil
        let response = HTTPResponse(status: reply.status, retryAfter: retryAfter, body: Array(reply.body.utf8))
        let channel = KannelChannel(settings, transport: transport)
        #expect(channel.outcome(of: response, at: sample().at) == reply.outcome)
    }

    @Test("knows each reply, and takes none it does not know for a success", arguments: replies)
    func reply(_ reply: Reply) async throws {
        let server = try ScriptedServer([
            .reply(
                "HTTP/1.1 \(reply.status) X\r\n\(reply.headers)Content-Length: \(reply.body.utf8.count)\r\n\r\n"
                    + reply.body)
        ])
        defer { server.stop() }
        #expect(await channel(server).send(sample()) == reply.outcome)
        #expect(server.seen.count == 1)
    }

    struct Cut: Sendable, CustomTestStringConvertible {
        let answer: ScriptedServer.Answer
        let code: String
        var testDescription: String { "\(answer)" }
    }

    @Test(
        "does not know after a reply that never came whole",
        arguments: [
            Cut(answer: .hang, code: "timeout"), Cut(answer: .closeAfterRequest, code: "connection_lost"),
            Cut(answer: .resetAfterRequest, code: "connection_lost"),
            Cut(answer: .replyAndClose("202\r\n\r\n"), code: "bad_response"),
            Cut(answer: .drip(head: "HTTP/1.1 202 X\r\nContent-Length: 999999\r\n\r\n"), code: "timeout"),
            Cut(answer: .huge(bytes: 50 << 20), code: "response_too_large"),
        ])
    func cut(_ cut: Cut) async throws {
        let server = try ScriptedServer([cut.answer])
        defer { server.stop() }
        // Only what never ends is waited for to its end.
        let patience: Duration = cut.code == "timeout" ? .seconds(1) : .seconds(60)
        #expect(await channel(server, patience: patience).send(sample()) == .unknown(code: cut.code))
        #expect(server.seen.count == 1)
    }

    @Test("was not sent when the smsbox is down")
    func down() async throws {
        let server = try ScriptedServer([.hang])
        server.stop()
        // The listener closes on its own thread.
        while let open = Loopback.connect(server.port) { Loopback.resetOnClose(open) }
        #expect(await channel(server).send(sample()) == .notSent(code: "refused", retryAfter: nil))
    }

    @Test(
        "sends nothing without one number and a text",
        arguments: [
            (nil, "x", "no_address"), ("", "x", "bad_address"), ("13800000001 13800000002", "x", "bad_address"),
            ("13800000001\r\nX-Kannel-To: 1", "x", "bad_address"), ("lin@example.com", "x", "bad_address"),
            ("+", "x", "bad_address"), ("13800000001", "", "empty_text"),
        ])
    func unsendable(to: String?, text: String, code: String) async throws {
        let server = try ScriptedServer([.hang])
        defer { server.stop() }
        #expect(await channel(server).send(sample(to: to, text: text)) == .rejected(code: code))
        #expect(server.seen.isEmpty)
    }

    @Test("puts the text in the body and the rest in headers")
    func post() async throws {
        let server = try ScriptedServer([.closeAfterRequest])
        defer { server.stop() }
        let dlr = KannelSettings.Receipts(mask: 31, url: "http://127.0.0.1:8080/receipts/sms")
        _ = await channel(server, dlr: dlr).send(sample(to: "+8613800000001", reference: "d 1/1"))
        let seen = try #require(server.seen.first)
        #expect(String(decoding: seen.body, as: UTF8.self) == "您的8折券已到账")
        let lines = Set(seen.head.split(separator: "\r\n").map(String.init))
        let expected = [
            "POST /cgi-bin/sendsms HTTP/1.1", "Content-Type: text/plain; charset=UTF-8", "X-Kannel-Username: tester",
            "X-Kannel-Password: foo bar", "X-Kannel-To: +8613800000001", "X-Kannel-Coding: 2",
            "X-Kannel-From: 10690000", "X-Kannel-DLR-Mask: 31",
            "X-Kannel-DLR-Url: http://127.0.0.1:8080/receipts/sms?reference=d%%201%%2F1&status=%d&answer=%A",
        ]
        #expect(Set(expected).subtracting(lines).isEmpty)
    }

    @Test("puts everything in the query, encoded, when told to")
    func get() async throws {
        let server = try ScriptedServer([.closeAfterRequest])
        defer { server.stop() }
        _ = await channel(server, .get).send(sample(to: "+8613800000001", text: "a+b&c=券"))
        let query =
            "username=tester&password=foo%20bar&to=%2B8613800000001&coding=2&charset=UTF-8"
            + "&text=a%2Bb%26c%3D%E5%88%B8&from=10690000"
        #expect(try #require(server.seen.first).head.hasPrefix("GET /cgi-bin/sendsms?\(query) HTTP/1.1\r\n"))
    }

    @Test(
        "asks for 7 bit only where every character survives it",
        arguments: [
            ("Hello {world} @_~^[]\\|", "0"), ("two\nlines", "0"), ("back`tick", "2"), ("5 €", "2"), ("券", "2"),
            ("tab\there", "2"), ("😀", "2"),
        ])
    func coding(text: String, coding: String) {
        #expect(KannelChannel.coding(of: text) == coding)
    }
}
