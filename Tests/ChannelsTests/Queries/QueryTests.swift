import Foundation
import Kit
import Policies
import Rules
import Testing

@testable import Channels

/// What a provider that can be asked says of one message.
struct QueryCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let type: String
    var id: String? = "9^0"
    var to: String? = "13800000001"
    /// The bodies of its replies, in order.
    let replies: [String]
    var status = 200
    let answer: QueryAnswer

    static let sentAt = Instant(rfc3339: "2026-03-10T11:00:00+08:00") ?? .distantPast
    static let now = Instant(rfc3339: "2026-03-10T11:10:00+08:00") ?? .distantPast

    static func known(
        _ status: Receipt.Status, _ code: String, reference: String? = "d1-1", id: String? = "9^0",
        to: String? = "13800000001", suppression: SuppressionRow.Reason? = nil, at: String? = nil
    ) -> QueryAnswer {
        .known(
            Receipt(
                reference: reference, providerID: id, address: to, status: status, code: code, suppression: suppression,
                at: at.flatMap { Instant(rfc3339: $0) } ?? now))
    }

    private static func details(_ items: String) -> String {
        #"{"Code":"OK","TotalCount":"1","SmsSendDetailDTOs":{"SmsSendDetailDTO":[\#(items)]}}"#
    }

    private static func pulled(_ items: String) -> String { #"{"Response":{"PullSmsSendStatusSet":[\#(items)]}}"# }

    private static let fullPage = Array(repeating: #"{"OutId":"d9-1","SendStatus":3}"#, count: 50)
        .joined(separator: ",")

    static let aliyun = [
        QueryCase(
            testDescription: "Aliyun: delivered", type: "aliyun-sms",
            replies: [
                details(
                    #"""
                    {"OutId":"d9-1","SendStatus":2,"ErrCode":"UNDELIV"},
                    {"OutId":"d1-1","SendStatus":3,"ErrCode":"DELIVERED","ReceiveDate":"2026-03-10 11:00:04"}
                    """#)
            ],
            answer: known(.delivered, "DELIVERED", at: "2026-03-10T11:00:04+08:00")),
        QueryCase(
            testDescription: "Aliyun: taken although its answer was lost", type: "aliyun-sms", id: nil,
            replies: [details(#"{"OutId":"d1-1","SendStatus":"1"}"#)], answer: known(.sent, "sent", id: nil)),
        QueryCase(
            testDescription: "Aliyun: the number said no", type: "aliyun-sms",
            replies: [details(#"{"OutId":"d1-1","SendStatus":2,"ErrCode":"MOBILE_IN_BLACK"}"#)],
            answer: known(.undelivered, "MOBILE_IN_BLACK", suppression: .optOut)),
        QueryCase(
            testDescription: "Aliyun: on the second page", type: "aliyun-sms",
            replies: [details(fullPage), details(#"{"OutId":"d1-1","SendStatus":3,"ErrCode":"DELIVERED"}"#)],
            answer: known(.delivered, "DELIVERED")),
        QueryCase(
            testDescription: "Aliyun: it has others", type: "aliyun-sms",
            replies: [details(#"{"OutId":"d9-1","SendStatus":3}"#)], answer: .absent),
        QueryCase(
            testDescription: "Aliyun: it has none", type: "aliyun-sms",
            replies: [#"{"Code":"OK","TotalCount":0,"SmsSendDetailDTOs":{}}"#], answer: .absent),
        QueryCase(
            testDescription: "Aliyun: another status than it should have", type: "aliyun-sms",
            replies: [details(#"{"OutId":"d1-1","SendStatus":7}"#)], answer: .unanswered(code: "unreadable_reply")),
        QueryCase(
            testDescription: "Aliyun: refused", type: "aliyun-sms",
            replies: [#"{"Code":"isp.RAM_PERMISSION_DENY"}"#], answer: .unanswered(code: "isp.RAM_PERMISSION_DENY")),
        QueryCase(
            testDescription: "Aliyun: a message without a number", type: "aliyun-sms", to: nil, replies: [],
            answer: .unanswered(code: "no_address")),
    ]

    static let tencent = [
        QueryCase(
            testDescription: "Tencent: delivered", type: "tencent-sms", id: "14:1",
            replies: [
                pulled(
                    #"""
                    {"SerialNo":"14:0","ReportStatus":"FAIL","Description":"UNDELIV"},
                    {"SerialNo":"14:1","ReportStatus":"SUCCESS","Description":"DELIVRD","UserReceiveTime":1773111604}
                    """#)
            ],
            answer: known(.delivered, "DELIVRD", reference: nil, id: "14:1", at: "2026-03-10T11:00:04+08:00")),
        QueryCase(
            testDescription: "Tencent: not delivered, known by our reference alone", type: "tencent-sms", id: nil,
            replies: [
                pulled(#"{"SerialNo":"14:1","SessionContext":"d1-1","ReportStatus":"FAIL","Description":"MK:0001"}"#)
            ],
            answer: known(.undelivered, "MK_0001", id: nil)),
        QueryCase(
            testDescription: "Tencent: nothing final yet", type: "tencent-sms", replies: [pulled("")],
            answer: .unanswered(code: "no_status_yet")),
        QueryCase(
            testDescription: "Tencent: refused", type: "tencent-sms",
            replies: [#"{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound"}}}"#],
            answer: .unanswered(code: "AuthFailure.SecretIdNotFound")),
    ]

    static let twilio = [
        QueryCase(
            testDescription: "Twilio: delivered", type: "twilio", id: "SM1",
            replies: [#"{"sid":"SM1","status":"delivered","error_code":null}"#],
            answer: known(.delivered, "delivered", id: "SM1")),
        QueryCase(
            testDescription: "Twilio: the number said no", type: "twilio", id: "SM1",
            replies: [#"{"sid":"SM1","status":"failed","error_code":21610}"#],
            answer: known(.undelivered, "21610", id: "SM1", suppression: .optOut)),
        QueryCase(
            testDescription: "Twilio: on its way", type: "twilio", id: "SM1",
            replies: [#"{"sid":"SM1","status":"queued"}"#], answer: known(.sent, "queued", id: "SM1")),
        QueryCase(
            testDescription: "Twilio: another message than was asked about", type: "twilio", id: "SM1",
            replies: [#"{"sid":"SM2","status":"delivered"}"#], answer: .unanswered(code: "http_200")),
        QueryCase(
            testDescription: "Twilio: no such message", type: "twilio", id: "SM1",
            replies: [#"{"code":20404,"status":404}"#], status: 404, answer: .unanswered(code: "20404")),
        QueryCase(
            testDescription: "Twilio: its id never arrived", type: "twilio", id: nil, replies: [],
            answer: .unanswered(code: "no_id")),
    ]

    static let all = aliyun + tencent + twilio

    var message: SentReference {
        SentReference(reference: "d1-1", providerID: id, to: to, sentAt: QueryCase.sentAt)
    }

    func reply(_ body: String) -> ScriptedServer.Answer {
        .reply("HTTP/1.1 \(status) x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}

@Suite("Providers that can be asked what became of a message", .serialized)
struct QueryTests {
    private func ask(_ type: String, _ script: [ScriptedServer.Answer], _ messages: [SentReference]) async throws
        -> ([QueryAnswer], [ScriptedServer.Seen])
    {
        let server = try ScriptedServer(script)
        defer { server.stop() }
        let adapter = try #require(AdapterCase.all.first { $0.type == type })
        let channel = try adapter.channel(server, try #require(HTTPTransport()))
        #expect(channel.queries == .standard)
        return (await channel.query(messages, at: QueryCase.now), server.seen)
    }

    @Test("what the provider says is read", arguments: QueryCase.all)
    func answers(_ query: QueryCase) async throws {
        let (answers, seen) = try await ask(query.type, query.replies.map(query.reply), [query.message])
        #expect(answers == [query.answer])
        #expect(seen.count == query.replies.count)
    }

    @Test(
        "a reply that breaks, or is none, says nothing of the message",
        arguments: ["aliyun-sms", "tencent-sms", "twilio"])
    func broken(type: String) async throws {
        let message = SentReference(reference: "d1-1", providerID: "SM1", to: "13800000001", sentAt: QueryCase.sentAt)
        let html = ScriptedServer.Answer.reply("HTTP/1.1 502 x\r\nContent-Length: 6\r\n\r\n<html>")
        for script in [ScriptedServer.Answer.closeAfterRequest, .resetAfterRequest, html, .huge(bytes: 50 << 20)] {
            let (answers, seen) = try await ask(type, [script], [message])
            guard case .unanswered? = answers.first, answers.count == 1 else {
                Issue.record("\(script): \(answers)")
                continue
            }
            #expect(seen.count == 1)
        }
    }

    @Test("several messages are asked about at once, and each gets its own answer")
    func several() async throws {
        let messages = (1...5).map {
            SentReference(reference: "d\($0)-1", providerID: "SM\($0)", to: nil, sentAt: QueryCase.sentAt)
        }
        let server = try ScriptedServer([
            .reply("HTTP/1.1 200 x\r\nContent-Length: 36\r\n\r\n{\"sid\":\"SM3\",\"status\":\"undelivered\"}")
        ])
        defer { server.stop() }
        let adapter = try #require(AdapterCase.all.first { $0.type == "twilio" })
        let answers = try await adapter.channel(server, try #require(HTTPTransport())).query(
            messages, at: QueryCase.now)
        #expect(answers.count == 5)
        for (message, answer) in zip(messages, answers) {
            let isThird = message.reference == "d3-1"
            #expect(
                answer
                    == (isThird
                        ? QueryCase.known(.undelivered, "undelivered", reference: "d3-1", id: "SM3", to: nil)
                        : .unanswered(code: "http_200")))
        }
        #expect(Set(server.seen.map { $0.head.split(separator: " ")[1] }).count == 5)
    }

    @Test("Aliyun is asked for the day of its own clock, shortly before midnight for the next one too")
    func days() async throws {
        let none = QueryCase.aliyun[0].reply(#"{"Code":"OK"}"#)
        for (sentAt, days) in [
            ("2026-03-10T15:30:00Z", ["20260310"]), ("2026-03-10T15:55:00Z", ["20260310", "20260311"]),
            ("2026-03-10T16:00:00Z", ["20260311"]),
        ] {
            let message = SentReference(
                reference: "d1-1", providerID: nil, to: "+85291234567", sentAt: try #require(Instant(rfc3339: sentAt)))
            let (answers, seen) = try await ask("aliyun-sms", [none], [message])
            #expect(answers == [.absent])
            let asked = seen.map(\.head).compactMap { $0.firstMatch(of: /SendDate=([0-9]+)/).map { String($0.1) } }
            #expect(asked == days)
            #expect(seen.allSatisfy { $0.head.contains("PhoneNumber=85291234567&") })
            #expect(seen.allSatisfy { $0.head.contains("x-acs-action: QuerySendDetails") })
        }
    }

    @Test("what is asked about is printed without its number")
    func privacy() {
        let message = QueryCase.aliyun[0].message
        var printed = "\(message) \(String(reflecting: message))"
        dump(message, to: &printed)
        #expect(!printed.contains("13800000001") && printed.contains("d1-1"))
    }
}

@Suite("When providers are asked")
struct QueryScheduleTests {
    @Test(
        "the next slot is the first that has not come",
        arguments: [
            (0, 120), (119, 120), (120, 600), (3_599, 3_600), (3_600, 21_600), (90_000, 172_800), (259_200, nil),
        ] as [(Int64, Int64?)])
    func slots(elapsed: Int64, next: Int64?) {
        #expect(QuerySchedule.standard.next(after: elapsed * 1_000_000) == next.map { $0 * 1_000_000 })
    }

    @Test("even intervals end with the whole time; no interval is shorter than a second")
    func even() {
        let schedule = QuerySchedule(every: .seconds(600), for: .seconds(3600))
        #expect(schedule.next(after: 0) == 600_000_000)
        #expect(schedule.next(after: 3_000_000_000) == 3_600_000_000)
        #expect(schedule.next(after: 3_600_000_000) == nil)
        #expect(QuerySchedule(every: .zero, for: .seconds(2)).next(after: 1_000_000) == 2_000_000)
    }
}
