import Foundation
import Kit
import Policies
import TestSupport
import Testing

@testable import Channels

private func message(_ number: Int) -> OutgoingMessage {
    OutgoingMessage(
        reference: "nd1-\(number)-1", channel: "sms", to: "\(13_800_000_000 + number)", text: "您好", templateCode: "T1",
        values: [("points", "100")], rule: "birthday", member: "m\(number)", occasion: "birthday:2026",
        at: Instant(seconds: 1_795_334_400))
}

private func reply(_ body: String, status: Int = 200) -> ScriptedServer.Answer {
    .reply("HTTP/1.1 \(status) x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
}

private func tencent(_ server: ScriptedServer, _ transport: HTTPTransport, most: Int) -> TencentSMSChannel {
    TencentSMSChannel(
        TencentSMSSettings(
            endpoint: "http://127.0.0.1:\(server.port)", region: "ap-guangzhou", secretID: "id", secretKey: "s",
            appID: "1"), transport: transport, calls: collector(most))
}

private func aliyun(_ server: ScriptedServer, _ transport: HTTPTransport, most: Int) -> AliyunSMSChannel {
    AliyunSMSChannel(
        AliyunSMSSettings(
            endpoint: "http://127.0.0.1:\(server.port)", signature: .acs3, keyID: "id", keySecret: "s", signName: "店"),
        transport: transport, calls: collector(most))
}

/// Nothing leaves before its call is full.
private func collector(_ most: Int) -> BatchCollector {
    BatchCollector(BatchTerms(most: most, linger: .seconds(1)), wait: HeldWait().wait)
}

/// The outcomes of the messages 1 to `count`, all sent at once, with what the server saw.
private func send(
    _ count: Int, _ answers: [ScriptedServer.Answer], timeouts: HTTPTimeouts? = nil,
    through channel: (ScriptedServer, HTTPTransport, Int) -> any Channel
) async throws -> ([SendOutcome], [ScriptedServer.Seen]) {
    let server = try ScriptedServer(answers)
    defer { server.stop() }
    let transport = try #require(HTTPTransport()).limited(to: timeouts)
    let channel = channel(server, transport, count)
    let outcomes = await withTaskGroup(of: (Int, SendOutcome).self) { group in
        for number in 1...count { group.addTask { (number, await channel.send(message(number))) } }
        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    return ((1...count).compactMap { outcomes[$0] }, server.seen)
}

@Suite("A call to Tencent Cloud with several numbers", .serialized)
struct TencentBatchTests {
    private static func status(_ number: Int, _ code: String = "Ok") -> String {
        #"{"SerialNo":"5000:\#(number)","PhoneNumber":"+86\#(13_800_000_000 + number)","Code":"\#(code)"}"#
    }

    private static func answer(_ statuses: [String]) -> String {
        #"{"Response":{"SendStatusSet":[\#(statuses.joined(separator: ","))],"RequestId":"r"}}"#
    }

    @Test("fault 51: of a hundred numbers three are refused, and the answer has them in another order")
    func partly() async throws {
        let refused = [
            7: "InvalidParameterValue.IncorrectPhoneNumber", 40: "FailedOperation.PhoneNumberInBlacklist",
            99: "LimitExceeded.PhoneNumberDailyLimit",
        ]
        var random = SeededGenerator(seed: 51)
        let statuses = (1...100).map { TencentBatchTests.status($0, refused[$0] ?? "Ok") }.shuffled(using: &random)
        let (outcomes, seen) = try await send(100, [reply(TencentBatchTests.answer(statuses))]) {
            tencent($0, $1, most: $2)
        }
        let expected: [SendOutcome] = (1...100).map { number in
            switch number {
            case 7: .rejected(code: "InvalidParameterValue.IncorrectPhoneNumber")
            case 40: .suppressed(code: "FailedOperation.PhoneNumberInBlacklist", .optedOut)
            case 99: .notSent(code: "LimitExceeded.PhoneNumberDailyLimit", retryAfter: .seconds(86_400))
            default: .accepted(providerID: "5000:\(number)")
            }
        }
        #expect(outcomes == expected)
        try #require(seen.count == 1)
        let body = try StrictJSON(parsing: seen[0].body)
        guard case .array(let numbers)? = body["PhoneNumberSet"] else { return #expect(Bool(false), "no numbers") }
        #expect(
            Set(numbers.compactMap(\.scalarText)) == Set((1...100).map { "+86\(13_800_000_000 + $0)" })
                && numbers.count == 100)
        // It would name one message for all of them.
        #expect(body["SessionContext"] == nil)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: ScriptedServer.Answer
        let outcomes: [SendOutcome]
    }

    private static func all(_ outcome: SendOutcome) -> [SendOutcome] { [outcome, outcome, outcome] }

    private static func taken(_ numbers: Int...) -> [SendOutcome] {
        (1...3).map {
            numbers.contains($0) ? .accepted(providerID: "5000:\($0)") : .unknown(code: "missing_in_answer")
        }
    }

    private static func refusal(_ code: String) -> ScriptedServer.Answer {
        reply(#"{"Response":{"Error":{"Code":"\#(code)","Message":"m"},"RequestId":"r"}}"#)
    }

    static let cases = [
        Case(
            testDescription: "a number is missing", answer: reply(answer([status(3), status(1)])),
            outcomes: taken(1, 3)),
        Case(
            testDescription: "a number has two statuses",
            answer: reply(
                answer([status(1), status(2), status(2, "LimitExceeded.PhoneNumberDailyLimit"), status(3)])),
            outcomes: taken(1, 3)),
        Case(
            testDescription: "a number that was not asked about",
            answer: reply(answer([status(1), status(2), status(9)])), outcomes: taken(1, 2)),
        Case(
            testDescription: "statuses without numbers",
            answer: reply(answer([#"{"SerialNo":"5000:1","Code":"Ok"}"#, #"{"SerialNo":"5000:2","Code":"Ok"}"#])),
            outcomes: taken()),
        Case(
            testDescription: "numbers without the plus sign",
            answer: reply(answer([1, 2, 3].map { status($0) }).replacing("+86", with: "86")), outcomes: taken(1, 2, 3)),
        Case(testDescription: "no status at all", answer: reply(answer([])), outcomes: taken()),
        Case(
            testDescription: "no list", answer: reply(#"{"Response":{"RequestId":"r"}}"#),
            outcomes: all(.unknown(code: "unreadable_reply"))),
        Case(
            testDescription: "busy", answer: refusal("RequestLimitExceeded"),
            outcomes: all(.notSent(code: "RequestLimitExceeded", retryAfter: nil))),
        Case(
            testDescription: "a wrong key", answer: refusal("AuthFailure.SecretIdNotFound"),
            outcomes: all(.misconfigured(code: "AuthFailure.SecretIdNotFound"))),
        Case(
            testDescription: "a code that nobody knows", answer: refusal("InternalError.Timeout"),
            outcomes: all(.unknown(code: "InternalError.Timeout"))),
        Case(
            testDescription: "a page of a proxy", answer: reply("<html>", status: 502),
            outcomes: all(.unknown(code: "http_502"))),
        Case(
            testDescription: "closed after the request", answer: .closeAfterRequest,
            outcomes: all(.unknown(code: "connection_lost"))),
        Case(
            testDescription: "reset after the request", answer: .resetAfterRequest,
            outcomes: all(.unknown(code: "connection_lost"))),
        Case(
            testDescription: "no HTTP", answer: .replyAndClose("nonsense\r\n\r\n"),
            outcomes: all(.unknown(code: "bad_response"))),
    ]

    @Test("each number has the outcome that the answer proves, and the call is made once", arguments: cases)
    func outcomes(_ row: Case) async throws {
        let (outcomes, seen) = try await send(3, [row.answer]) { tencent($0, $1, most: $2) }
        #expect(outcomes == row.outcomes)
        #expect(seen.count == 1)
    }

    @Test("no answer within the time leaves all of them unclear, and none is sent again")
    func timeout() async throws {
        let second = HTTPTimeouts(connect: nil, total: .seconds(1))
        let (outcomes, seen) = try await send(3, [.hang], timeouts: second) { tencent($0, $1, most: $2) }
        #expect(
            outcomes.allSatisfy { $0 == .unknown(code: "timeout") || $0 == .unknown(code: "first_byte_timeout") })
        #expect(outcomes.count == 3 && seen.count == 1)
    }
}

@Suite("A call to Aliyun with several numbers", .serialized)
struct AliyunBatchTests {
    @Test("is taken as a whole, with one id; it names no message of its own")
    func taken() async throws {
        let (outcomes, seen) = try await send(3, [reply(#"{"Code":"OK","BizId":"9^0"}"#)]) {
            aliyun($0, $1, most: $2)
        }
        #expect(outcomes == Array(repeating: .accepted(providerID: "9^0"), count: 3))
        try #require(seen.count == 1)
        for number in 1...3 { #expect(seen[0].head.contains("%2B86\(13_800_000_000 + number)")) }
        #expect(seen[0].head.contains("%2C") && !seen[0].head.contains("OutId"))
    }

    @Test("that is refused because of one number leaves again one by one, each with its reference")
    func oneByOne() async throws {
        let no = reply(#"{"Code":"isv.MOBILE_NUMBER_ILLEGAL","Message":"m"}"#)
        let (outcomes, seen) = try await send(3, [no, no, reply(#"{"Code":"OK","BizId":"9^0"}"#)]) {
            aliyun($0, $1, most: $2)
        }
        #expect(outcomes.count { $0 == .rejected(code: "isv.MOBILE_NUMBER_ILLEGAL") } == 1)
        #expect(outcomes.count { $0 == .accepted(providerID: "9^0") } == 2)
        try #require(seen.count == 4)
        for number in 1...3 {
            #expect(seen.dropFirst().count { $0.head.contains("OutId=nd1-\(number)-1&") } == 1)
        }
    }

    @Test("whose answer is lost leaves all of them unclear")
    func lost() async throws {
        let (outcomes, seen) = try await send(3, [.closeAfterRequest]) { aliyun($0, $1, most: $2) }
        #expect(outcomes == Array(repeating: .unknown(code: "connection_lost"), count: 3))
        #expect(seen.count == 1)
    }

    private static let now = Instant(rfc3339: "2026-03-10T11:10:00+08:00") ?? .distantPast

    private func ask(_ id: String?, _ items: String) async throws -> (QueryAnswer?, [ScriptedServer.Seen]) {
        let body = #"{"Code":"OK","SmsSendDetailDTOs":{"SmsSendDetailDTO":[\#(items)]}}"#
        let server = try ScriptedServer([reply(body)])
        defer { server.stop() }
        let sent = SentReference(
            reference: "nd1-1-1", providerID: id, to: "13800000001", sentAt: AliyunBatchTests.now)
        let channel = aliyun(server, try #require(HTTPTransport()), most: 2)
        return (await channel.query([sent], at: AliyunBatchTests.now).first, server.seen)
    }

    @Test("is asked about by its id and the number; what it says is joined as a receipt of it is")
    func asked() async throws {
        func receipt(reference: String?) -> QueryAnswer {
            .known(
                Receipt(
                    reference: reference, providerID: "9^0", address: "13800000001", status: .delivered,
                    code: "DELIVERED", at: AliyunBatchTests.now))
        }
        let item = #"{"SendStatus":3,"ErrCode":"DELIVERED""#
        let (shared, seen) = try await ask("9^0", item + "}")
        #expect(shared == receipt(reference: nil))
        #expect(seen.first?.head.contains("BizId=9%5E0") == true)
        // One that left in a call of its own is known by its reference, as before.
        #expect(try await ask("9^0", item + #","OutId":"nd1-1-1"}"#).0 == receipt(reference: "nd1-1-1"))
        #expect(try await ask("9^0", item + #","OutId":"nd1-2-1"}"#).0 == .absent)
        #expect(try await ask("9^0", item + "}," + item + "}").0 == .absent)
    }

    @Test("whose id is not known cannot be asked about: that nothing is found says nothing")
    func unclear() async throws {
        let (answer, seen) = try await ask(nil, #"{"SendStatus":3}"#)
        #expect(answer == .unanswered(code: "no_id"))
        #expect(seen.first?.head.contains("BizId") == false)
    }
}
