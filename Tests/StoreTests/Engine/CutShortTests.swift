import Policies
import Rules
import TestSupport
import Testing

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
}
