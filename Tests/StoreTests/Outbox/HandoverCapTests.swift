import Policies
import Rules
import Store
import Testing

@testable import Engine

/// The frequency cap, asked again for messages that were kept back.
@Suite struct HandoverCapTests {
    /// One order a day is thanked for, on 10 and 11 March, both still owed on the 11th at 11:00.
    private func desk(cap: String, more: [String: String] = [:]) async throws -> OutboxDesk {
        let desk = try await OutboxDesk(
            settings: """
                version: 1
                quiet_hours: none
                on_unknown: {marketing: resend, service: hold, max_resends: 1}
                frequency_cap: [\(cap)]
                """,
            rules: OutboxDesk.rule.replacing("do: [", with: "if_late: {send_within: 30h}, do: ["),
            members: OutboxDesk.member(
                order: ["10", "11"].map { "{id: o\($0), paid_at: \"2026-03-\($0) 10:00\", total: 1}" }
                    .joined(separator: ", ")),
            more: more)
        _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-11 11:00"))
        #expect(try await desk.states() == ["sms pending", "sms pending"])
        return desk
    }

    @Test("Within the cap both leave at once", arguments: ["{times: 4, in: 30d}", "{times: 2, in: 1d}"])
    func within(cap: String) async throws {
        let desk = try await desk(cap: cap)
        #expect(try await desk.depart(at: "2026-03-11 11:00").count == 2)
    }

    @Test(
        "One too many waits until the window has moved on, whatever the other's answer",
        arguments: [
            ("{times: 1, in: 1d}", "2026-03-12 00:00"), ("{times: 1, in: 12h}", "2026-03-11 23:00"),
        ])
    func waits(cap: String, until: String) async throws {
        let desk = try await desk(cap: cap)
        let first = try await desk.depart(at: "2026-03-11 11:00")
        #expect(first.map(\.delivery) == [1])
        #expect(try await desk.states() == ["sms sending", "sms pending"])
        let due = try await desk.store.writer.read {
            try ($0.value("SELECT not_before FROM deliveries WHERE id = 2") as Int64?)
        }
        #expect(due == (try desk.world.instant(until)).micros)
        try await desk.finish(first, .accepted(providerID: nil), at: "2026-03-11 11:00")
        #expect(try await desk.depart(at: until).map(\.delivery) == [2])
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("What cannot wait so long is suppressed with the cap")
    func suppressed() async throws {
        let desk = try await desk(cap: "{times: 1, in: 1d}")
        try await desk.sql("UPDATE deliveries SET not_before = not_before + 90000000000 WHERE id = 1")
        try await desk.finish(
            try await desk.depart(at: "2026-03-11 11:00"), .unknown(code: "timeout"), at: "2026-03-11 11:00")
        #expect(try await desk.depart(at: "2026-03-11 12:00").isEmpty)
        #expect(try await desk.states() == ["sms suppressed", "sms unknown"])
        let because = try await desk.store.writer.read {
            try ($0.value("SELECT because FROM deliveries WHERE id = 1") as String?)
        }
        #expect(because == #"{"cap":"1 in 1d"}"#)
    }

    /// Who is in the segment at the handover, not at the decision.
    @Test(
        "A cap for a segment holds for those who are in it now",
        arguments: [
            ("member.lifetime_orders: {at_least: 2}", "member.city: 南京", 1),
            ("member.lifetime_orders: 1", "city = city", 2),
            ("member.city: 南京", "city = '南京'", 1), ("member.tags: {includes: x}", "city = '南京'", 2),
        ])
    func segments(condition: String, change: String, leaving: Int) async throws {
        let desk = try await desk(
            cap: "{times: 1, in: 1d, segment: few}",
            more: [
                "segments.yaml": "version: 1\nsegments: [{id: few, name: 少打扰, if: {\(condition)}}]"
            ])
        if change.contains("=") { try await desk.sql("UPDATE members SET \(change)") }
        #expect(try await desk.depart(at: "2026-03-11 11:00").count == leaving)
    }

    struct OwnDoing: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Who is in the segment.
        var condition: String
        /// Before the `send` of the second message.
        var action = ""
        var further = ""
        /// After the tick, by the shop.
        var change: String?
        var leaving = 2
    }

    private static func tagging(_ when: String, priority: Int) -> String {
        """

          - {id: tag, status: live, owner: crm, purpose: marketing, priority: \(priority), when: {event: \(when)},
             do: [{add_tag: vip}]}
        """
    }

    private static let ownDoings = [
        OwnDoing(
            testDescription: "a tag of its own", condition: "member.tags: {includes: vip}", action: "{add_tag: vip}, "),
        OwnDoing(
            testDescription: "points of its own", condition: "member.points_balance: {at_least: 9}",
            action: "{adjust_points: {add: 9}}, "),
        OwnDoing(testDescription: "the message itself", condition: "history: [{event: message.sent, times: 2}]"),
        OwnDoing(
            testDescription: "a tag of a rule that is decided after it", condition: "member.tags: {includes: vip}",
            further: tagging("{name: order.paid, after: 1h}", priority: -1)),
        OwnDoing(
            testDescription: "a tag of a rule that answers it", condition: "member.tags: {includes: vip}",
            further: tagging("{name: message.sent, where: {rule: thanks}}", priority: 0)),
        OwnDoing(
            testDescription: "a tag of a rule that is decided before it", condition: "member.tags: {includes: vip}",
            further: tagging("{name: order.paid, after: 1h}", priority: 1), leaving: 1),
        OwnDoing(
            testDescription: "a tag of its own, and the shop's entry into the segment by something else",
            condition: "any: [{member.tags: {includes: vip}}, {member.city: 南京}]", action: "{add_tag: gold}, ",
            change: "UPDATE members SET city = '南京'", leaving: 1),
    ]

    /// Two messages are due at 11:00, and it is a minute before.
    private func desk(_ example: OwnDoing, through entries: String = "{sms: {template: hello}}") async throws
        -> OutboxDesk
    {
        let rule = OutboxDesk.rule.replacing("{sms: {template: hello}}", with: entries)
        return try await OutboxDesk(
            settings: """
                version: 1
                quiet_hours: none
                frequency_cap: [{times: 1, in: 3d, segment: few}]
                """,
            rules: rule.replacing("id: thanks", with: "id: first").replacing("{id", with: "{priority: 2, id")
                + "\n" + rule.replacing("do: [", with: "do: [\(example.action)") + example.further,
            at: "2026-03-10 10:59",
            more: [
                "segments.yaml": "version: 1\nsegments: [{id: few, name: 少打扰, if: {\(example.condition)}}]"
            ])
    }

    /// The first message has no cap against it; the second is decided as if the member were outside of the segment.
    @Test(
        "What the decisions of its own instant made of the member keeps no message back", arguments: ownDoings,
        [1, 2000])
    func ownDoing(_ example: OwnDoing, slice: Int) async throws {
        let desk = try await desk(example)
        var decided: [Decision] = []
        let now = try desk.world.instant("2026-03-10 11:00")
        _ = try desk.store.tick(desk.prepared, at: now, slices: TickSlices(items: slice)) { decided += $0 }
        if let change = example.change { try await desk.sql(change) }
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == example.leaving)
        #expect(decided.count { $0.outcome == .sent } == (example.change == nil ? example.leaving : 2))
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("What is refused and falls back to another channel is as free of the cap as before")
    func fallback() async throws {
        let example = OwnDoing(
            testDescription: "", condition: "member.tags: {includes: vip}", action: "{add_tag: vip}, ")
        let desk = try await desk(example, through: "{sms: {template: hello}}, {wechat: {template: hello_wx}}")
        _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-10 11:00"))
        let first = try await desk.depart(at: "2026-03-10 11:00")
        #expect(first.map(\.channel) == ["sms", "sms"])
        try await desk.finish(first, .rejected(code: "x"), at: "2026-03-10 11:01")
        #expect(try await desk.depart(at: "2026-03-10 11:02").map(\.channel) == ["wechat", "wechat"])
    }

    @Test("A try that was refused does not count, and none counts against its own repetition")
    func own() async throws {
        let desk = try await desk(cap: "{times: 1, in: 1d}")
        try await desk.finish(
            try await desk.depart(at: "2026-03-11 11:00"), .rejected(code: "x"), at: "2026-03-11 11:00")
        try await desk.sql("UPDATE deliveries SET not_before = created_at WHERE id = 2")
        try await desk.finish(
            try await desk.depart(at: "2026-03-11 11:01"), .unknown(code: "timeout"), at: "2026-03-11 11:01")
        _ = try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-11 11:11"), maxResends: 1)
        #expect(try await desk.depart(at: "2026-03-11 11:11").map(\.attempt) == [2])
    }
}
