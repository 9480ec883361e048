import Kit
import Policies
import Rules
import Testing

@testable import Channels

/// What the adapters make of callbacks, true, forged and broken.
@Suite("Callbacks")
struct CallbackTests {
    static let now = Instant(rfc3339: "2026-03-10T12:00:00+08:00") ?? .distantPast
    static let url = "https://shop.example/callbacks/sms/t0ken"

    static func read(
        _ type: String, _ body: String = "", method: String = "POST", query: String = "",
        headers: [(name: String, value: String)] = [], settings: AdapterSettings = AdapterSettings()
    ) throws -> CallbackResult {
        try read(type, bytes: Array(body.utf8), method: method, query: query, headers: headers, settings: settings)
    }

    static func read(
        _ type: String, bytes: [UInt8], method: String = "POST", query: String = "",
        headers: [(name: String, value: String)] = [], settings: AdapterSettings = AdapterSettings()
    ) throws -> CallbackResult {
        let reader = try #require(Adapters[type]?.callbacks)
        return reader(
            settings,
            CallbackRequest(
                method: method, url: query.isEmpty ? url : "\(url)?\(query)",
                query: try #require(PercentEncoding.pairs(query)), headers: headers, body: bytes, at: now))
    }

    static func time(_ text: String) -> Instant { Instant(rfc3339: text) ?? .distantPast }

    // MARK: Kannel

    @Test(
        "Kannel's reports",
        arguments: [
            ("1", "ACK%2F", Receipt.Status.delivered, "status_1"),
            (
                "1", "id%3A77+sub%3A001+submit+date%3A2603101200+stat%3ADELIVRD+err%3A000+text%3A%E6%9E%97", .delivered,
                "DELIVRD"
            ),
            ("2", "stat%3AUNDELIV+err%3A099", .undelivered, "UNDELIV"), ("4", "", .sent, "status_4"),
            ("8", "ACK%2F", .sent, "status_8"),
            ("16", "NACK%2Fvalidity+expired", .undelivered, "validity_expired"),
            ("16", "NACK%2F13800000001+is+bad", .undelivered, "status_16"),
            ("34", "", .undelivered, "status_34"), ("66", "", .sent, "status_66"),
        ])
    func kannelReport(number: String, answer: String, status: Receipt.Status, code: String) throws {
        let result = try CallbackTests.read(
            "kannel", method: "GET", query: "reference=nd1-a-1&status=\(number)&answer=\(answer)&more=1")
        let receipt = Receipt(reference: "nd1-a-1", status: status, code: code, at: CallbackTests.now)
        #expect(result == CallbackResult(events: [.receipt(receipt)]))
    }

    @Test("Kannel's replies")
    func kannelReply() throws {
        let result = try CallbackTests.read(
            "kannel", method: "GET",
            query: "from=%2B8613800000001&to=10690000&text=%E9%80%80%E8%AE%A2&charset=UTF-8&id=a-7&ts=1773115000")
        let reply = Reply(address: "13800000001", text: "退订", id: "a-7", at: Instant(seconds: 1_773_115_000))
        #expect(result == CallbackResult(events: [.reply(reply)]))
        // The same without an id is known by its content.
        let bare = "from=13800000001&text=R"
        let (one, two) = (
            try CallbackTests.read("kannel", method: "GET", query: bare),
            try CallbackTests.read("kannel", method: "GET", query: bare)
        )
        #expect(one == two && one.events.count == 1)
    }

    @Test(
        "What is no callback of Kannel is refused, with a word",
        arguments: [
            ("POST", "reference=nd1-a-1&status=1"), ("GET", ""), ("GET", "reference=nd1-a-1"), ("GET", "status=1"),
            ("GET", "reference=&status=1"), ("GET", "reference=nd1-a-1&status=%25d"),
            ("GET", "reference=nd1-a-1&status=99999999999999999999999"), ("GET", "from=13800000001"),
        ])
    func kannelRefusals(method: String, query: String) throws {
        let result = try CallbackTests.read("kannel", method: method, query: query)
        #expect(result.events.isEmpty && result.refusal != nil && result.answer == .refused)
    }

    @Test("A time beyond all times is not one; a sender that is no number says nothing")
    func kannelEdges() throws {
        let late = try CallbackTests.read(
            "kannel", method: "GET", query: "from=13800000001&text=1&ts=9223372036854775807")
        guard case .reply(let reply)? = late.events.first else { Issue.record("no reply"); return }
        #expect(reply.at == CallbackTests.now)
        #expect(try CallbackTests.read("kannel", method: "GET", query: "from=Bank&text=1") == CallbackResult())
    }

    // MARK: Aliyun

    private static let report = """
        {"phone_number":"13800000001","send_time":"2026-03-10 11:00:00","report_time":"2026-03-10 11:00:05","success":true,
         "err_code":"DELIVERED","err_msg":"用户接收成功","sms_size":"1","biz_id":"900619746936498440^0","out_id":"nd1-a-1"}
        """

    @Test("Aliyun's report")
    func aliyunReport() throws {
        let result = try CallbackTests.read("aliyun-sms", "[\(CallbackTests.report)]")
        let receipt = Receipt(
            reference: "nd1-a-1", providerID: "900619746936498440^0", address: "13800000001", status: .delivered,
            code: "DELIVERED", at: CallbackTests.time("2026-03-10T11:00:05+08:00"))
        #expect(result.events == [.receipt(receipt)] && result.refusal == nil)
        #expect(result.answer.status == 200 && result.answer.body == #"{"code":0,"msg":"接收成功"}"#)
    }

    @Test(
        "Codes of Aliyun's reports",
        arguments: [
            ("MOBILE_IN_BLACK", "MOBILE_IN_BLACK", SuppressionRow.Reason.optOut), ("MK:0001", "MK_0001", nil),
            ("UNDELIV", "UNDELIV", nil), ("13800000001", "unlisted_code", nil), ("号码错误", "unlisted_code", nil),
        ] as [(String, String, SuppressionRow.Reason?)])
    func aliyunCodes(said: String, code: String, suppression: SuppressionRow.Reason?) throws {
        let body = CallbackTests.report.replacing("true", with: "false").replacing("DELIVERED", with: said)
        guard case .receipt(let receipt)? = try CallbackTests.read("aliyun-sms", "[\(body)]").events.first else {
            Issue.record("no receipt")
            return
        }
        #expect(receipt.status == .undelivered && receipt.code == code && receipt.suppression == suppression)
    }

    @Test("Aliyun's replies, with numbers as ids and half an emoji")
    func aliyunReply() throws {
        let result = try CallbackTests.read(
            "aliyun-sms",
            #"""
            [{"phone_number":"13800000001","content":"TD","send_time":"2026-03-10 11:20:00","dest_code":"6200","sequence_id":"77"},
             {"phone_number":"8613800000002","content":"好\ud83d","send_time":"?","sequence_id":78,"sign_name":"星河"},
             {"phone_number":"13800000003","content":"\ud83d\ude00\u0000","send_time":"2026-03-10 11:20:00","sequence_id":"79"}]
            """#)
        #expect(
            result.events == [
                .reply(
                    Reply(
                        address: "13800000001", text: "TD", id: "77",
                        at: CallbackTests.time("2026-03-10T11:20:00+08:00"))),
                .reply(Reply(address: "13800000002", text: "好\u{FFFD}", id: "78", at: CallbackTests.now)),
                .reply(
                    Reply(
                        address: "13800000003", text: "😀\u{FFFD}", id: "79",
                        at: CallbackTests.time("2026-03-10T11:20:00+08:00"))),
            ])
    }

    @Test(
        "One bad item does not lose the others",
        arguments: [
            "1", "null", "[]", "{}", #""text""#, #"{"success":true}"#, #"{"success":"maybe","biz_id":"1"}"#,
            #"{"success":true,"biz_id":{"a":1}}"#, #"{"success":true,"biz_id":"a b\nc"}"#, #"{"a":1,"a":2}"#,
            #"{"content":"R"}"#, #"{"content":["R"],"phone_number":"13800000001"}"#,
            #"{"phone_number":"x","content":"R"}"#,
            "{\"a\":1e999}", "nonsense", #"{"a":"],["}"#,
            String(repeating: "[", count: 500) + String(repeating: "]", count: 500),
        ])
    func badItem(item: String) throws {
        for body in ["[\(item),\(CallbackTests.report)]", "[\(CallbackTests.report),\(item)]"] {
            let result = try CallbackTests.read("aliyun-sms", body)
            #expect(result.events.count == 1 && result.refusal == nil, "\(item)")
        }
    }

    @Test("An empty list is read; a body that is none is refused", arguments: ["aliyun-sms", "tencent-sms"])
    func bodies(type: String) throws {
        #expect(try CallbackTests.read(type, " [ ] ").refusal == nil)
        let broken = [
            "", " ", "[", "]", "null", "7", "\"a\"", "[nonsense]", "<xml/>", "{", "[{]", "a=b&c=d", "[\"]", "\\",
            "[\\]",
        ]
        for body in broken {
            let result = try CallbackTests.read(type, body)
            #expect(result.refusal != nil && result.events.isEmpty && result.answer.status == 403, "\(body)")
        }
        #expect(try CallbackTests.read(type, "[]", method: "GET").refusal != nil)
    }

    @Test("A megabyte of anything is read or refused, and bytes that are not UTF-8 are no trap")
    func large() throws {
        for type in ["aliyun-sms", "tencent-sms", "kannel", "twilio"] {
            for unit in ["[", "{\"a\":", "\"", "\\u", "\\ud83d", "a=b&", "%", "0", "[{},", "\u{0}"] {
                let bytes = Array(String(repeating: unit, count: 1_000_000 / unit.utf8.count).utf8)
                #expect(try CallbackTests.read(type, bytes: bytes).events.isEmpty)
                #expect(
                    try CallbackTests.read(type, bytes: Array("[\"".utf8) + bytes + Array("\"]".utf8)).events.isEmpty)
            }
            #expect(try CallbackTests.read(type, bytes: [0xFF, 0xFE, 0x00, 0xC3]).events.isEmpty)
        }
        let many = "[" + Array(repeating: CallbackTests.report, count: 3500).joined(separator: ",") + "]"
        #expect(try CallbackTests.read("aliyun-sms", many).events.count == 3500)
    }

    // MARK: Tencent

    @Test("Tencent's statuses")
    func tencentStatus() throws {
        let result = try CallbackTests.read(
            "tencent-sms",
            """
            [{"user_receive_time":"2026-03-10 11:00:05","nationcode":"86","mobile":"13800000001","report_status":"SUCCESS",
              "errmsg":"DELIVRD","description":"用户短信送达成功","sid":"2:2026031011000000001"},
             {"user_receive_time":"","nationcode":"852","mobile":"51234567","report_status":"FAIL","errmsg":"MK:0010",
              "description":"x","sid":"8:77","session":"later"},
             {"report_status":"LATER","sid":"9"}, {"report_status":"FAIL"}]
            """)
        #expect(
            result.events == [
                .receipt(
                    Receipt(
                        providerID: "2:2026031011000000001", address: "13800000001", status: .delivered,
                        code: "DELIVRD",
                        at: CallbackTests.time("2026-03-10T11:00:05+08:00"))),
                .receipt(
                    Receipt(
                        providerID: "8:77", address: "+85251234567", status: .undelivered, code: "MK_0010",
                        at: CallbackTests.now)),
            ])
        #expect(result.answer.body == #"{"result":0,"errmsg":"OK"}"#)
    }

    @Test("Tencent's reply is one object, known by its content")
    func tencentReply() throws {
        let body =
            #"{"extend":"01","mobile":"13800000001","nationcode":"86","sign":"星河","text":"拒收","time":1773115000}"#
        let result = try CallbackTests.read("tencent-sms", body)
        guard case .reply(let reply)? = result.events.first else { Issue.record("no reply"); return }
        #expect(reply.address == "13800000001" && reply.text == "拒收" && reply.at == Instant(seconds: 1_773_115_000))
        #expect(try CallbackTests.read("tencent-sms", body) == result)
        #expect(!reply.id.contains("138"), "an id holds no number")
    }

    // MARK: Twilio

    private static let account = AdapterSettings(["auth_token": .text("12345"), "account_sid": .text("AC1")])

    /// Signed with `token`, as if it were for `signedURL`.
    private static func twilio(
        _ form: [(String, String)], token: String = "12345", signedURL: String = url
    ) throws -> CallbackResult {
        let signature = TwilioSignature.sign(
            url: signedURL, form: form.map { (name: $0.0, value: $0.1) }, authToken: token)
        return try read(
            "twilio", PercentEncoding.query(form),
            headers: [(name: "x-twilio-signature", value: signature)], settings: account)
    }

    @Test(
        "Twilio's statuses",
        arguments: [
            ("delivered", "", Receipt.Status.delivered, "delivered", nil), ("read", "", .delivered, "read", nil),
            ("sent", "", .sent, "sent", nil), ("undelivered", "30003", .undelivered, "30003", nil),
            ("failed", "21610", .undelivered, "21610", SuppressionRow.Reason.optOut),
        ] as [(String, String, Receipt.Status, String, SuppressionRow.Reason?)])
    func twilioStatus(
        word: String, error: String, status: Receipt.Status, code: String, suppression: SuppressionRow.Reason?
    ) throws {
        var form = [("MessageSid", "SM1"), ("MessageStatus", word), ("To", "+8613800000001"), ("AccountSid", "AC1")]
        if !error.isEmpty { form.append(("ErrorCode", error)) }
        let result = try CallbackTests.twilio(form)
        let receipt = Receipt(
            providerID: "SM1", address: "13800000001", status: status, code: code, suppression: suppression,
            at: CallbackTests.now)
        #expect(result.events == [.receipt(receipt)] && result.refusal == nil)
    }

    @Test("Twilio signs by SHA-256 with the shared key where its header says so, and by nothing else then")
    func twilioSHA256() throws {
        let form = [("MessageSid", "SM1"), ("MessageStatus", "delivered"), ("To", "+8613800000001")]
        func refusal(_ key: String, _ settings: String?, _ account: AdapterSettings, isLong: Bool = true) throws
            -> String?
        {
            let signature = TwilioSignature.sign(
                url: CallbackTests.url, form: form.map { (name: $0.0, value: $0.1) }, authToken: key, usesSHA256: isLong
            )
            var headers = [(name: "x-twilio-signature", value: signature)]
            if let settings { headers.append(("x-twilio-webhooks-signature-settings", settings)) }
            return try CallbackTests.read("twilio", PercentEncoding.query(form), headers: headers, settings: account)
                .refusal
        }
        var account = CallbackTests.account
        let long = "key=KEY1, algorithm=HMAC_SHA256"
        #expect(try refusal("shared", long, account) == "signature")
        account["signature_key"] = .text("shared")
        #expect(try refusal("shared", long, account) == nil)
        #expect(try refusal("12345", long, account) == "signature")
        #expect(try refusal("shared", "key=KEY1,algorithm=HMAC_SHA1", account) == "signature")
        #expect(try refusal("12345", nil, account, isLong: false) == nil)
    }

    @Test("Twilio is told where to report, and quotes our reference in what it signs")
    func twilioReference() throws {
        var settings = TwilioSettings(
            endpoint: "https://api.twilio.com", accountSID: "AC1", authToken: "12345", from: "+15005550006")
        settings.statusCallback = CallbackTests.url
        let transport = try #require(HTTPTransport(maxInFlight: 1))
        let request = try TwilioChannel(settings, transport: transport).request(
            for: OutgoingMessage(
                reference: "nd1-a-1", channel: "sms", to: "13800000001", text: "hi", rule: "r", member: "m",
                occasion: "o", at: CallbackTests.now))
        let form = try #require(CallbackBody.form(request.body))
        let address = try #require(form.first { $0.name == "StatusCallback" }?.value)
        #expect(address == "\(CallbackTests.url)?reference=nd1-a-1")
        let report = [("MessageSid", "SM1"), ("MessageStatus", "delivered")]
        for (query, isTrue) in [("reference=nd1-a-1", true), ("reference=nd1-b-1", false)] {
            let signature = TwilioSignature.sign(
                url: address, form: report.map { (name: $0.0, value: $0.1) }, authToken: "12345")
            let result = try CallbackTests.read(
                "twilio", PercentEncoding.query(report), query: query,
                headers: [(name: "x-twilio-signature", value: signature)], settings: CallbackTests.account)
            guard isTrue else {
                #expect(result.refusal == "signature")
                continue
            }
            guard case .receipt(let receipt)? = result.events.first else { Issue.record("no receipt"); return }
            #expect(receipt.reference == "nd1-a-1" && receipt.providerID == "SM1")
        }
    }

    @Test("Twilio's messages of members, and its own words of refusal")
    func twilioReply() throws {
        let form = [("MessageSid", "SM2"), ("SmsStatus", "received"), ("From", "+85251234567"), ("Body", "fin")]
        #expect(
            try CallbackTests.twilio(form).events == [
                .reply(Reply(address: "+85251234567", text: "fin", id: "SM2", at: CallbackTests.now))
            ])
        #expect(
            try CallbackTests.twilio(form + [("OptOutType", "STOP")]).events == [
                .reply(Reply(address: "+85251234567", text: "STOP", id: "SM2", at: CallbackTests.now))
            ])
        #expect(try CallbackTests.twilio(form).answer.body == "<Response></Response>")
    }

    @Test("What Twilio did not sign for this address is refused")
    func twilioForged() throws {
        let form = [("MessageSid", "SM1"), ("MessageStatus", "delivered")]
        let forged = [
            try CallbackTests.twilio(form, token: "12346"),
            try CallbackTests.twilio(form, signedURL: "https://other.example/callbacks/sms/t0ken"),
            try CallbackTests.read("twilio", PercentEncoding.query(form), settings: CallbackTests.account),
            try CallbackTests.read(
                "twilio", PercentEncoding.query(form), headers: [(name: "x-twilio-signature", value: "")],
                settings: CallbackTests.account),
            try CallbackTests.read("twilio", "a=%ZZ", settings: CallbackTests.account),
            try CallbackTests.read("twilio", "", method: "GET", settings: CallbackTests.account),
        ]
        for result in forged {
            #expect(result.refusal != nil && result.events.isEmpty && result.answer == .refused)
        }
        #expect(try CallbackTests.twilio(form + [("Extra", "1")]).events.count == 1, "fields may be added")
        #expect(try CallbackTests.twilio([("MessageSid", "SM1"), ("MessageStatus", "new word")]).events.isEmpty)
        #expect(try CallbackTests.twilio([("MessageStatus", "delivered")]).events.isEmpty)
        #expect(
            try CallbackTests.twilio([("MessageSid", "SM1"), ("From", "whatsapp:x"), ("Body", "R")]).events.isEmpty)
    }
}
