import Policies
import Rules
import TestSupport
import Testing

@testable import Kit
@testable import Store

@Suite("Blast guard")
struct BlastGuardTests {
    private static let rules = """
          - id: visit
            status: live
            owner: crm-team
            purpose: marketing
            when: {event: {name: store.visited}}
            do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
            if_late: {send_within: 24h}
        """

    private func world(_ people: Int, settings: String = "version: 1") throws -> World {
        let members = (0..<people).map {
            "  m\($0): {phone: \"138000\(padded($0, 5))\", consent: {sms: granted}, "
                + "events: [{name: store.visited, at: \"2026-03-07 12:00\"}]}"
        }
        return try World(settings: settings, rules: BlastGuardTests.rules, members: members.joined(separator: "\n"))
    }

    @Test("a rule that would reach a tenth of all members at once waits for a release, which survives a restart")
    func held() throws {
        let world = try world(250)
        let store = try world.store()
        var prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-07 11:00"))
        let report = try store.tick(prepared, at: try world.instant("2026-03-07 12:00"))
        #expect(report.lines.isEmpty)
        #expect(report.rules[0].guarded == "250 people at once, more than 10% of 250 members")
        #expect(try store.tick(prepared, at: try world.instant("2026-03-07 12:05")).lines.isEmpty)
        #expect(try store.stops().map(\.scope) == ["blast:visit"])

        #expect(try store.release([.rule("visit")], at: .distantPast).map(\.scope) == ["blast:visit"])
        prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-07 12:10"))
        let lines = try store.tick(prepared, at: try world.instant("2026-03-07 12:10")).lines
        #expect(lines.count == 250 && lines.allSatisfy { $0.outcome == .sent })
        #expect(try store.tick(prepared, at: try world.instant("2026-03-07 12:11")).lines.isEmpty)
    }

    @Test("fewer than 200 people, or a guard switched off, are let through")
    func small() throws {
        for world in [try world(199), try world(250, settings: "version: 1\nblast_guard: off")] {
            let store = try world.store()
            let prepared = try store.goLive(
                world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-07 11:00"))
            let lines = try store.tick(prepared, at: try world.instant("2026-03-07 12:00")).lines
            #expect(lines.count == world.fixtures.members.count)
        }
    }

    @Test(
        "what is usual decides where there is a history",
        arguments: [
            (people: 400, usual: 20.0 as Double?, silent: false, holds: false),
            (people: 401, usual: 20.0, silent: false, holds: true),
            (people: 401, usual: nil, silent: false, holds: false),
            (people: 401, usual: nil, silent: true, holds: true), (people: 199, usual: 0, silent: true, holds: false),
            (people: 1001, usual: 900, silent: false, holds: true),
            (people: 1000, usual: 900, silent: false, holds: false),
        ])
    func limits(people: Int, usual: Double?, silent: Bool, holds: Bool) {
        let limit = Settings.BlastGuard(usualTimes: 20, share: 1000, from: 200)
        let objection = limit.objection(people: people, usual: usual, members: 10_000, needsHistory: silent)
        #expect((objection != nil) == holds)
    }
}
