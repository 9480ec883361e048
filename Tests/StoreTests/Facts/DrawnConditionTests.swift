import Policies
import Rules
import TestSupport
import Testing

@testable import Kit
@testable import Store

/// A draw is made once for all zones, at the occasion's earliest due instant (settled-2 §4.5): here at ten in Shanghai,
/// seven hours before it is ten for the members of the shop in Paris.
@Suite("A draw asks the condition of everybody at the occasion's earliest instant")
struct DrawnConditionTests {
    private let people = HostilePeople()
    private var west: [String] { people.fixtures.members.filter { $0.row.storeID == "paris" }.map(\.row.id) }

    /// The lines of those in Paris who act on the first day, by a rule that draws everybody; every path gives the same.
    private func drawn(_ name: String, _ test: Rules.Comparison, draws: Bool = true) throws -> [String] {
        let trigger = Trigger.schedule(.once(people.day), at: LocalTime(minutes: 600))
        let found = FieldCatalogue.field(named: name, trigger: trigger, saved: [:], custom: people.custom)
        let condition = Condition.field(FieldTest(field: try #require(found), tests: [test], place: .top(of: "t")))
        var rule = RandomConditions(people: people, random: SeededGenerator(seed: 1)).rule(0, trigger, if: condition)
        rule.audience = draws ? Audience(inSegments: [], notInSegments: [], pick: 1000) : nil
        let world = ConditionPaths(people: people, rules: [rule])
        let (dryRun, _) = try world.dryRun()
        let (all, instants) = try world.dryRun(showsUndecided: true)
        #expect(all == dryRun)
        #expect(try world.ticks(at: instants) == dryRun)
        #expect(try world.inMemory().sorted() == dryRun.sorted())
        return dryRun.filter { line in west.contains { line.hasPrefix("r0000 \($0) ") } }
    }

    @Test("so that who meets it only seven hours later is not drawn")
    func later() throws {
        // One of them was registered at noon in Shanghai the day before: less than a day ago at ten there, more at ten in
        // Paris. For another it has long been a day, and for the third it is not one yet.
        #expect(try drawn("member.derived_6", .moreThanAgo(Span(1, .days)), draws: false).count == 2)
        #expect(try drawn("member.derived_6", .moreThanAgo(Span(1, .days))).count == 1)
    }

    @Test("and each one's due instant is that of the own clock")
    func dueInstant() throws {
        let ten = try #require(TimePoint(text: "2026-03-07 10:00"))
        #expect(try drawn("trigger.due_at", .atMoment(ten)).count == west.count)
    }
}
