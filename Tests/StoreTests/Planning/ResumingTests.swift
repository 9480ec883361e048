import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Store

/// A rule that is paused and goes on, or is edited while people wait in it, brings nobody more than it would have.
@Suite("Rules that resume or are edited")
struct ResumingTests {
    private static func daily(_ status: String) -> String {
        """
          - id: daily
            status: \(status)
            owner: crm-team
            purpose: marketing
            when: {schedule: {every: day, at: "10:00"}}
            if: {member.tier: gold}
            do: [{add_tag: seen}]
            if_late: {send_within: 7d}
        """
    }

    private static func silent(drip: Int, status: String = "live", activity: String = "order.paid") -> String {
        """
          - id: silent
            status: \(status)
            owner: crm-team
            purpose: marketing
            when: {inactive: {for: 90d, at: "10:00", activity: [\(activity)]}}
            existing_members: {drip: \(drip), every: 1d}
            do: [{add_tag: silent}]
        """
    }

    private static let members = (1...9).map {
        "  m\($0): {tier: silver, orders: [{id: o\($0), paid_at: \"2026-01-0\($0) 09:00\", total: 1}]}"
    }.joined(separator: "\n")

    private let store: MemberStore
    private let first: World

    init() throws {
        first = try World(rules: ResumingTests.silent(drip: 2), members: ResumingTests.members)
        store = try first.store()
    }

    private func goLive(_ rules: String, _ at: String) throws -> PreparedRules {
        let world = try World(rules: rules, members: ResumingTests.members)
        let live = world.set.rules.filter { $0.status == .live }
        return try store.goLive(
            PlannedSet(world.set, rules: live, channels: ChannelDeclaration.standard), files: "{}", hash: rules + at,
            at: try world.instant(at))
    }

    private func tick(_ prepared: PreparedRules, _ at: String) throws -> [String] {
        try store.tick(prepared, at: try first.instant(at)).lines.map(World.short)
    }

    /// How many are enrolled for each slot.
    private func slots() throws -> [Int] {
        try store.writer.read {
            try ($0.values("SELECT COUNT(*) FROM waits WHERE kind = 'existing' GROUP BY due ORDER BY due") as [Int])
        }
    }

    @Test("days of a schedule that passed while it was paused are not made up for, for nobody")
    func pausedSchedule() throws {
        let live = try goLive(ResumingTests.daily("live"), "2026-06-01 08:00")
        #expect(try tick(live, "2026-06-01 10:00").isEmpty)
        _ = try goLive(ResumingTests.daily("paused"), "2026-06-01 11:00")
        try store.writer.write { try $0.run("UPDATE members SET tier = 'gold' WHERE id IN ('m1', 'm2')") }
        let again = try goLive(ResumingTests.daily("live"), "2026-06-05 09:00")
        #expect(try tick(again, "2026-06-05 09:30").isEmpty)
        #expect(try tick(again, "2026-06-05 10:00").count == 2)
    }

    @Test("a drip that was paused goes on as a drip")
    func pausedDrip() throws {
        let live = try goLive(ResumingTests.silent(drip: 2), "2026-06-01 08:00")
        #expect(try tick(live, "2026-06-01 10:00").count == 2)
        _ = try goLive(ResumingTests.silent(drip: 2, status: "paused"), "2026-06-01 11:00")
        let again = try goLive(ResumingTests.silent(drip: 2), "2026-06-20 09:00")
        #expect(try slots() == [2, 2, 2, 1])
        #expect(try tick(again, "2026-06-20 10:00").count == 2)
    }

    @Test("another drip deals out anew whoever still waits")
    func editedDrip() throws {
        _ = try goLive(ResumingTests.silent(drip: 4), "2026-06-01 08:00")
        #expect(try slots() == [4, 4, 1])
        _ = try goLive(ResumingTests.silent(drip: 3), "2026-06-01 09:00")
        #expect(try slots() == [3, 3, 3])
    }

    @Test("a silence that was answered is not answered again because it is said to begin elsewhere")
    func answeredSilence() throws {
        let live = try goLive(ResumingTests.silent(drip: 9), "2026-06-01 08:00")
        #expect(try tick(live, "2026-06-01 10:00").count == 9)
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: .distantFuture))
            let visit = EventRow(
                id: "v1", memberID: "m1", name: "store.visited", at: try first.instant("2026-02-20 10:00"), data: "{}")
            _ = try rows.write(event: visit, source: "shop")
        }
        let edited = try goLive(
            ResumingTests.silent(drip: 9, activity: "order.paid, store.visited"), "2026-06-02 08:00")
        #expect(try slots().isEmpty)
        #expect(try tick(edited, "2026-06-02 10:00").isEmpty)
    }
}
