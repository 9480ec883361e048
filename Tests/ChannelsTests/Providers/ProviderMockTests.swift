import Foundation
import Kit
import TestSupport
import Testing

@testable import Channels

/// One adapter with an account of `Tests/Tools/provider_mocks.py`.
struct MockedProvider: Sendable, CustomTestStringConvertible {
    /// The mock's name for it.
    let name: String
    let type: String
    var settings: [String: AdapterSettings.Value]
    /// The key of the secret that the provider proves a request by, and the code for a wrong one.
    let secret: String
    let refusal: String
    var to: String?
    var template: String?
    /// The id that a taken message gets, and what the mock read as its text.
    var id: String?
    var text = #""您好, 张三 & 李四""#
    /// How far off the provider lets a clock be, in seconds, and the code beyond; nil where it does not look.
    var clock: (limit: Int64, code: String)?

    var testDescription: String { name }

    static let phone = "13800000001"
    private static let values = #"{"name": "张三 & 李四", "points": "100"}"#

    static let all = [
        MockedProvider(
            name: "aliyun acs3", type: "aliyun-sms", settings: aliyun("acs3"), secret: "access_key_secret",
            refusal: "SignatureDoesNotMatch", to: phone, template: "SMS_1", id: "900619746936498440^0", text: values,
            clock: (900, "InvalidTimeStamp.Expired")),
        MockedProvider(
            name: "aliyun rpc-v1", type: "aliyun-sms", settings: aliyun("rpc-v1"), secret: "access_key_secret",
            refusal: "SignatureDoesNotMatch", to: phone, template: "SMS_1", id: "900619746936498440^0", text: values,
            clock: (900, "InvalidTimeStamp.Expired")),
        MockedProvider(
            name: "tencent", type: "tencent-sms",
            settings: [
                "region": .text("ap-guangzhou"), "secret_id": .text("AKIDmock"), "secret_key": .text("tencentSecret"),
                "sdk_app_id": .text("1400006666"), "sign_name": .text("星河百货"),
            ], secret: "secret_key", refusal: "AuthFailure.SignatureFailure", to: phone, template: "1",
            id: "5000:1045710669157053657849499619", text: #"["张三 & 李四", "100"]"#,
            clock: (300, "AuthFailure.SignatureExpire")),
        MockedProvider(
            name: "twilio", type: "twilio",
            settings: [
                "account_sid": .text("ACmock"), "auth_token": .text("twilioToken"), "from": .text("+15005550006"),
            ],
            secret: "auth_token", refusal: "20003", to: phone, id: "SM0123456789abcdef0123456789abcdef"),
        MockedProvider(
            name: "wechat template", type: "wechat-official", settings: wechat("notice"), secret: "app_secret",
            refusal: "40125", to: "oPenId_1", template: "T1", id: "4294967296123456789", text: values),
        MockedProvider(
            name: "wechat subscription", type: "wechat-official", settings: wechat("subscription"),
            secret: "app_secret",
            refusal: "40125", to: "oPenId_1", template: "T1", text: values),
        MockedProvider(
            name: "wechat text", type: "wechat-official", settings: wechat("notice"), secret: "app_secret",
            refusal: "40125", to: "oPenId_1"),
        MockedProvider(
            name: "wechat subscription", type: "wechat-mini", settings: wechat("notice"), secret: "app_secret",
            refusal: "40125", to: "oPenId_1", template: "T1", text: values),
        MockedProvider(
            name: "wecom app", type: "wecom-app",
            settings: [
                "corp_id": .text("wwmock"), "secret": .text("wecomSecret"), "agent_id": .int(1000002),
                "to_user": .list([.text("wangfang"), .text("lina")]),
            ], secret: "secret", refusal: "40001", id: "UsqRzmRgA4DKL8KBVzkXQ"),
        MockedProvider(
            name: "wecom task", type: "wecom-external",
            settings: ["corp_id": .text("wwmock"), "secret": .text("wecomSecret"), "sender": .text("advisor")],
            secret: "secret", refusal: "40001", to: "wmNightingale_1", id: "task_wmNightingale_1"),
        MockedProvider(
            name: "wecom robot", type: "wecom-robot", settings: ["key": .text("robotKey")], secret: "key",
            refusal: "93000"),
        MockedProvider(
            name: "dingtalk", type: "dingtalk-robot",
            settings: ["access_token": .text("dingToken"), "secret": .text("SECding")], secret: "secret",
            refusal: "310000", clock: (3600, "310000")),
        MockedProvider(
            name: "feishu", type: "feishu-robot",
            settings: ["hook": .text("feishuHook"), "secret": .text("feishuSecret")], secret: "secret",
            refusal: "19021", clock: (3600, "19021")),
        MockedProvider(
            name: "webhook", type: "webhook",
            settings: ["secret": .text("whsec_d2ViaG9va1NlY3JldA=="), "allow_hosts": .list([.text("127.0.0.1")])],
            secret: "secret", refusal: "http_401", to: phone, id: "hook-1", clock: (300, "http_401")),
    ]

    private static func aliyun(_ signature: String) -> [String: AdapterSettings.Value] {
        [
            "access_key_id": .text("LTAImock"), "access_key_secret": .text("aliyunSecret"),
            "sign_name": .text("星河百货"), "signature": .text(signature),
        ]
    }

    private static func wechat(_ templates: String) -> [String: AdapterSettings.Value] {
        ["app_id": .text("wxmock"), "app_secret": .text("wechatSecret"), "templates": .text(templates)]
    }

    func channel(_ port: Int, _ transport: HTTPTransport, secret wrong: String? = nil) throws -> any Channel {
        var settings = settings
        let root = "https://127.0.0.1:\(port)"
        settings[type == "webhook" ? "url" : "endpoint"] = .text(type == "webhook" ? "\(root)/in" : root)
        if let wrong { settings[secret] = .text(wrong) }
        guard case .network(let open) = try #require(Adapters[type]).opening else { throw Failure() }
        return open(AdapterSettings(settings), transport)
    }
    struct Failure: Error {}

    func message(_ number: Int = 1, to other: String? = nil, at now: Instant = .now) -> OutgoingMessage {
        OutgoingMessage(
            reference: "nd1-1-\(number)", channel: "c", to: other ?? to, text: "您好, 张三 & 李四", templateCode: template,
            values: [("name", "张三 & 李四"), ("points", "100")], rule: "birthday", member: "m1",
            occasion: "birthday:2026", at: now)
    }

    /// What the mock read of a message.
    struct Read: Decodable {
        let provider, text: String
        let to: String?
    }
}

/// The mocks check signatures by code of their own, so that ours is compared with what providers publish and not with itself.
@Suite(
    "Providers over TLS that prove every request", .serialized,
    .enabled(if: PeerProcess.canStart(with: "ssl"), "python3 or openssl is not installed"))
struct ProviderMockTests {
    private func start(host: String = "IP:127.0.0.1") throws -> PeerProcess {
        try PeerProcess("provider_mocks.py", with: "ssl", host: host)
    }

    @Test("right credentials: each message is taken, with its text and the provider's id")
    func taken() async throws {
        let peer = try start()
        defer { peer.stop() }
        let port: Int = try peer.next()
        let transport = try #require(HTTPTransport(trusted: peer.certificate))
        for provider in MockedProvider.all {
            let channel = try provider.channel(port, transport)
            for number in 1...2 {
                let outcome = await channel.send(provider.message(number))
                guard outcome == .accepted(providerID: provider.id) else {
                    Issue.record("\(provider.name): \(outcome)")
                    break
                }
                let read: MockedProvider.Read = try peer.next()
                #expect(read.provider == provider.name && read.text == provider.text)
                let to = provider.type.hasPrefix("wecom-app") ? "wangfang|lina" : provider.to
                #expect(read.to == to || read.to == to.map { "+86\($0)" })
            }
        }
    }

    @Test(
        "several numbers in one call are signed as one is, and each message has its id",
        arguments: MockedProvider.all.filter { ["aliyun-sms", "tencent-sms"].contains($0.type) })
    func severalNumbers(_ provider: MockedProvider) async throws {
        let peer = try start()
        defer { peer.stop() }
        let port: Int = try peer.next()
        let transport = try #require(HTTPTransport(trusted: peer.certificate))
        let calls = BatchCollector(BatchTerms(most: 2, linger: .seconds(1)), wait: HeldWait().wait)
        var channel = try provider.channel(port, transport)
        if let own = channel as? AliyunSMSChannel {
            channel = AliyunSMSChannel(own.settings, transport: transport, calls: calls)
        } else if let own = channel as? TencentSMSChannel {
            channel = TencentSMSChannel(own.settings, transport: transport, calls: calls)
        }
        let shared = channel
        async let first = shared.send(provider.message(1, to: "13800000001"))
        async let second = shared.send(provider.message(2, to: "13800000002"))
        let ids =
            provider.type == "tencent-sms"
            ? [provider.id, "5000:1045710669157053657849499620"] : [provider.id, provider.id]
        #expect(await [first, second] == ids.map { SendOutcome.accepted(providerID: $0) })
        let read: MockedProvider.Read = try peer.next()
        #expect(read.provider == provider.name && read.text == provider.text)
        #expect(read.to?.split(separator: ",").sorted() == ["+8613800000001", "+8613800000002"])
    }

    @Test("fault 61: a task of WeCom is asked about page by page, and cancelled when its time is up")
    func task() async throws {
        let peer = try start()
        defer { peer.stop() }
        let port: Int = try peer.next()
        let transport = try #require(HTTPTransport(trusted: peer.certificate))
        let channel = try #require(MockedProvider.all.first { $0.type == "wecom-external" }).channel(port, transport)
        let now = Instant.now
        func sent(_ customer: String, end: Int64? = nil) -> SentReference {
            SentReference(
                reference: "nd1-1-1", providerID: "task_\(customer)", to: customer, sentAt: now,
                fallsBackUntil: end.map { now.adding(micros: $0 * 60_000_000) })
        }
        for (customer, text) in [("wmNightingale_1", "please confirm"), ("wmNightingale_2", "您好")] {
            let message = OutgoingMessage(
                reference: "nd1-1-1", channel: "wecom", to: customer, text: text, rule: "r", member: "m1",
                advisor: "lina", occasion: "o", at: now)
            #expect(await channel.send(message) == .accepted(providerID: "task_\(customer)"))
        }
        guard case .known(let receipt)? = await channel.query([sent("wmNightingale_1")], at: now).first else {
            return #expect(Bool(false), "the clerk sent it")
        }
        #expect(receipt.status == .delivered && receipt.code == "sent" && receipt.reference == "nd1-1-1")
        let waiting = QueryAnswer.unanswered(code: "no_status_yet")
        #expect(await channel.query([sent("wmNightingale_2", end: 60)], at: now) == [waiting])
        guard case .known(let ended)? = await channel.query([sent("wmNightingale_2", end: 5)], at: now).first else {
            return #expect(Bool(false), "it was cancelled")
        }
        #expect(ended.status == .undelivered && ended.code == "not_confirmed")
        #expect(
            await channel.query([sent("wmNightingale_2", end: 5)], at: now) == [.unanswered(code: "cancel_41062")])
    }

    @Test("a wrong secret closes the channel, and nothing is taken", arguments: MockedProvider.all)
    func wrongSecret(_ provider: MockedProvider) async throws {
        let peer = try start()
        defer { peer.stop() }
        let port: Int = try peer.next()
        let transport = try #require(HTTPTransport(trusted: peer.certificate))
        let channel = try provider.channel(port, transport, secret: "d3Jvbmc=")
        #expect(await channel.send(provider.message()) == .misconfigured(code: provider.refusal))
    }

    @Test(
        "fault 42: a clock beyond the provider's limit is proven not sent",
        arguments: MockedProvider.all.filter { $0.clock != nil })
    func clock(_ provider: MockedProvider) async throws {
        let clock = try #require(provider.clock)
        let peer = try start()
        defer { peer.stop() }
        let port: Int = try peer.next()
        let transport = try #require(HTTPTransport(trusted: peer.certificate))
        let channel = try provider.channel(port, transport)
        for minutes in [-1, 1] as [Int64] {
            let wrong = Instant.now.adding(micros: minutes * (clock.limit + 60) * 1_000_000)
            #expect(await channel.send(provider.message(at: wrong)) == .misconfigured(code: clock.code))
            let near = Instant.now.adding(micros: minutes * (clock.limit - 60) * 1_000_000)
            #expect(await channel.send(provider.message(at: near)) == .accepted(providerID: provider.id))
        }
    }

    @Test("a certificate that nobody vouches for, or of another host, gets nothing", arguments: MockedProvider.all)
    func certificate(_ provider: MockedProvider) async throws {
        for host in ["IP:127.0.0.1", "DNS:other.example"] {
            let peer = try start(host: host)
            defer { peer.stop() }
            let port: Int = try peer.next()
            let trusted = host.hasPrefix("DNS") ? peer.certificate : nil
            let channel = try provider.channel(port, try #require(HTTPTransport(trusted: trusted)))
            guard case .notSent(let code, nil) = await channel.send(provider.message()), code.hasSuffix("tls") else {
                return #expect(Bool(false), "something left")
            }
        }
    }
}
