import Foundation
import Kit
import Testing

@testable import Channels

/// The rows of the fact sheet: each code of a provider with the class of its outcome.
struct ErrorRow: Decodable, Sendable, CustomTestStringConvertible {
    let code, outcome: String
    var testDescription: String { "\(code) → \(outcome)" }

    private struct File: Decodable {
        struct Classification: Decodable { let providers: [String: [ErrorRow]] }
        let error_classification: Classification
    }

    static func rows(_ provider: String) -> [ErrorRow] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../channel-vectors.json")
        do {
            let all = try JSONDecoder().decode(File.self, from: Data(contentsOf: file.standardized))
            return all.error_classification.providers[provider] ?? []
        } catch {
            fatalError("the vectors beside the tests cannot be read: \(error)")
        }
    }

    /// Whether an outcome is of this row's class.
    func fits(_ result: SendOutcome) -> Bool {
        switch (outcome, result) {
        case ("accepted", .accepted), ("retry", .notSent(code, nil)), ("permanent", .rejected(code)),
            ("suppress", .suppressed(code, _)), ("config", .misconfigured(code)), ("unknown", .unknown(code)):
            true
        // An answer's time is over: this message ends, and what was counted for it.
        case ("permanent", .suppressed(code, .uncredited)): true
        // A provider's own window, for the message or, where the account is meant, for the channel.
        case ("retry_after", .notSent(code, .some)), ("retry_after", .throttled(code, _)): true
        case ("defer", .throttled(code, _)): true
        // Inside of the adapter; what is left of it once a fresh token was refused too.
        case ("token", .misconfigured(code)): true
        default: false
        }
    }
}

@Suite("Each code of a provider has the outcome that its fact sheet says")
struct ErrorTableTests {
    private static let transport = HTTPTransport()
    private func transport() throws -> HTTPTransport { try #require(Self.transport) }
    private func reply(_ body: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: Array(body.utf8))
    }

    @Test("Aliyun, whatever the status", arguments: ErrorRow.rows("aliyun_sms"))
    func aliyun(_ row: ErrorRow) throws {
        let channel = AliyunSMSChannel(.sample, transport: try transport())
        for status in [200, 400, 403, 503] {
            let body = #"{"RequestId":"1","Message":"x","BizId":"900619746936498440^0","Code":"\#(row.code)"}"#
            #expect(row.fits(channel.outcome(of: reply(body, status: status), at: Instant(seconds: 0))))
        }
    }

    @Test("Aliyun's flow control names its level")
    func levels() throws {
        let channel = AliyunSMSChannel(.sample, transport: try transport())
        for (level, seconds) in [("分钟级", 60), ("小时级", 3600), ("天级", 86_400)] {
            let body = #"{"Message":"触发\#(level)流控Permits:1","Code":"isv.BUSINESS_LIMIT_CONTROL"}"#
            #expect(
                channel.outcome(of: reply(body), at: Instant(seconds: 0))
                    == .notSent(code: "isv.BUSINESS_LIMIT_CONTROL", retryAfter: .seconds(seconds)))
        }
    }

    @Test("Tencent, for the whole call and for one number", arguments: ErrorRow.rows("tencent_sms"))
    func tencent(_ row: ErrorRow) throws {
        let channel = TencentSMSChannel(.sample, transport: try transport())
        let status =
            #"{"SerialNo":"5000:1045710669157053657849499619","PhoneNumber":"+8613800000001","Fee":1,"Code":"\#(row.code)"}"#
        let single = #"{"Response":{"SendStatusSet":[\#(status)],"RequestId":"r"}}"#
        let whole = #"{"Response":{"Error":{"Code":"\#(row.code)","Message":"m"},"RequestId":"r"}}"#
        #expect(row.fits(channel.outcome(of: reply(single), at: Instant(seconds: 0))))
        if row.outcome != "accepted" { #expect(row.fits(channel.outcome(of: reply(whole), at: Instant(seconds: 0)))) }
    }

    @Test("WeCom", arguments: ErrorRow.rows("wecom"))
    func wecom(_ row: ErrorRow) {
        let answer = reply(#"{"errcode":\#(row.code),"errmsg":"m","msgid":"5"}"#)
        #expect(row.fits(WeChatAnswer.outcome(of: answer, WeComCodes.table, at: Instant(seconds: 0))))
    }

    @Test("WeChat", arguments: ErrorRow.rows("wechat_official_account"))
    func wechat(_ row: ErrorRow) {
        let answer = reply(#"{"errcode":\#(row.code),"errmsg":"m","msgid":9007199254740993}"#)
        #expect(row.fits(WeChatAnswer.outcome(of: answer, WeChatCodes.table, at: Instant(seconds: 0))))
    }

    @Test("an id of 64 bits keeps every digit")
    func longID() {
        let answer = reply(#"{"errcode":0,"errmsg":"ok","msgid":9007199254740993}"#)
        #expect(
            WeChatAnswer.outcome(of: answer, WeChatCodes.table, at: Instant(seconds: 0))
                == .accepted(providerID: "9007199254740993"))
    }

    @Test("Twilio", arguments: ErrorRow.rows("twilio").filter { !$0.code.hasPrefix("HTTP") && $0.code != "20429" })
    func twilio(_ row: ErrorRow) throws {
        let channel = TwilioChannel(.sample, transport: try transport())
        let body = #"{"code":\#(row.code),"message":"m","status":400}"#
        #expect(row.fits(channel.outcome(of: reply(body, status: 400), at: Instant(seconds: 0))))
    }

    @Test("a code that no table has is unknown, and brings no number into our rows")
    func unlisted() throws {
        for code in ["isv.SOMETHING_NEW", "999999"] {
            #expect(AliyunSMSChannel.codes.outcome(of: code, at: Instant(seconds: 0)) == .unknown(code: code))
        }
        for code in ["13800000001", "anna@mail.example", "bad number +8613800000001", "", "好"] {
            #expect(
                AliyunSMSChannel.codes.outcome(of: code, at: Instant(seconds: 0)) == .unknown(code: "unlisted_code"))
        }
    }

    @Test("a quota ends with the day or the month of Beijing")
    func quota() throws {
        let now = try #require(Instant(rfc3339: "2026-02-28T23:59:00+08:00"))
        #expect(CodeTable.Quota.day.rest(from: now) == .seconds(60))
        #expect(CodeTable.Quota.month.rest(from: now) == .seconds(60))
        #expect(CodeTable.Quota.month.rest(from: now.adding(micros: 60_000_000)) == .seconds(31 * 86_400))
        #expect(CodeTable.Quota.minute.rest(from: now) == .seconds(60))
    }

    @Test("a reply that is not the provider's: only a proven refusal is one")
    func foreignReplies() {
        let now = Instant(seconds: 0)
        for (status, outcome) in [
            (200, SendOutcome.unknown(code: "unreadable_reply")), (500, .unknown(code: "http_500")),
            (502, .unknown(code: "http_502")), (404, .misconfigured(code: "http_404")),
            (302, .misconfigured(code: "redirect")), (429, .throttled(code: "http_429", retryAfter: .seconds(60))),
        ] {
            #expect(reply("<html>", status: status).outcome(at: now) == outcome)
        }
    }

    struct Mail: Sendable, CustomTestStringConvertible {
        let line: String
        let outcome: SendOutcome?
        var testDescription: String { line }
    }

    @Test(
        "a mail server's last line",
        arguments: [
            Mail(line: "250 2.0.0 queued", outcome: nil),
            Mail(line: "550 5.1.1 no such user", outcome: .suppressed(code: "550_5.1.1", .bounced)),
            Mail(line: "550 5.1.10 null mx", outcome: .suppressed(code: "550_5.1.10", .bounced)),
            Mail(line: "550-5.2.1 disabled", outcome: .suppressed(code: "550_5.2.1", .bounced)),
            Mail(line: "550 no such user", outcome: .rejected(code: "550")),
            Mail(line: "450 4.2.0 greylisted", outcome: .notSent(code: "450_4.2.0", retryAfter: .seconds(300))),
            Mail(line: "452 4.2.2 full", outcome: .notSent(code: "452_4.2.2", retryAfter: .seconds(300))),
            Mail(line: "552 5.2.2 full", outcome: .rejected(code: "552_5.2.2")),
            Mail(line: "421 4.3.2 later", outcome: .notSent(code: "421_4.3.2", retryAfter: .seconds(300))),
            Mail(line: "552 5.3.4 big", outcome: .rejected(code: "552_5.3.4")),
            Mail(line: "554 5.7.1 spam", outcome: .rejected(code: "554_5.7.1")),
            Mail(line: "550 5.7.26 dmarc", outcome: .rejected(code: "550_5.7.26")),
            Mail(line: "530 5.7.0 must log in", outcome: .misconfigured(code: "530_5.7.0")),
            Mail(line: "535 5.7.8 wrong password", outcome: .misconfigured(code: "535_5.7.8")),
            Mail(line: "554 13800000001 is bad", outcome: .rejected(code: "554")),
        ])
    func mail(_ row: Mail) throws {
        let reply = SMTPReply(code: try #require(Int(row.line.prefix(3))), line: row.line)
        #expect(reply.outcome == row.outcome)
    }
}

extension AliyunSMSSettings {
    static var sample: AliyunSMSSettings {
        AliyunSMSSettings(
            endpoint: "https://dysmsapi.aliyuncs.com", signature: .acs3, keyID: "LTAI5tTESTKEYID",
            keySecret: "TestSecret0123456789abcdef", signName: "星河百货")
    }
}

extension TencentSMSSettings {
    static var sample: TencentSMSSettings {
        TencentSMSSettings(
            endpoint: "https://sms.tencentcloudapi.com", region: "ap-guangzhou", secretID: "AKIDTESTID",
            secretKey: "TestSecretKeyTencent", appID: "1400006666", signName: "星河百货")
    }
}

extension TwilioSettings {
    static var sample: TwilioSettings {
        TwilioSettings(
            endpoint: "https://api.twilio.com", accountSID: "AC0123", authToken: "twilio_auth_token",
            from: "+15005550006")
    }
}
