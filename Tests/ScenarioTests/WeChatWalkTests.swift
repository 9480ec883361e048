import Foundation
import Kit
import TestSupport
import Testing

@testable import Store

/// The daemon and a WeChat that calls back: consents, receipts, followers, and what only looks like them.
@Suite(
    "The walk through WeChat", .serialized, .enabled(if: WeChatPeer.isInstalled, "python3 or openssl is not installed"))
struct WeChatWalkTests {
    private let scratch: Scratch
    private let port: Int
    private static let pathToken = "0123456789abcdef"
    private static let secrets = [
        "APP": "s3cret", "PATH_TOKEN": pathToken, "TOKEN": WeChatPeer.token, "KEY": WeChatPeer.key,
    ]

    init() throws {
        scratch = try Scratch()
        port = try Loopback.freePorts(1)[0]
        try write(
            "rules/rules.yaml",
            """
            version: 1
            rules:
              - id: welcome
                name: 到店问候
                status: live
                owner: crm-team
                purpose: service
                when: {event: {name: store.visited}}
                do: [{send: {try: [{CHANNEL: {template: hello_wx}}, {sms: {template: hello}}], fill: {name: member.display_name}}}]
                if_late: {send_within: 6h}
            """)
        try write("rules/settings.yaml", "version: 1\nservice_owners: [crm-team]\nblast_guard: off\n")
        try write("members.csv", "id,display_name,phone,wechat_openid,status\nm1,林小姐,13800000001,oCanaryLin,active\n")
    }

    private func write(_ path: String, _ text: String) throws {
        let url = scratch.directory.appending(path: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    /// The daemon with a channel of that type, and the WeChat that it sends to.
    private func start(_ type: String, _ channel: String) throws -> (DaemonProcess, WeChatPeer) {
        let peer = try WeChatPeer(calling: "http://127.0.0.1:\(port)/callbacks/\(channel)/\(Self.pathToken)")
        let rules = try scratch.text("rules/rules.yaml").replacing("CHANNEL", with: channel)
        try write("rules/rules.yaml", rules)
        try write(
            "rules/templates.yaml",
            """
            version: 1
            templates:
              - {id: hello, channel: sms, text: "【星河百货】{{ name | default: '您好' }}，欢迎光临！", values: {name: text}}
              - {id: hello_wx, channel: \(channel), code: tmpl1, text: "{{ name | default: '您好' }}", values: {name: text}}
            """)
        try write(
            "nudged.yaml",
            """
            version: 1
            store: {url: "sqlite:nudged.db"}
            rules_dir: rules
            http: {listen: "127.0.0.1:\(port)"}
            log: {level: debug}
            channels:
              sms: {type: log, path: sms.ndjson}
              \(channel):
                type: \(type)
                address: wechat_openid
                endpoint: "http://127.0.0.1:\(peer.port)"
                app_id: \(WeChatPeer.app)
                app_secret: {env: APP}
                callbacks: {path_token: {env: PATH_TOKEN}, token: {env: TOKEN}, encoding_aes_key: {env: KEY}}
            """)
        let imported = try scratch.run("nudged import members members.csv --config nudged.yaml --json")
        #expect(imported.status == 0, "\(imported.printed)")
        let daemon = try DaemonProcess(scratch, environment: Self.secrets)
        try daemon.wait(for: "READY=1")
        return (daemon, peer)
    }

    private func visit(_ id: String) throws {
        let at = Zone.utc.rfc3339(Instant(micros: Int64(Date().timeIntervalSince1970 * 1_000_000)))
        try write("events-\(id).csv", "id,member_id,name,at\n\(id),m1,store.visited,\(at)\n")
        let imported = try scratch.run("nudged import events events-\(id).csv --config nudged.yaml --json")
        #expect(imported.status == 0, "\(imported.printed)")
    }

    /// Until the states are these; each look is a process of its own, which takes its time.
    private func states(become wanted: [String]) throws {
        var states: [String] = []
        for _ in 0..<300 {
            let listed = try scratch.run("nudged deliveries list --config nudged.yaml")
            states = listed.printed.map { String($0.split(separator: " ")[3]) }.sorted()
            if states == wanted { break }
        }
        #expect(states == wanted)
    }

    private func event(_ name: String, _ more: String, secondsAgo: Int = 1) -> String {
        """
        <xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oCanaryLin]]></FromUserName>
        <CreateTime>\(Int(Date().timeIntervalSince1970) - secondsAgo)</CreateTime><MsgType><![CDATA[event]]></MsgType>
        <Event><![CDATA[\(name)]]></Event>\(more)</xml>
        """
    }

    private func end(_ daemon: DaemonProcess, _ peer: WeChatPeer) throws {
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        peer.stop()
        let log = try scratch.text("daemon.log")
        #expect(log.contains("/callbacks/CHANNEL/TOKEN"))
        for secret in ["oCanary", "13800000001"] + Self.secrets.values { #expect(!log.contains(secret)) }
        let verified = try scratch.run("nudged verify --config nudged.yaml")
        #expect(verified.status == 0, "\(verified.printed)")
    }

    @Test(
        "one consent is one message of the mini program, told three times or in either shape; without one the SMS goes")
    func consents() throws {
        let (daemon, peer) = try start("wechat-mini", "mini")
        #expect(try peer.call(.init(check: "8127")).map(\.body) == ["8127"])
        try visit("a")
        try states(become: ["accepted"])
        let item = #"{"TemplateId":"tmpl1","SubscribeStatusString":"accept","PopupScene":"0"}"#
        for (list, ago) in [(item, 3), ("[\(item)]", 2)] {
            let message = """
                {"FromUserName":"oCanaryLin","CreateTime":"\(Int(Date().timeIntervalSince1970) - ago)","MsgType":"event",
                 "Event":"subscribe_msg_popup_event","List":\(list)}
                """
            let answers = try peer.call(.init(message: message, times: 3))
            #expect(answers.map(\.status) == [200, 200, 200] && Set(answers.map(\.body)) == ["success"])
        }
        for id in ["b", "c"] {
            try visit(id)
            let message = try peer.nextMessage()
            #expect(message.path == "/cgi-bin/message/subscribe/send" && message.to == "oCanaryLin")
            let sent = event(
                "subscribe_msg_sent_event",
                """
                <SubscribeMsgSentEvent><List><TemplateId><![CDATA[tmpl1]]></TemplateId><MsgID>77\(id)</MsgID><ErrorCode>0</ErrorCode>
                <ErrorStatus><![CDATA[success]]></ErrorStatus></List></SubscribeMsgSentEvent>
                """, secondsAgo: 0)
            #expect(try peer.call(.init(message: sent, times: 3)).map(\.status) == [200, 200, 200])
        }
        try states(become: ["accepted", "delivered", "delivered"])
        try visit("d")
        try states(become: ["accepted", "accepted", "delivered", "delivered"])
        #expect(try scratch.text("sms.ndjson").split(separator: "\n").count == 2)
        try end(daemon, peer)
    }

    @Test("a template message is delivered by WeChat's word; who unfollows gets the SMS; forged calls change nothing")
    func receipts() throws {
        let (daemon, peer) = try start("wechat-official", "wechat")
        try visit("a")
        let message = try peer.nextMessage()
        #expect(message.path == "/cgi-bin/message/template/send" && message.template == "tmpl1")
        let finished = event(
            "TEMPLATESENDJOBFINISH", "<MsgID>\(message.msgid)</MsgID><Status><![CDATA[success]]></Status>")
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]>" + finished
        let forged: [WeChatPeer.Order] = [
            .init(message: finished, token: "other"), .init(message: finished, app: "wx2"),
            .init(message: finished, cut: 20), .init(message: finished, plain: true), .init(message: bomb),
            .init(check: "1", token: "other"),
        ]
        for order in forged { #expect(try peer.call(order).map(\.status) == [403]) }
        try states(become: ["accepted"])
        #expect(try peer.call(.init(message: finished, times: 3)).map(\.body) == ["success", "success", "success"])
        try states(become: ["delivered"])

        #expect(try peer.call(.init(message: event("unsubscribe", ""), times: 3)).map(\.status) == [200, 200, 200])
        try visit("b")
        try states(become: ["accepted", "delivered"])
        #expect(try scratch.text("sms.ndjson").split(separator: "\n").count == 1)
        #expect(try peer.call(.init(message: event("subscribe", "", secondsAgo: 0))).map(\.status) == [200])
        try visit("c")
        #expect(try peer.nextMessage().path == "/cgi-bin/message/template/send")
        try states(become: ["accepted", "accepted", "delivered"])
        try end(daemon, peer)
    }

    @Test("107: who takes back what WeChat may tell gets the SMS from then on, and no row knows the openid any more")
    func revoked() throws {
        let (daemon, peer) = try start("wechat-official", "wechat")
        try visit("a")
        #expect(try peer.nextMessage().to == "oCanaryLin")
        try states(become: ["accepted"])
        let back = event(
            "user_authorization_revoke",
            "<OpenID><![CDATA[oCanaryLin]]></OpenID><AppID>\(WeChatPeer.app)</AppID><RevokeInfo>301</RevokeInfo>")
        #expect(try peer.call(.init(message: back, times: 3)).map(\.status) == [200, 200, 200])
        try visit("b")
        try states(become: ["accepted", "accepted"])
        #expect(try scratch.text("sms.ndjson").split(separator: "\n").count == 1)
        try end(daemon, peer)
        let known: [String] = try MemberStore.reading("sqlite:\(scratch.directory.path)/nudged.db").writer.read {
            try $0.values(
                """
                SELECT id FROM members WHERE wechat_openid IS NOT NULL
                UNION ALL SELECT channel FROM deliveries WHERE address = 'oCanaryLin'
                """)
        }
        #expect(known == [])
    }
}
