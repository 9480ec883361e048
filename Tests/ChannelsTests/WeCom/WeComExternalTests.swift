import Foundation
import Kit
import Policies
import Rules
import Testing

@testable import Channels

/// What WeCom says of one task, and what comes of it.
struct TaskCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The bodies of WeCom's replies, in order; nil: the connection breaks.
    let replies: [String?]
    /// The end of the time in which the next entry of `try` may be used, in minutes from the look.
    var end: Int64?
    let answer: QueryAnswer
    /// The last parts of the addresses that are called.
    let calls: [String]

    static let now = Instant(seconds: 1_795_334_400)
    static let customer = "wmNightingale_1"
    private static let look = ["get_groupmsg_task", "get_groupmsg_send_result"]
    private static let clerk = #"{"errcode":0,"task_list":[{"userid":"wangfang","status":0}],"next_cursor":""}"#
    private static let done = #"{"errcode":0,"errmsg":"ok"}"#
    private static let waiting = QueryAnswer.unanswered(code: "no_status_yet")

    private static func results(_ status: Int, of customer: String = TaskCase.customer, cursor: String = "") -> String {
        let item = #"{"external_userid":"\#(customer)","userid":"wangfang","status":\#(status),"send_time":1795330800}"#
        return #"{"errcode":0,"send_list":[\#(item)],"next_cursor":"\#(cursor)"}"#
    }

    static func known(
        _ status: Receipt.Status, _ code: String, suppression: SuppressionRow.Reason? = nil, at: Instant = TaskCase.now
    ) -> QueryAnswer {
        .known(
            Receipt(
                reference: "d1-1", providerID: "task1", address: customer, status: status, code: code,
                suppression: suppression, at: at))
    }

    static let all = [
        TaskCase(
            testDescription: "the clerk has not decided", replies: [clerk, results(0)], answer: waiting, calls: look),
        TaskCase(
            testDescription: "the clerk sent it", replies: [clerk, results(1)],
            answer: known(.delivered, "sent", at: Instant(seconds: 1_795_330_800)), calls: look),
        TaskCase(
            testDescription: "the customer is no friend any more", replies: [clerk, results(2)],
            answer: known(.undelivered, "not_a_friend", suppression: .bounce), calls: look),
        TaskCase(
            testDescription: "the customer got another mass message", replies: [clerk, results(3)],
            answer: known(.undelivered, "other_mass_message"), calls: look),
        TaskCase(
            testDescription: "a status of a later version", replies: [clerk, results(7)],
            answer: .unanswered(code: "unlisted_status"), calls: look),
        TaskCase(
            testDescription: "the result stands on the second page",
            replies: [clerk, results(1, of: "wmAnother", cursor: "c2"), results(3)],
            answer: known(.undelivered, "other_mass_message"), calls: look + ["get_groupmsg_send_result"]),
        TaskCase(
            testDescription: "the task is nobody's yet", replies: [#"{"errcode":0,"task_list":[]}"#], answer: waiting,
            calls: ["get_groupmsg_task"]),
        TaskCase(
            testDescription: "too many questions", replies: [#"{"errcode":45009,"errmsg":"x"}"#],
            answer: .unanswered(code: "45009"), calls: ["get_groupmsg_task"]),
        TaskCase(
            testDescription: "there is time for another look", replies: [clerk, results(0)], end: 11, answer: waiting,
            calls: look),
        TaskCase(
            testDescription: "in time nobody confirmed it: it is cancelled, and falls back",
            replies: [clerk, results(0), done, clerk, results(0)], end: 10,
            answer: known(.undelivered, "not_confirmed"),
            calls: look + ["cancel_groupmsg_send"] + look),
        TaskCase(
            testDescription: "the clerk was quicker than the cancellation",
            replies: [clerk, results(0), done, clerk, results(1)], end: 3,
            answer: known(.delivered, "sent", at: Instant(seconds: 1_795_330_800)),
            calls: look + ["cancel_groupmsg_send"] + look),
        TaskCase(
            testDescription: "the cancellation is refused: nothing falls back",
            replies: [clerk, results(0), #"{"errcode":-1,"errmsg":"busy"}"#], end: 3,
            answer: .unanswered(code: "cancel_-1"), calls: look + ["cancel_groupmsg_send"]),
        TaskCase(
            testDescription: "nobody knows whether it was cancelled: nothing falls back",
            replies: [clerk, results(0), nil], end: 3, answer: .unanswered(code: "cancel_connection_lost"),
            calls: look + ["cancel_groupmsg_send"]),
        TaskCase(
            testDescription: "what became of a cancelled task is not known: nothing falls back",
            replies: [clerk, results(0), done, nil], end: 3, answer: .unanswered(code: "connection_lost"),
            calls: look + ["cancel_groupmsg_send", "get_groupmsg_task"]),
        TaskCase(
            testDescription: "it is too late to fall back: the clerk may still confirm", replies: [clerk, results(0)],
            end: -1, answer: waiting, calls: look),
    ]
}

@Suite("A task of WeCom", .serialized)
struct WeComExternalTests {
    private func reply(_ body: String) -> ScriptedServer.Answer {
        .reply("HTTP/1.1 200 x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    private func channel(_ server: ScriptedServer, sender: String = "advisor") throws -> any Channel {
        guard case .network(let open) = Adapter.wecomExternal.opening else { throw AdapterCase.Failure() }
        let settings: [String: AdapterSettings.Value] = [
            "endpoint": .text("http://127.0.0.1:\(server.port)"), "corp_id": .text("ww1"), "secret": .text("s3cret"),
            "sender": .text(sender),
        ]
        return open(AdapterSettings(settings), try #require(HTTPTransport()))
    }

    private let granted = #"{"errcode":0,"access_token":"t0ken","expires_in":7200}"#

    @Test("says what became of a message", arguments: TaskCase.all)
    func asked(_ task: TaskCase) async throws {
        let server = try ScriptedServer([reply(granted)] + task.replies.map { $0.map(reply) ?? .closeAfterRequest })
        defer { server.stop() }
        let sent = SentReference(
            reference: "d1-1", providerID: "task1", to: TaskCase.customer,
            sentAt: TaskCase.now.adding(micros: -3_600_000_000),
            fallsBackUntil: task.end.map { TaskCase.now.adding(micros: $0 * 60_000_000) })
        #expect(try await channel(server).query([sent], at: TaskCase.now) == [task.answer])
        let calls = server.seen.dropFirst().compactMap { $0.head.firstMatch(of: /externalcontact\/(\w+)\?/)?.1 }
        #expect(calls.map(String.init) == task.calls)
        for request in server.seen.dropFirst() {
            #expect(String(decoding: request.body, as: UTF8.self).contains(#""msgid":"task1""#))
        }
    }

    @Test("whose number never arrived cannot be asked about")
    func unnamed() async throws {
        let server = try ScriptedServer([.closeAfterRequest])
        defer { server.stop() }
        let sent = SentReference(reference: "d1-1", providerID: nil, to: TaskCase.customer, sentAt: TaskCase.now)
        #expect(try await channel(server).query([sent], at: TaskCase.now) == [.unanswered(code: "no_id")])
        #expect(server.seen.isEmpty)
    }

    @Test("an expired token is fetched anew, and the question asked again")
    func token() async throws {
        let over = #"{"errcode":42001,"errmsg":"access_token expired"}"#
        let server = try ScriptedServer(
            [granted, over, granted.replacing("t0ken", with: "fresh"), #"{"errcode":0,"task_list":[]}"#].map(reply))
        defer { server.stop() }
        let sent = SentReference(reference: "d1-1", providerID: "task1", to: TaskCase.customer, sentAt: TaskCase.now)
        #expect(try await channel(server).query([sent], at: TaskCase.now) == [.unanswered(code: "no_status_yet")])
        #expect(server.seen.last?.head.contains("access_token=fresh") == true)
    }

    @Test(
        "is the advisor's where the store has a userid, and otherwise that of whom WeCom chooses",
        arguments: [("wangfang", "advisor", true), ("王芳", "advisor", false), ("wangfang", "any", false)])
    func sender(_ advisor: String, _ setting: String, _ isNamed: Bool) async throws {
        let server = try ScriptedServer([granted, #"{"errcode":0,"fail_list":[],"msgid":"task1"}"#].map(reply))
        defer { server.stop() }
        let message = OutgoingMessage(
            reference: "d1-1", channel: "wecom", to: TaskCase.customer, text: "您好", rule: "r", member: "m1",
            advisor: advisor, occasion: "o", at: TaskCase.now)
        #expect(try await channel(server, sender: setting).send(message) == .accepted(providerID: "task1"))
        let body = String(decoding: try #require(server.seen.last).body, as: UTF8.self)
        #expect(body.contains(#""sender":"wangfang""#) == isNamed)
        #expect(body.contains(#""external_userid":["\#(TaskCase.customer)"]"#))
    }

    @Test("for a customer whom nobody can reach is none")
    func failed() async throws {
        let server = try ScriptedServer(
            [granted, #"{"errcode":0,"fail_list":["\#(TaskCase.customer)"],"msgid":"task1"}"#].map(reply))
        defer { server.stop() }
        let message = OutgoingMessage(
            reference: "d1-1", channel: "wecom", to: TaskCase.customer, text: "您好", rule: "r", member: "m1",
            occasion: "o", at: TaskCase.now)
        #expect(try await channel(server).send(message) == .rejected(code: "fail_list"))
    }
}
