import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Channels

/// What WeChat and WeCom post: proven, opened, and read as events.
@Suite("Callbacks of WeChat")
struct WeChatCallbackTests {
    private static let (token, key) = ("t0ken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
    private static let now = CallbackTests.now
    /// Seven seconds before the call.
    private static let sent = now.adding(micros: -7_000_000)

    private static func settings(isEncrypted: Bool) -> AdapterSettings {
        var block = ["token": AdapterSettings.Value.text(token), "path_token": .text("p")]
        if isEncrypted { block["encoding_aes_key"] = .text(key) }
        return AdapterSettings([
            "app_id": .text("wx1"), "corp_id": .text("wx1"), "callbacks": .block(AdapterSettings(block)),
        ])
    }

    /// A call as the provider makes it; each part may be falsified.
    struct Call {
        var type = "wechat-official"
        var isEncrypted = true
        var method = "POST"
        var token = WeChatCallbackTests.token
        var receiver = "wx1"
        var timestamp = String(WeChatCallbackTests.now.wholeSeconds)
        var echo: String?
        /// Changes the encrypted text after it was signed.
        var alter: (String) -> String = { $0 }

        func read(_ message: String) throws -> CallbackResult {
            let cipher = try #require(
                WeChatCipher(token: token, encodingAESKey: WeChatCallbackTests.key, receiver: receiver))
            let sealed = try cipher.seal(message, random: Array(repeating: 7, count: 16))
            var query = [("timestamp", timestamp), ("nonce", "n1")]
            query.append(("signature", WeChatCipher.signature(token, timestamp, "n1")))
            if isEncrypted { query.append(("msg_signature", WeChatCipher.signature(token, timestamp, "n1", sealed))) }
            if let echo { query.append(("echostr", echo.isEmpty ? sealed : echo)) }
            let isJSON = message.hasPrefix("{")
            let body =
                !isEncrypted
                ? message
                : isJSON
                    ? "{\"Encrypt\":\"\(alter(sealed))\"}"
                    : "<xml><Encrypt><![CDATA[\(alter(sealed))]]></Encrypt></xml>"
            return try CallbackTests.read(
                type, method == "GET" ? "" : body, method: method, query: PercentEncoding.query(query),
                settings: WeChatCallbackTests.settings(isEncrypted: isEncrypted))
        }
    }

    private static func xml(_ members: String, user: String = "oLin", time: Int64 = sent.wholeSeconds) -> String {
        """
        <xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[\(user)]]></FromUserName>
        <CreateTime>\(time)</CreateTime>\(members)</xml>
        """
    }

    private static func event(_ name: String, _ more: String = "") -> String {
        xml("<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[\(name)]]></Event>\(more)")
    }

    private static let text = xml(
        "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[退订]]></Content><MsgId>23456789012345678</MsgId>")
    private static let reply = Reply(address: "oLin", text: "退订", id: "23456789012345678", at: sent)
    private static let window = Credit(
        address: "oLin", template: nil, messages: 5, lasts: .seconds(172_800), at: sent)

    // MARK: the door

    @Test("The check of the address is answered with its text; WeCom's with what it encrypted")
    func check() throws {
        for isEncrypted in [true, false] {
            let call = Call(isEncrypted: isEncrypted, method: "GET", echo: "4375120948345356249")
            #expect(try call.read("") == CallbackResult(answer: CallbackAnswer(body: "4375120948345356249")))
        }
        let wecom = Call(type: "wecom-app", method: "GET", echo: "")
        #expect(
            try wecom.read("1616140317555161061") == CallbackResult(answer: CallbackAnswer(body: "1616140317555161061"))
        )
        for forged in [
            Call(method: "GET", token: "other", echo: "1"),
            Call(type: "wecom-app", method: "GET", token: "other", echo: ""),
            Call(type: "wecom-app", method: "GET", receiver: "wx2", echo: ""), Call(method: "GET"),
            Call(method: "GET", timestamp: "0", echo: "1"),
        ] {
            let result = try forged.read("1")
            #expect(result.refusal != nil && result.answer == .refused)
        }
    }

    @Test("A text is a reply and opens the window, however it comes", arguments: [true, false])
    func replies(isEncrypted: Bool) throws {
        let result = try Call(isEncrypted: isEncrypted).read(Self.text)
        #expect(
            result
                == CallbackResult(events: [.reply(Self.reply), .credit(Self.window)], answer: .init(body: "success")))
        let json = """
            {"ToUserName":"gh_1","FromUserName":"oLin","CreateTime":\(Self.sent.wholeSeconds),"MsgType":"text",
             "Content":"退订","MsgId":23456789012345678}
            """
        #expect(try Call(type: "wechat-mini", isEncrypted: isEncrypted).read(json).events == [.reply(Self.reply)])
    }

    @Test("A colleague's text is a reply, and WeCom's answer is empty")
    func colleague() throws {
        let result = try Call(type: "wecom-app").read(Self.text)
        #expect(result == CallbackResult(events: [.reply(Self.reply)]))
        #expect(try Call(type: "wecom-app").read(Self.event("enter_agent")) == CallbackResult())
    }

    @Test(
        "What becomes of a customer of WeCom is told of the customer, not of who calls",
        arguments: [
            ("add_external_contact", ContactChange.Kind.added), ("add_half_external_contact", .added),
            ("edit_external_contact", .edited), ("del_external_contact", .deleted), ("del_follow_user", .left),
            ("transfer_fail", nil), ("", nil),
        ] as [(String, ContactChange.Kind?)])
    func customer(change: String, kind: ContactChange.Kind?) throws {
        let more = """
            <ChangeType><![CDATA[\(change)]]></ChangeType><UserID><![CDATA[wangfang]]></UserID>
            <ExternalUserID><![CDATA[wmLin]]></ExternalUserID><State><![CDATA[x]]></State>
            """
        let result = try Call(type: "wecom-external").read(Self.event("change_external_contact", more))
        let told = kind.map {
            CallbackEvent.contact(ContactChange(address: "wmLin", kind: $0, clerk: "wangfang", at: Self.sent))
        }
        #expect(result == CallbackResult(events: told.map { [$0] } ?? []))
        #expect(
            try Call(type: "wecom-external", receiver: "ww2").read(Self.event("change_external_contact", more)).refusal
                == "receiver")
    }

    @Test("What is not from the account is refused, with a word that holds nothing of it")
    func forged() throws {
        let broken: [(Call, String)] = [
            (Call(token: "other"), "signature"), (Call(isEncrypted: false, token: "other"), "signature"),
            (Call(receiver: "wx2"), "receiver"), (Call(method: "PUT"), "method"),
            (Call(alter: { String($0.dropLast(24)) }), "signature"), (Call(alter: { _ in "" }), "signature"),
            (Call(timestamp: String(Self.now.wholeSeconds - 601)), "timestamp"),
            (Call(timestamp: String(Self.now.wholeSeconds + 601)), "timestamp"), (Call(timestamp: "soon"), "timestamp"),
            (Call(isEncrypted: false, timestamp: "1"), "timestamp"),
        ]
        for (call, word) in broken {
            let result = try call.read(Self.text)
            #expect(result.refusal == word && result.events.isEmpty && result.answer == .refused)
        }
        #expect(try Call(timestamp: String(Self.now.wholeSeconds - 600)).read(Self.text).refusal == nil)
    }

    @Test("With a key, what is not encrypted is refused; without one, what is")
    func mode() throws {
        let query = PercentEncoding.query([
            ("timestamp", String(Self.now.wholeSeconds)), ("nonce", "n"),
            ("signature", WeChatCipher.signature(Self.token, String(Self.now.wholeSeconds), "n")),
        ])
        func read(_ body: String, isEncrypted: Bool) throws -> String? {
            try CallbackTests.read(
                "wechat-official", body, query: query, settings: Self.settings(isEncrypted: isEncrypted)
            ).refusal
        }
        #expect(try read(Self.text, isEncrypted: true) == "not_encrypted")
        #expect(try read("<xml><Encrypt>x</Encrypt></xml>", isEncrypted: false) == "encrypted")
        #expect(try read("<xml>", isEncrypted: true) == "not_a_message")
        #expect(try read("[]", isEncrypted: false) == "not_a_message")
        #expect(try read("<!DOCTYPE x><xml></xml>", isEncrypted: false) == "not_a_message")
        // A block without its secrets is no open door.
        #expect(
            try CallbackTests.read(
                "wechat-official", Self.text, query: query, settings: .init(["app_id": .text("wx1")])
            ).refusal == "settings")
    }

    @Test("A ciphertext that is cut, of the account's own signature all the same, is refused")
    func truncated() throws {
        let cipher = try #require(WeChatCipher(token: Self.token, encodingAESKey: Self.key, receiver: "wx1"))
        let whole = try cipher.seal(Self.text, random: Array(repeating: 1, count: 16))
        let timestamp = String(Self.now.wholeSeconds)
        for length in stride(from: 0, to: whole.utf8.count, by: 7) {
            let part = String(whole.prefix(length))
            let query = PercentEncoding.query([
                ("timestamp", timestamp), ("nonce", "n"),
                ("msg_signature", WeChatCipher.signature(Self.token, timestamp, "n", part)),
            ])
            let result = try CallbackTests.read(
                "wechat-official", "<xml><Encrypt>\(part)</Encrypt></xml>", query: query,
                settings: Self.settings(isEncrypted: true))
            #expect(result.refusal != nil && result.events.isEmpty)
        }
    }

    // MARK: what is said

    @Test(
        "What became of a template message",
        arguments: [
            ("success", Receipt.Status.delivered, "success", nil),
            ("failed:user block", .undelivered, "failed_user_block", SuppressionRow.Reason.optOut),
            ("failed: user  block", .undelivered, "failed_user_block", .optOut),
            ("Failed: System Failed", .undelivered, "failed_system_failed", nil),
            ("failed:system failed", .undelivered, "failed_system_failed", nil),
            ("failed:13800000001", .undelivered, "unlisted_code", nil),
        ] as [(String, Receipt.Status, String, SuppressionRow.Reason?)])
    func template(said: String, status: Receipt.Status, code: String, suppression: SuppressionRow.Reason?) throws {
        let message = Self.event(
            "TEMPLATESENDJOBFINISH", "<MsgID>1864323726461255680</MsgID><Status><![CDATA[\(said)]]></Status>")
        let receipt = Receipt(
            providerID: "1864323726461255680", address: "oLin", status: status, code: code, suppression: suppression,
            at: Self.sent)
        #expect(try Call().read(message).events == [.receipt(receipt)])
    }

    private static let popup = """
        <SubscribeMsgPopupEvent>
        <List><TemplateId><![CDATA[tmpl_1]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString></List>
        <List><TemplateId><![CDATA[tmpl_2]]></TemplateId><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString></List>
        <List><TemplateId><![CDATA[tmpl_3]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString></List>
        </SubscribeMsgPopupEvent>
        """

    private static func credit(_ template: String) -> CallbackEvent {
        .credit(Credit(address: "oLin", template: template, messages: 1, lasts: nil, at: sent))
    }

    @Test("A consent is one credit for its template, in every shape of the list")
    func consents() throws {
        let message = Self.event("subscribe_msg_popup_event", Self.popup)
        #expect(try Call().read(message).events == [Self.credit("tmpl_1"), Self.credit("tmpl_3")])
        let item = #"{"TemplateId":"tmpl_1","SubscribeStatusString":"accept","PopupScene":"0"}"#
        for list in [#""List":\#(item)"#, #""List":[\#(item)]"#, #""SubscribeMsgPopupEvent":[\#(item)]"#] {
            let json = """
                {"FromUserName":"oLin","CreateTime":"\(Self.sent.wholeSeconds)","MsgType":"event",
                 "Event":"subscribe_msg_popup_event",\(list)}
                """
            #expect(try Call(type: "wechat-mini").read(json).events == [Self.credit("tmpl_1")])
        }
    }

    @Test("A consent that is taken back ends the credits of its template")
    func takenBack() throws {
        let message = Self.event(
            "subscribe_msg_change_event", Self.popup.replacing("PopupEvent", with: "ChangeEvent"))
        let end = CreditEnd(address: "oLin", template: "tmpl_2", at: Self.sent)
        #expect(try Call().read(message).events == [.creditsEnded(end)])
    }

    @Test(
        "What became of a subscription message",
        arguments: [
            ("0", Receipt.Status.delivered, "success"), ("43101", .undelivered, "43101"),
            ("20001", .undelivered, "20001"),
        ])
    func subscription(code: String, status: Receipt.Status, word: String) throws {
        let list = """
            <SubscribeMsgSentEvent><List><TemplateId>tmpl_1</TemplateId><MsgID>18643</MsgID><ErrorCode>\(code)</ErrorCode>
            <ErrorStatus>x</ErrorStatus></List></SubscribeMsgSentEvent>
            """
        let receipt = Receipt(
            providerID: "18643", address: "oLin", template: "tmpl_1", status: status, code: word, at: Self.sent)
        let end = CallbackEvent.creditsEnded(CreditEnd(address: "oLin", template: "tmpl_1", at: Self.sent))
        #expect(
            try Call().read(Self.event("subscribe_msg_sent_event", list)).events
                == [.receipt(receipt)] + (code == "43101" ? [end] : []))
    }

    @Test("Followers come and go; who touches the menu may be answered for a minute")
    func followers() throws {
        let touch = CallbackEvent.credit(
            Credit(address: "oLin", template: nil, messages: 3, lasts: .seconds(60), at: Self.sent))
        func following(_ follows: Bool) -> CallbackEvent {
            .following(Following(address: "oLin", isFollowing: follows, at: Self.sent))
        }
        #expect(try Call().read(Self.event("subscribe")).events == [following(true), touch])
        #expect(try Call().read(Self.event("unsubscribe")).events == [following(false)])
        for name in ["CLICK", "SCAN", "scancode_push", "scancode_waitmsg"] {
            #expect(try Call().read(Self.event(name)).events == [touch], "\(name)")
        }
        for name in ["VIEW", "LOCATION", "subscribe_msg_popup_event", "TEMPLATESENDJOBFINISH", "", "later"] {
            #expect(try Call().read(Self.event(name)) == CallbackResult(answer: .init(body: "success")), "\(name)")
        }
        let picture = Self.xml("<MsgType>image</MsgType><MsgId>1</MsgId>")
        #expect(try Call().read(picture).events == [.credit(Self.window)])
    }

    @Test("Who takes back what WeChat may tell, or leaves it, is named by a field of the event's own")
    func revocations() throws {
        for name in ["user_authorization_revoke", "user_authorization_cancellation"] {
            let event = Self.event(name, "<OpenID>oMei</OpenID><AppID>wx1</AppID><RevokeInfo>301</RevokeInfo>")
            #expect(
                try Call().read(event).events == [.revoked(Revocation(address: "oMei", at: Self.sent))], "\(name)")
            #expect(try Call().read(Self.event(name)).events.isEmpty, "\(name)")
        }
        #expect(try Call().read(Self.event("user_info_modified", "<OpenID>oMei</OpenID>")).events.isEmpty)
    }

    @Test("A message of nobody says nothing; a time of the future is now; a text without an id is known by its content")
    func edges() throws {
        for user in ["", "a b", "<![CDATA[", String(repeating: "o", count: 300)] {
            let message = Self.xml("<MsgType>text</MsgType><Content>R</Content>", user: user)
            #expect(try Call().read(message).events.isEmpty)
        }
        let late = Self.xml("<MsgType>text</MsgType><Content>R</Content>", time: Self.now.wholeSeconds + 900)
        guard case .reply(let reply)? = try Call().read(late).events.first else { Issue.record("no reply"); return }
        #expect(reply.at == Self.now && reply.id.utf8.count == 32 && !reply.id.contains("oLin"))
        #expect(try Call().read(late).events.first == .reply(reply))
    }

    @Test("Whatever was done to the bytes is refused or read, and never a trap", arguments: [true, false])
    func mutated(isEncrypted: Bool) throws {
        var mutator = ByteMutator(random: SeededGenerator(seed: UInt64(Seed.first)))
        let types = ["wechat-official", "wechat-mini", "wecom-app"]
        for round in 0..<400 {
            var body = Array(Self.event("subscribe_msg_popup_event", Self.popup).utf8)
            if isEncrypted {
                body = Array("<xml><Encrypt>\(String(repeating: "QUFB", count: 40))</Encrypt></xml>".utf8)
            }
            for _ in 0...round % 8 { mutator.change(&body) }
            let timestamp = String(Self.now.wholeSeconds)
            let sealed = CallbackNode(body: body)?["Encrypt"] ?? ""
            let query = PercentEncoding.query([
                ("timestamp", timestamp), ("nonce", "n"),
                ("signature", WeChatCipher.signature(Self.token, timestamp, "n")),
                ("msg_signature", WeChatCipher.signature(Self.token, timestamp, "n", sealed)),
            ])
            let result = try CallbackTests.read(
                types[round % (isEncrypted ? 3 : 2)], bytes: body, query: query,
                settings: Self.settings(isEncrypted: isEncrypted))
            #expect(result.refusal != nil || result.answer.status == 200)
            #expect(!isEncrypted || result.events.isEmpty)
        }
    }
}

/// Changes of bytes, a few at a time.
struct ByteMutator {
    var random: SeededGenerator
    private static let marks = Array("<![CDATA[]]>&</>{}[]\"%\\".utf8)

    mutating func change(_ bytes: inout [UInt8]) {
        let (one, other) = (
            Int.random(in: 0...bytes.count, using: &random), Int.random(in: 0...bytes.count, using: &random)
        )
        let span = min(one, other)..<max(one, other)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(span)
        case 1: bytes.insert(contentsOf: bytes[span], at: one)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: one)
        case 3: bytes.insert(contentsOf: ByteMutator.marks.shuffled(using: &random).prefix(5), at: one)
        default: if one < bytes.count { bytes[one] = UInt8.random(in: 0...255, using: &random) }
        }
    }
}
