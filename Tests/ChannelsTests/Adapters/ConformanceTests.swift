import Foundation
import Kit
import Rules
import Synchronization
import Testing

@testable import Channels

/// One adapter over HTTP, made for a server on this machine.
struct AdapterCase: Sendable, CustomTestStringConvertible {
    let type: String
    var values: [String: AdapterSettings.Value]
    var to: String?
    var templateCode: String?
    /// What the provider says when it takes a message.
    let success: String
    var status = 201
    /// What it says to a request for a token.
    var token: String?
    /// A reply that is broken off may be asked again: its receiver drops what came twice.
    var isRepeatable = false

    var testDescription: String { type }

    static let all = [
        AdapterCase(
            type: "example-sms", values: ["key": .text("s3cret")], to: "13800000001",
            success: #"{"code":"ok","id":"7"}"#,
            status: 200),
        AdapterCase(
            type: "aliyun-sms",
            values: [
                "access_key_id": .text("id"), "access_key_secret": .text("s3cret"), "sign_name": .text("店"),
                "signature": .text("acs3"),
            ],
            to: "13800000001", templateCode: "SMS_1", success: #"{"Code":"OK","BizId":"9^0"}"#, status: 200),
        AdapterCase(
            type: "tencent-sms",
            values: [
                "region": .text("ap-guangzhou"), "secret_id": .text("id"), "secret_key": .text("s3cret"),
                "sdk_app_id": .text("1"),
            ], to: "13800000001", templateCode: "1",
            success: #"{"Response":{"SendStatusSet":[{"Code":"Ok","SerialNo":"5000:1"}]}}"#, status: 200),
        AdapterCase(
            type: "twilio",
            values: ["account_sid": .text("AC1"), "auth_token": .text("s3cret"), "from": .text("+15005550006")],
            to: "13800000001", success: #"{"sid":"SM1","status":"queued"}"#),
        AdapterCase(
            type: "webhook", values: ["secret": .text("whsec_czNjcmV0"), "allow_hosts": .list([.text("127.0.0.1")])],
            success: "{}", status: 200, isRepeatable: true),
        AdapterCase(
            type: "wecom-robot", values: ["key": .text("s3cret")], success: #"{"errcode":0,"errmsg":"ok"}"#, status: 200
        ),
        AdapterCase(
            type: "dingtalk-robot", values: ["access_token": .text("t"), "secret": .text("s3cret")],
            success: #"{"errcode":0,"errmsg":"ok"}"#, status: 200),
        AdapterCase(
            type: "feishu-robot", values: ["hook": .text("h"), "secret": .text("s3cret")], success: #"{"code":0}"#,
            status: 200),
        AdapterCase(
            type: "wechat-official",
            values: ["app_id": .text("wx1"), "app_secret": .text("s3cret"), "templates": .text("notice")],
            to: "oPenId_1", templateCode: "T1", success: #"{"errcode":0,"errmsg":"ok","msgid":1}"#, status: 200,
            token: #"{"access_token":"t0ken","expires_in":7200}"#),
        AdapterCase(
            type: "wechat-mini", values: ["app_id": .text("wx1"), "app_secret": .text("s3cret")], to: "oPenId_1",
            templateCode: "T1", success: #"{"errcode":0,"errmsg":"ok"}"#, status: 200,
            token: #"{"access_token":"t0ken","expires_in":7200}"#),
        AdapterCase(
            type: "wecom-app",
            values: [
                "corp_id": .text("ww1"), "secret": .text("s3cret"), "agent_id": .int(1),
                "to_user": .list([.text("li")]),
            ],
            success: #"{"errcode":0,"errmsg":"ok","msgid":"m"}"#, status: 200,
            token: #"{"errcode":0,"access_token":"t0ken","expires_in":7200}"#),
        AdapterCase(
            type: "wecom-external",
            values: ["corp_id": .text("ww1"), "secret": .text("s3cret"), "sender": .text("advisor")],
            to: "wmCustomer_1", success: #"{"errcode":0,"errmsg":"ok","fail_list":[],"msgid":"m"}"#, status: 200,
            token: #"{"errcode":0,"access_token":"t0ken","expires_in":7200}"#),
    ]

    func channel(_ server: ScriptedServer, _ transport: HTTPTransport) throws -> any Channel {
        var values = values
        let url = "http://127.0.0.1:\(server.port)"
        values[type == "webhook" ? "url" : "endpoint"] = .text(url)
        guard case .network(let open) = try #require(type == "example-sms" ? .example : Adapters[type]).opening else {
            throw Failure()
        }
        return open(AdapterSettings(values), transport)
    }
    struct Failure: Error {}

    func message(text: String = "您好", to: String? = nil, values: [(String, String)] = [("name", "张三")])
        -> OutgoingMessage
    {
        OutgoingMessage(
            reference: "d1-1", channel: "c", to: to ?? self.to, text: text, templateCode: templateCode, values: values,
            rule: "birthday", member: "m1", occasion: "birthday:2026", at: Instant(seconds: 1_795_334_400))
    }

    func reply(_ body: String, status: Int? = nil) -> ScriptedServer.Answer {
        .reply("HTTP/1.1 \(status ?? self.status) x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Before what comes of the message: the token, where the provider wants one.
    func script(_ answers: ScriptedServer.Answer...) -> [ScriptedServer.Answer] {
        (token.map { [reply($0, status: 200)] } ?? []) + answers
    }

    /// The requests that carry messages.
    func messages(_ server: ScriptedServer) -> [ScriptedServer.Seen] {
        server.seen.filter { !$0.head.contains("/stable_token") && !$0.head.contains("/gettoken") }
    }
}

@Suite("Every adapter over HTTP keeps the contract", .serialized)
struct ConformanceTests {
    private func send(_ adapter: AdapterCase, _ answers: [ScriptedServer.Answer], _ message: OutgoingMessage? = nil)
        async throws
        -> (SendOutcome, [ScriptedServer.Seen])
    {
        let server = try ScriptedServer(answers)
        defer { server.stop() }
        let transport = try #require(HTTPTransport())
        let outcome = try await adapter.channel(server, transport).send(message ?? adapter.message())
        return (outcome, adapter.messages(server))
    }

    @Test("a message is taken, by one request", arguments: AdapterCase.all)
    func taken(_ adapter: AdapterCase) async throws {
        let (outcome, seen) = try await send(adapter, adapter.script(adapter.reply(adapter.success)))
        guard case .accepted = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(seen.count == 1)
        #expect(seen.first?.head.hasPrefix("POST /") == true)
    }

    @Test("what broke after the request had left is unknown, and is not asked again", arguments: AdapterCase.all)
    func broken(_ adapter: AdapterCase) async throws {
        let garbage = ScriptedServer.Answer.replyAndClose("nonsense\r\n\r\n")
        for answer in [ScriptedServer.Answer.closeAfterRequest, .resetAfterRequest, garbage, .huge(bytes: 50 << 20)] {
            let (outcome, seen) = try await send(adapter, adapter.script(answer))
            guard case .unknown = outcome else { return #expect(Bool(false), "\(answer): \(outcome)") }
            #expect(seen.count == 1)
        }
    }

    @Test("a reply of nobody we know is unknown; a redirect is not followed", arguments: AdapterCase.all)
    func foreign(_ adapter: AdapterCase) async throws {
        let (html, _) = try await send(adapter, adapter.script(adapter.reply("<html>", status: 500)))
        #expect(
            adapter.isRepeatable
                ? html == .notSent(code: "http_500", retryAfter: nil) : html == .unknown(code: "http_500"))
        let moved = ScriptedServer.Answer.reply(
            "HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        let (redirect, seen) = try await send(adapter, adapter.script(moved))
        #expect(redirect == .misconfigured(code: "redirect"))
        #expect(seen.count == 1)
    }

    @Test("nobody listens: proven not sent", arguments: AdapterCase.all)
    func refused(_ adapter: AdapterCase) async throws {
        let server = try ScriptedServer([.closeAfterRequest])
        server.stop()
        // Its thread has closed the port once a connection is refused.
        let transport = try #require(HTTPTransport())
        let channel = try adapter.channel(server, transport)
        for _ in 0..<100 {
            if case .notSent(let code, _) = await channel.send(adapter.message()), code.hasSuffix("refused") { return }
        }
        #expect(Bool(false), "the port stayed open")
    }

    @Test("what a message holds brings no header, no line and no second receiver", arguments: AdapterCase.all)
    func injection(_ adapter: AdapterCase) async throws {
        let evil = "x\r\nX-Evil: 1\r\n\r\n{\"a\":\"b\"}&To=+8613900000009\u{0}\"}"
        let (_, seen) = try await send(
            adapter, adapter.script(adapter.reply(adapter.success)), adapter.message(text: evil, values: [(evil, evil)])
        )
        for request in seen {
            #expect(!request.head.lowercased().contains("\r\nx-evil"))
            let body = String(decoding: request.body, as: UTF8.self)
            #expect(!body.contains("\r\nX-Evil"))
            // In a form and in a query an ampersand would begin another field; in JSON it is a letter.
            #expect(body.hasPrefix("{") || !body.contains("&To=+8613900000009"))
            #expect(!request.head.contains("&To=+8613900000009"))
        }
        guard adapter.to != nil else { return }
        for to in ["13800000001,13900000009", "13800000001 13900000009", "o1\r\nX-Evil: 1", ""] {
            let (outcome, seen) = try await send(
                adapter, adapter.script(adapter.reply(adapter.success)), adapter.message(to: to))
            #expect(outcome == .rejected(code: "bad_address"))
            #expect(seen.isEmpty)
        }
    }

    @Test("no secret and no address of a member is printed", arguments: AdapterCase.all)
    func silent(_ adapter: AdapterCase) async throws {
        let server = try ScriptedServer(adapter.script(adapter.reply(adapter.success)))
        defer { server.stop() }
        let channel = try adapter.channel(server, try #require(HTTPTransport()))
        var printed = "\(await channel.send(adapter.message()))"
        dump(adapter.message(), to: &printed)
        dump(channel, to: &printed)
        printed += "\(channel) \(String(reflecting: channel))"
        for secret in ["13800000001", "oPenId_1", "张三", "s3cret", "t0ken"] { #expect(!printed.contains(secret)) }
    }
}

@Suite("The example of an adapter")
struct ExampleAdapterTests {
    @Test("the page about adding shows it whole")
    func page() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let code = try String(contentsOf: folder.appending(path: "ExampleAdapter.swift"), encoding: .utf8)
        let page = try String(
            contentsOf: folder.appending(path: "../../../docs/adding.md").standardized, encoding: .utf8)
        #expect(page.contains("```swift\n" + code.replacing("\n@testable import Channels\n", with: "") + "```\n"))
    }
}

@Suite("Access tokens")
struct AccessTokenTests {
    @Test("a hundred messages at once ask for one token")
    func single() async {
        let asked = Mutex(0)
        let tokens = AccessTokens {
            asked.withLock { $0 += 1 }
            await Task.yield()
            return .token(.init(text: "t", expiresIn: .seconds(7200)))
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    guard case .token("t") = await tokens.current() else { return #expect(Bool(false)) }
                }
            }
        }
        #expect(asked.withLock { $0 } == 1)
    }

    @Test("a token is fetched again shortly before its end, and when the provider says it is over")
    func renewed() async {
        let asked = Mutex(0)
        let tokens = AccessTokens {
            let number = asked.withLock { asked in
                asked += 1
                return asked
            }
            return .token(.init(text: "t\(number)", expiresIn: .seconds(7200)))
        }
        let start = ContinuousClock.now
        func token(after seconds: Int, besides refused: String? = nil) async -> String {
            guard
                case .token(let text) = await tokens.current(
                    at: start.advanced(by: .seconds(seconds)), besides: refused)
            else { return "none" }
            return text
        }
        #expect(await token(after: 0) == "t1")
        #expect(await token(after: 6800) == "t1")
        #expect(await token(after: 6901) == "t2")
        // Another message had the old token refused meanwhile.
        #expect(await token(after: 6902, besides: "t1") == "t2")
        #expect(await token(after: 6902, besides: "t2") == "t3")
    }

    @Test(
        "an expired token is replaced and the message sent once more",
        arguments: AdapterCase.all.filter { $0.token != nil })
    func expired(_ adapter: AdapterCase) async throws {
        let over = adapter.reply(#"{"errcode":42001,"errmsg":"access_token expired"}"#)
        let fresh = adapter.reply(try #require(adapter.token).replacing("t0ken", with: "fresh"), status: 200)
        let server = try ScriptedServer(adapter.script(over, fresh, adapter.reply(adapter.success)))
        defer { server.stop() }
        let outcome = try await adapter.channel(server, try #require(HTTPTransport())).send(adapter.message())
        guard case .accepted = outcome else { return #expect(Bool(false), "\(outcome)") }
        let heads = adapter.messages(server).map(\.head)
        #expect(heads.count == 2 && heads[0].contains("access_token=t0ken") && heads[1].contains("access_token=fresh"))
    }

    @Test(
        "a wrong secret closes the channel, and nothing of the message leaves",
        arguments: AdapterCase.all.filter { $0.token != nil })
    func wrongSecret(_ adapter: AdapterCase) async throws {
        let server = try ScriptedServer([adapter.reply(#"{"errcode":40001,"errmsg":"invalid credential"}"#)])
        defer { server.stop() }
        let outcome = try await adapter.channel(server, try #require(HTTPTransport())).send(adapter.message())
        #expect(outcome == .misconfigured(code: "40001"))
        #expect(adapter.messages(server).isEmpty)
    }
}

@Suite("A webhook stays outside")
struct WebhookAddressTests {
    @Test("a private address is reached only where the host is listed", arguments: [true, false])
    func listed(_ isListed: Bool) async throws {
        let server = try ScriptedServer([.reply("HTTP/1.1 204 x\r\nContent-Length: 0\r\n\r\n")])
        defer { server.stop() }
        let settings = WebhookSettings(
            url: "http://127.0.0.1:\(server.port)/in", secret: "whsec_czNjcmV0",
            allowedHosts: isListed ? ["127.0.0.1"] : [])
        let outcome = await WebhookChannel(settings, transport: try #require(HTTPTransport())).send(sample())
        #expect(outcome == (isListed ? .accepted(providerID: nil) : .misconfigured(code: "private_address")))
        #expect(server.seen.count == (isListed ? 1 : 0))
    }

    @Test(
        "addresses of this machine and of private networks are private",
        arguments: [
            "127.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2130706433", "", "localhost",
        ])
    func isPrivate(_ address: String) { #expect(NetworkAddress.isPrivate(address)) }

    @Test(
        "others are not",
        arguments: ["8.8.8.8", "172.32.0.1", "172.15.0.1", "100.128.0.1", "2400:3200::1", "::ffff:8.8.8.8"])
    func isPublic(_ address: String) { #expect(!NetworkAddress.isPrivate(address)) }
}
