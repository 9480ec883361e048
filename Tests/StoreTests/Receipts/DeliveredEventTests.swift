import Engine
import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Store

@Suite("The event of a message that arrived")
struct DeliveredEventTests {
    private static let follow = """
          - {id: follow, name: 回访, status: live, owner: crm, purpose: marketing,
             when: {event: {name: message.delivered, where: {rule: thanks, channel: sms}, after: 1h}},
             do: [{create_task: {assign_to: member.advisor, or_else: boss, title: call}}]}
        """
    private static let heard = ReceiptTerms(raisesDelivered: true)
    private static let source = CallbackSource(channel: "sms", address: .phone, terms: heard)
    private static let events = """
        SELECT member || ' ' || source || ' ' || event_id || ' ' || data FROM events WHERE name = 'message.delivered'
        """

    private func sent() async throws -> ReceiptTests.Sent {
        try await ReceiptTests.Sent(rules: OutboxDesk.rule + "\n" + Self.follow)
    }

    private func instants(_ desk: OutboxDesk) async throws -> [Instant] {
        try await desk.store.writer.read {
            try $0.values("SELECT at FROM events WHERE name = 'message.delivered'") as [Int64]
        }.map { Instant(micros: $0) }
    }

    @Test("It has the data of message.sent, and is raised once however often and in how many parts it is told")
    func once() async throws {
        let sent = try await sent()
        try await sent.answer(.accepted(providerID: "biz1"), terms: Self.heard)
        for part in [1, 2, 1] {
            try await sent.note(
                ReceiptTests.receipt(.delivered, reference: sent.reference, part: part), from: Self.source)
        }
        try await sent.note(ReceiptTests.receipt(.undelivered, reference: sent.reference), from: Self.source)
        let desk = sent.desk
        let expected = try await desk.texts(
            """
            SELECT 'lin nudged delivered:1 ' || json_remove(data, '$.chain') FROM own_messages
            """)
        #expect(expected.count == 1)
        #expect(try await desk.texts(Self.events) == expected)
        #expect(try desk.broken() == [])
    }

    @Test("A receipt before the answer raises it with the answer, and one that contradicts raises nothing")
    func early() async throws {
        let sent = try await sent()
        try await sent.note(
            ReceiptTests.receipt(.delivered, id: "biz1", address: "13800000001"), from: Self.source)
        #expect(try await instants(sent.desk) == [])
        try await sent.answer(.accepted(providerID: "biz1"), terms: Self.heard)
        #expect(try await instants(sent.desk).count == 1)
        let other = try await self.sent()
        try await other.answer(.accepted(providerID: "biz1"), terms: Self.heard)
        try await other.note(ReceiptTests.receipt(.undelivered, reference: other.reference), from: Self.source)
        try await other.note(ReceiptTests.receipt(.delivered, reference: other.reference), from: Self.source)
        #expect(try await instants(other.desk) == [])
        #expect(try other.desk.broken() == [])
    }

    @Test(
        "Its instant is the provider's, within the handover and now",
        arguments: [
            ("2026-03-10T11:00:30+08:00", "2026-03-10 11:00:30"), ("1970-01-01T00:00:00Z", "2026-03-10 11:00"),
            ("2099-01-01T00:00:00Z", "2026-03-10 11:01"),
        ])
    func instant(said: String, expected: String) async throws {
        let sent = try await sent()
        try await sent.answer(.accepted(providerID: "biz1"), terms: Self.heard)
        let receipt = Receipt(
            reference: sent.reference, status: .delivered, code: "DELIVRD",
            at: try #require(Instant(rfc3339: said)))
        try await sent.note(receipt, from: Self.source)
        #expect(try await instants(sent.desk) == [try sent.desk.world.instant(expected)])
    }

    @Test("Nothing is raised where no rule asks for it")
    func unheard() async throws {
        let sent = try await ReceiptTests.Sent()
        try await sent.answer(.accepted(providerID: "biz1"))
        try await sent.note(ReceiptTests.receipt(.delivered, reference: sent.reference))
        #expect(try await sent.desk.states() == ["sms delivered"])
        #expect(try await instants(sent.desk) == [])
    }

    @Test("A rule may wait for it")
    func trigger() async throws {
        let sent = try await sent()
        try await sent.answer(.accepted(providerID: "biz1"), terms: Self.heard)
        try await sent.note(ReceiptTests.receipt(.delivered, reference: sent.reference), from: Self.source)
        let desk = sent.desk
        for (time, tasks) in [("2026-03-10 11:59", 0), ("2026-03-10 12:01", 1), ("2026-03-10 12:02", 1)] {
            _ = try desk.store.tick(desk.prepared, at: try desk.world.instant(time))
            #expect(try await desk.texts("SELECT title FROM tasks").count == tasks, "\(time)")
        }
        #expect(try desk.broken() == [])
    }

    @Test("A rule never answers the arrival of its own message, nor of one to which its own led")
    func loops() async throws {
        let rules =
            OutboxDesk.rule + "\n" + """
                  - {id: echo, name: 回声, status: live, owner: crm, purpose: marketing,
                     when: {event: {name: message.delivered}},
                     do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
                """
        let sent = try await ReceiptTests.Sent(rules: rules)
        let desk = sent.desk
        try await sent.answer(.accepted(providerID: "biz1"), terms: Self.heard)
        try await sent.note(ReceiptTests.receipt(.delivered, reference: sent.reference), from: Self.source)
        _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-10 11:02"))
        let second = try await desk.depart(at: "2026-03-10 11:02")
        #expect(second.map(\.rule) == ["echo"])
        try await desk.finish(second, .accepted(providerID: "biz2"), at: "2026-03-10 11:03")
        _ = try await desk.store.note(
            [.receipt(ReceiptTests.receipt(.delivered, reference: second[0].reference))], from: Self.source,
            at: try desk.world.instant("2026-03-10 11:04"))
        #expect(try await instants(desk).count == 2)
        _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-10 11:05"))
        #expect(try await desk.depart(at: "2026-03-10 11:05").isEmpty)
        #expect(try desk.broken() == [])
    }

    struct Asking: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rule: String
        var isHeard: Bool
    }

    private static func rule(_ more: String, status: String = "live", event: String = "order.paid") -> String {
        """
          - {id: asks, name: 问, status: \(status), owner: crm, purpose: marketing, when: {event: {name: \(event), after: 1h}}, \(more)
             do: [{create_task: {assign_to: member.advisor, or_else: boss, title: call}}]}
        """
    }

    @Test(
        "A set hears of arrivals by its triggers, unless and history",
        arguments: [
            Asking(testDescription: "none", rule: rule(""), isHeard: false),
            Asking(testDescription: "trigger", rule: rule("", event: "message.delivered"), isHeard: true),
            Asking(
                testDescription: "a draft", rule: rule("", status: "draft", event: "message.delivered"), isHeard: false),
            Asking(
                testDescription: "paused", rule: rule("", status: "paused", event: "message.delivered"), isHeard: true),
            Asking(testDescription: "unless", rule: rule("unless: [message.delivered],"), isHeard: true),
            Asking(
                testDescription: "history",
                rule: rule("if: {any: [{history: [{event: message.delivered, times: 0}]}]},"), isHeard: true),
            Asking(
                testDescription: "another name", rule: rule("unless: [message.clicked],"), isHeard: false),
        ])
    func heard(_ asking: Asking) throws {
        let planned = try World(settings: "version: 1", rules: asking.rule, members: OutboxDesk.member()).planned()
        #expect(planned.hearsOfDeliveries == asking.isHeard)
        #expect(ReceiptTerms(planned).raisesDelivered == asking.isHeard)
    }
}
