import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Kit
@testable import Store

@Suite("A tick that is told to stop")
struct CutShortTests {
    private static let rule = """
          - {id: all, name: 全员, status: live, owner: crm, purpose: marketing, when: {schedule: {every: day, at: "10:00"}},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}

        """

    private func live(people: Int, settings: String) throws -> (World, MemberStore, PreparedRules) {
        let members = (0..<people).map {
            "  m\(padded($0, 3)): {phone: \"138000\(padded($0, 5))\", consent: {sms: granted}}"
        }
        let world = try World(
            settings: "version: 1\n\(settings)", rules: CutShortTests.rule, members: members.joined(separator: "\n"))
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-07 08:00"))
        return (world, store, prepared)
    }

    @Test("It ends after the slice under way, and the next one decides the rest, nobody twice", arguments: [1, 2, 5])
    func goesOnLater(slices: Int) throws {
        let (world, store, prepared) = try live(people: 11, settings: "blast_guard: off")
        let now = try world.instant("2026-03-07 10:00")
        var looks = 0
        let first = try store.tick(
            prepared, at: now, slices: TickSlices(items: 2),
            goesOn: {
                looks += 1
                return looks < slices
            })
        #expect(first.decided == 2 * slices)
        let second = try store.tick(prepared, at: now.adding(micros: 1), slices: TickSlices(items: 2))
        #expect(second.decided == 11 - 2 * slices)
        #expect(Set((first.lines + second.lines).map(\.member)).count == 11)
        #expect(try store.tick(prepared, at: now.adding(micros: 2)).decided == 0)
    }

    @Test("Who was decided before the stop counts once for the blast guard")
    func guarded() throws {
        // 240 at once are nothing out of the ordinary here, 290 would be.
        let (world, store, prepared) = try live(people: 240, settings: "blast_guard: {from: 241}")
        let now = try world.instant("2026-03-07 10:00")
        let first = try store.tick(prepared, at: now, slices: TickSlices(items: 50), goesOn: { false })
        #expect(first.decided == 50)
        let second = try store.tick(prepared, at: now.adding(micros: 1), slices: TickSlices(items: 50))
        #expect(second.decided == 190 && second.rules[0].guarded == nil)
    }

    @Test("A row that is committed during the tick stays, also one with a smaller number than those that were read")
    func arrivals() throws {
        let (world, store, prepared) = try live(people: 6, settings: "blast_guard: off")
        func arrive(_ member: String, _ seq: Int64) throws {
            try store.writer.write { db in
                try db.run(
                    "INSERT INTO arrivals VALUES (?1, ?2) ON CONFLICT (member) DO UPDATE SET seq = ?2", [member, seq])
            }
        }
        for (index, member) in ["m000", "m001", "a \"quoted\" one"].enumerated() {
            try arrive(member, Int64(50 + index))
        }
        let plans = TracedStatements()
        try store.writer.write { $0.trace { plans.record($0, $1) } }
        var looks = 0
        _ = try store.tick(
            prepared, at: try world.instant("2026-03-07 10:00"), slices: TickSlices(items: 2),
            goesOn: {
                looks += 1
                if looks == 1 { for late in [("m000", 40), ("m004", 30)] { try? arrive(late.0, Int64(late.1)) } }
                return true
            })
        try store.writer.write { $0.trace(nil) }
        try store.writer.read { db in
            let left = try db.all("SELECT member, seq FROM arrivals ORDER BY member").map {
                try ($0[0], $0[1]) as (String, Int64)
            }
            #expect(left.map(\.0) == ["m000", "m004"] && left.map(\.1) == [40, 30])
            let delete = try #require(plans.statements.first { $0.key.hasPrefix("DELETE FROM arrivals") }?.value)
            let steps = try db.all("EXPLAIN QUERY PLAN \(delete)").map { try $0["detail"] as String }
            #expect(steps.first == "SEARCH arrivals USING PRIMARY KEY (member=?)")
        }
    }
}
