import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Channels

/// Every path by which a provider's bytes come in, with bytes that were changed on the way.
@Suite("Callbacks with changed bytes")
struct CallbackMutationTests {
    private static let rounds = 300

    @Test(
        "Bodies are read or refused, and never a trap",
        arguments: [
            (
                "aliyun-sms",
                #"[{"phone_number":"13800000001","report_time":"2026-03-10 11:00:05","success":true,"err_code":"DELIVERED","biz_id":"9^0","out_id":"nd1-a-1"},{"content":"TD\ud83d\ude00","phone_number":"13800000001","sequence_id":7}]"#
            ),
            (
                "tencent-sms",
                #"[{"user_receive_time":"2026-03-10 11:00:05","nationcode":"86","mobile":"13800000001","report_status":"SUCCESS","errmsg":"DELIVRD","sid":"2:2"}]"#
            ),
            ("tencent-sms", #"{"extend":"01","mobile":"13800000001","nationcode":"86","text":"拒收","time":1773115000}"#),
        ])
    func bodies(type: String, seed: String) throws {
        var mutator = ByteMutator(random: SeededGenerator(seed: UInt64(Seed.first)))
        for round in 0..<Self.rounds {
            var body = Array(seed.utf8)
            for _ in 0...round % 8 { mutator.change(&body) }
            let result = try CallbackTests.read(type, bytes: body)
            #expect((result.refusal == nil) == (result.answer.status == 200))
        }
    }

    @Test("So are the queries of Kannel, as the gateway reads them")
    func queries() {
        let seeds = [
            "reference=nd1-a-1&status=1&answer=id%3A77+stat%3ADELIVRD+err%3A000+text%3A%E6%9E%97",
            "from=%2B8613800000001&to=10690000&text=%E9%80%80%E8%AE%A2&charset=UTF-8&id=a-7&ts=1773115000",
        ]
        var mutator = ByteMutator(random: SeededGenerator(seed: UInt64(Seed.first)))
        for round in 0..<Self.rounds {
            var query = Array(seeds[round % 2].utf8)
            for _ in 0...round % 8 { mutator.change(&query) }
            let text = String(decoding: query, as: UTF8.self)
            guard let pairs = PercentEncoding.pairs(text, isRepaired: true), let read = Adapters["kannel"]?.callbacks
            else {
                continue
            }
            let result = read(
                AdapterSettings(),
                CallbackRequest(
                    method: "GET", url: "http://h/?\(text)", query: pairs, headers: [], body: [], at: CallbackTests.now)
            )
            #expect((result.refusal == nil) == (result.answer.status == 200))
        }
    }

    @Test("So are Twilio's forms, signed as they are")
    func signedForms() throws {
        let seed = PercentEncoding.query([
            ("MessageSid", "SM1"), ("MessageStatus", "undelivered"), ("To", "+8613800000001"), ("ErrorCode", "21610"),
            ("From", "+85251234567"), ("Body", "好"),
        ])
        var mutator = ByteMutator(random: SeededGenerator(seed: UInt64(Seed.first)))
        for round in 0..<Self.rounds {
            var body = Array(seed.utf8)
            for _ in 0...round % 8 { mutator.change(&body) }
            let form = CallbackBody.form(body) ?? []
            let signature = TwilioSignature.sign(url: CallbackTests.url, form: form, authToken: "12345")
            let result = try CallbackTests.read(
                "twilio", bytes: body, headers: [(name: "x-twilio-signature", value: signature)],
                settings: AdapterSettings(["auth_token": .text("12345")]))
            #expect((result.refusal == nil) == (result.answer.status == 200))
        }
    }
}
