import Rules
import Store
import TestSupport
import Testing

/// `message.sent` is the event of the decision; a follow-up speaks of a message that left.
@Suite("Follow-ups of messages") struct FollowUpTests {
    private static func rules(after: String?) -> String {
        OutboxDesk.rule + "\n" + """
              - {id: follow, name: 跟进, status: live, owner: crm, purpose: marketing,
                 when: {event: {name: message.sent, where: {rule: thanks}\(after.map { ", after: \($0)" } ?? "")}},
                 do: [{send: {try: [{wechat: {template: hello_wx}}], fill: {name: member.display_name}}}]}
            """
    }

    private func lines(_ state: String?) async throws -> [String] {
        let desk = try await OutboxDesk(rules: Self.rules(after: "1h"))
        if let state { try await desk.sql("UPDATE deliveries SET state = '\(state)' WHERE rule = 'thanks'") }
        return try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-10 12:00")).lines.map { line in
            "\(line.rule) \(line.outcome.rawValue) \(line.because.map { $0.json(in: .utc).rendered } ?? "-")"
        }
    }

    @Test(
        "of one that ended before anything left it is cancelled, with the state",
        arguments: ["cancelled", "expired", "rejected", "dead", "suppressed"])
    func ended(state: String) async throws {
        #expect(try await lines(state) == ["follow cancelled {\"message\":\"\(state)\"}"])
    }

    @Test(
        "of one that left, may have left or is still to leave it goes",
        arguments: [
            nil, "pending", "retry_wait", "sending", "accepted", "delivered", "undelivered", "unknown",
            "unknown_closed",
        ] as [String?])
    func left(state: String?) async throws {
        #expect(try await lines(state) == ["follow sent -"])
    }

    @Test("where a further entry of `try` took its place, the last one counts")
    func fallback() async throws {
        let desk = try await OutboxDesk(rules: Self.rules(after: "1h"))
        try await desk.sql(
            """
            UPDATE deliveries SET state = 'rejected' WHERE rule = 'thanks';
            INSERT INTO deliveries (decision, rule, step, channel, template, purpose, state, created_at, not_before,
              send_by, start) SELECT decision, rule, 2, 'wechat', 'hello_wx', purpose, 'accepted', created_at,
              not_before, send_by, start FROM deliveries WHERE rule = 'thanks'
            """)
        let lines = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-10 12:00")).lines
        #expect(lines.map(\.outcome) == [.sent])
    }

    @Test("one that was decided at once does not leave either, when the message before it did not")
    func atOnce() async throws {
        let desk = try await OutboxDesk(rules: Self.rules(after: nil))
        #expect(try await desk.states() == ["sms pending", "wechat pending"])
        try await desk.sql("UPDATE members SET phone = NULL")
        // The first ends at its own handover, the follow-up at the next.
        _ = try await desk.depart(at: "2026-03-10 11:00", limit: 1)
        _ = try await desk.depart(at: "2026-03-10 11:00")
        #expect(try await desk.states() == ["sms suppressed", "wechat cancelled"])
        let because = try await desk.store.writer.read {
            try ($0.value("SELECT because FROM deliveries WHERE rule = 'follow'") as String?)
        }
        #expect(because == #"{"message":"suppressed"}"#)
        #expect(try desk.broken(atRest: false) == [])
    }
}
