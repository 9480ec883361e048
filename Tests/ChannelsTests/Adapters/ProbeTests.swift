import Foundation
import Kit
import Rules
import TestSupport
import Testing

@testable import Channels

/// What a channel finds out without sending anything.
@Suite("A test of a channel", .serialized)
struct ProbeTests {
    struct Question: Sendable, CustomTestStringConvertible {
        var type: String
        var body: String
        var status = 200
        var outcome: ProbeOutcome
        /// What the one request has in its head or body.
        var asks: String
        var settings: [String: AdapterSettings.Value] = [:]
        var testDescription: String { "\(type) \(status) \(body)" }
    }

    private static let now = Instant(seconds: 1_795_334_400)

    private func probe(
        _ type: String, _ answer: ScriptedServer.Answer, _ settings: [String: AdapterSettings.Value] = [:]
    ) async throws -> (ProbeOutcome, [ScriptedServer.Seen]) {
        var adapter = try #require(AdapterCase.all.first { $0.type == type })
        adapter.values.merge(settings) { $1 }
        let server = try ScriptedServer([answer])
        defer { server.stop() }
        let transport = try #require(HTTPTransport())
        return (try await adapter.channel(server, transport).probe(at: ProbeTests.now), server.seen)
    }

    @Test(
        "the provider's word about the credentials, by one request that can send nothing",
        arguments: [
            Question(
                type: "aliyun-sms", body: #"{"Code":"OK","TotalCount":0}"#, outcome: .works(), asks: "QuerySendDetails"),
            Question(
                type: "aliyun-sms", body: #"{"Code":"SignatureDoesNotMatch"}"#, status: 400,
                outcome: .refused(code: "SignatureDoesNotMatch"), asks: "SendDate=20261122"),
            Question(
                type: "tencent-sms", body: #"{"Response":{"Error":{"Code":"MissingParameter.EmptyPhoneNumberSet"}}}"#,
                outcome: .works(), asks: #""PhoneNumberSet":[]"#),
            Question(
                type: "tencent-sms", body: #"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure"}}}"#,
                outcome: .refused(code: "AuthFailure.SignatureFailure"), asks: #""PhoneNumberSet":[]"#),
            Question(
                type: "twilio", body: #"{"sid":"AC1","status":"active"}"#, outcome: .works(["status": "active"]),
                asks: "GET /2010-04-01/Accounts/AC1.json"),
            Question(
                type: "twilio", body: #"{"sid":"AC1","status":"suspended"}"#, outcome: .refused(code: "suspended"),
                asks: "GET /2010-04-01/Accounts/AC1.json"),
            Question(
                type: "twilio", body: #"{"code":20003}"#, status: 401, outcome: .refused(code: "20003"),
                asks: "GET /2010-04-01/Accounts/AC1.json"),
            Question(
                type: "wechat-official", body: #"{"access_token":"t","expires_in":7200}"#, outcome: .works(),
                asks: "cgi-bin/stable_token"),
            Question(
                type: "wechat-mini", body: #"{"errcode":40125,"errmsg":"invalid appsecret"}"#,
                outcome: .refused(code: "40125"), asks: "cgi-bin/stable_token"),
            Question(
                type: "wechat-official", body: #"{"access_token":"t","expires_in":7200}"#, outcome: .works(),
                asks: "GET /cgi-bin/token?grant_type=client_credential&appid=",
                settings: ["token_mode": .text("legacy")]),
            Question(
                type: "wecom-app", body: #"{"errcode":0,"access_token":"t","expires_in":7200}"#, outcome: .works(),
                asks: "cgi-bin/gettoken"),
            Question(
                type: "twilio", body: "<html>", status: 502, outcome: .unreachable(code: "http_502"), asks: "GET "),
        ])
    func credentials(question: Question) async throws {
        let reply =
            "HTTP/1.1 \(question.status) x\r\nContent-Length: \(question.body.utf8.count)\r\n\r\n\(question.body)"
        let (outcome, seen) = try await probe(question.type, .reply(reply), question.settings)
        #expect(outcome == question.outcome)
        #expect(seen.count == 1)
        let request = (seen.first?.head ?? "") + String(decoding: seen.first?.body ?? [], as: UTF8.self)
        #expect(request.contains(question.asks) && !request.contains("Messages.json"))
    }

    @Test("a webhook is connected to, and not a byte is written")
    func webhook() async throws {
        let (outcome, seen) = try await probe("webhook", .hang)
        #expect(outcome == .works() && seen.isEmpty)
        let transport = try #require(HTTPTransport())
        func ask(_ settings: WebhookSettings) async -> ProbeOutcome {
            await WebhookChannel(settings, transport: transport).probe(at: ProbeTests.now)
        }
        let server = try ScriptedServer([.hang])
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)/in"
        #expect(await ask(.init(url: url, secret: "whsec_czNjcmV0")) == .refused(code: "private_address"))
        #expect(await ask(.init(url: url, secret: "whsec_*")) == .refused(code: "bad_secret"))
    }

    @Test(
        "nobody there, or a robot", arguments: ["aliyun-sms", "tencent-sms", "twilio", "webhook", "wechat-official"])
    func nobody(type: String) async throws {
        let adapter = try #require(AdapterCase.all.first { $0.type == type })
        let server = try ScriptedServer([.hang])
        server.stop()
        let transport = try #require(HTTPTransport())
        let outcome = try await adapter.channel(server, transport).probe(at: ProbeTests.now)
        guard case .unreachable(let code) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(code == "refused" || code == "token_refused")
    }

    @Test(
        "a robot shows only by a message whether it takes one",
        arguments: ["wecom-robot", "dingtalk-robot", "feishu-robot"])
    func robots(type: String) async throws {
        let (outcome, seen) = try await probe(type, .hang)
        #expect(outcome == .needsMessage && seen.isEmpty)
    }

    @Test("a mail server is logged in to and asked to do nothing; it gets no mail")
    func mail() async throws {
        let transport = try #require(HTTPTransport())
        func ask(_ script: [ScriptedMailServer.Step: ScriptedMailServer.Answer]) async throws -> (
            ProbeOutcome, [String], Int
        ) {
            let server = try ScriptedMailServer(script)
            defer { server.stop() }
            let settings = SMTPSettings(
                host: "127.0.0.1", port: server.port, encryption: .none, login: .init(username: "u", password: "good"),
                from: .init(name: nil, address: "a@shop.example"), envelopeFrom: "a@shop.example",
                hello: "shop.example")
            let outcome = await SMTPChannel(settings, transport: transport).probe(at: ProbeTests.now)
            return (outcome, server.lines, server.mails.count)
        }
        let (works, lines, mails) = try await ask([:])
        #expect(works == .works() && mails == 0, "\(works)")
        #expect(lines.contains("NOOP") && !lines.contains { $0.hasPrefix("MAIL") }, "\(lines.filter { $0.count < 12 })")
        let (refused, _, _) = try await ask([.login: .line("535 5.7.8 no")])
        #expect(refused == .refused(code: "login_denied"))
        let (busy, _, _) = try await ask([.greeting: .line("421 later")])
        guard case .unreachable = busy else { return #expect(Bool(false), "\(busy)") }
    }

    @Test("a log is opened, and a file of something else is refused")
    func log() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "probe-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "m.ndjson").path
        #expect(await LogChannel(path: path).probe(at: ProbeTests.now) == .works())
        try "mine\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(await LogChannel(path: path).probe(at: ProbeTests.now) == .refused(code: "not_a_message_log"))
        #expect(await LogChannel(path: "/nowhere/m").probe(at: ProbeTests.now) == .refused(code: "write_failed"))
    }

    @Test(
        "a real Kannel is asked without a receiver: it looks at the password and sends nothing",
        .enabled(if: KannelGateway.isInstalled, "Kannel (bearerbox, smsbox) is not installed"),
        arguments: [KannelSettings.Method.postHeaders, .get])
    func kannel(method: KannelSettings.Method) async throws {
        let gateway = try KannelGateway()
        defer { gateway.stop() }
        let transport = try #require(HTTPTransport())
        func ask(_ url: String, _ password: String) async -> ProbeOutcome {
            let settings = KannelSettings(url: url, method: method, username: "tester", password: password)
            return await KannelChannel(settings, transport: transport).probe(at: ProbeTests.now)
        }
        #expect(await ask(gateway.url, "foo bar") == .works())
        #expect(await ask(gateway.url, "wrong") == .refused(code: "authorization"))
        #expect(await ask(gateway.url + "x", "foo bar") == .refused(code: "wrong_path"))
        // The next thing that the SMS centre sees is a message that was sent.
        let settings = KannelSettings(url: gateway.url, method: method, username: "tester", password: "foo bar")
        let channel = KannelChannel(settings, transport: transport)
        #expect(await channel.send(sample(to: "13800000001", text: "first")) == .accepted(providerID: nil))
        #expect(try gateway.nextMessage().text == "first")
    }
}
