import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Store

@Suite("Existing members are taken in page by page")
struct EnrolmentTests {
    struct Deal: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var existing: String
        var time: String
    }

    private static let deals = [
        Deal(testDescription: "all at once", existing: "all", time: ""),
        Deal(testDescription: "all at ten", existing: "all", time: ", at: \"10:00\""),
        Deal(testDescription: "two a day", existing: "{drip: 2, every: 1d}", time: ", at: \"10:00\""),
        Deal(testDescription: "three every two days", existing: "{drip: 3, every: 2d}", time: ""),
    ]

    /// Eleven members on two clocks; some bought on the same day, one never, one yesterday.
    private static let members: String = (0..<11).map { number -> String in
        let day = number == 4 ? "2026-05-31" : "2026-01-0\(1 + number / 3)"
        let orders = number == 7 ? "[]" : "[{id: o\(number), paid_at: \"\(day) 09:00\", total: 1}]"
        let zone = number % 3 == 0 ? ", timezone: Asia/Tokyo" : ""
        return "  m\(padded(number, 2)): {tier: \(number == 2 ? "gold" : "silver"), orders: \(orders)\(zone)}"
    }.joined(separator: "\n")

    private func live(_ deal: Deal) throws -> (World, MemberStore, PreparedRules) {
        let world = try World(
            settings: "version: 1\nblast_guard: off",
            rules: """
                  - id: silent
                    status: live
                    owner: crm-team
                    purpose: marketing
                    when: {inactive: {for: 90d\(deal.time)}}
                    if: {member.tier: silver}
                    existing_members: \(deal.existing)
                    do: [{add_tag: silent}]
                """, members: EnrolmentTests.members)
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-06-01 08:00"), enrolling: false)
        return (world, store, prepared)
    }

    private func waits(_ store: MemberStore) throws -> [String] {
        try store.writer.read { db in
            try
                (db.values("SELECT member || ' ' || occasion || ' ' || due FROM waits ORDER BY due, member") as [String])
        }
    }

    @Test("Stopped after every page and taken up again, the slots are those of one go", arguments: deals)
    func resumed(deal: Deal) throws {
        let (_, whole, prepared) = try live(deal)
        try whole.enrol(prepared)
        let expected = try waits(whole)
        #expect(expected.count == 8, "eleven without the one who never bought, the latest and the gold one")
        for size in [1, 2, 5] {
            let (_, store, prepared) = try live(deal)
            var calls = 0
            while try store.writer.read({ try ($0.value("SELECT COUNT(*) FROM enrolments") as Int?) ?? 0 }) > 0 {
                try store.enrol(prepared, size: size, goesOn: { false })
                calls += 1
                // A restart goes live again with the same rules, and takes nobody in twice.
                _ = try store.goLive(
                    prepared.planned, files: "{}", hash: "h", at: Instant(micros: 1_780_300_000_000_000 + Int64(calls)),
                    enrolling: false)
            }
            #expect(try waits(store) == expected, "pages of \(size)")
            #expect(calls > 11 / size)
        }
    }

    @Test("Nobody of them is decided before all are known", arguments: deals)
    func noneBefore(deal: Deal) throws {
        let (world, store, prepared) = try live(deal)
        let later = try world.instant("2026-06-30 12:00")
        try store.enrol(prepared, size: 3, goesOn: { false })
        try store.enrol(prepared, size: 3, goesOn: { false })
        #expect(try store.tick(prepared, at: later).decided == 0)
        try store.enrol(prepared, size: 3)
        #expect(try store.tick(prepared, at: later.adding(micros: 1)).decided == 8)
        #expect(try waits(store).isEmpty)
    }

    @Test(
        "A rule that is gone, paused or skips them by now leaves nothing behind", arguments: ["paused", "skip", "gone"])
    func given(up: String) throws {
        let (world, store, prepared) = try live(EnrolmentTests.deals[2])
        try store.enrol(prepared, size: 3, goesOn: { false })
        var set = world.set
        if up == "paused" { set.rules[0].status = .paused }
        if up == "skip" { set.rules[0].existingMembers = .skip }
        if up == "gone" { set.rules = [] }
        let planned = PlannedSet(
            set, rules: set.rules.filter { $0.status == .live }, channels: ChannelDeclaration.standard)
        let next = try store.goLive(planned, files: "{}", hash: up, at: try world.instant("2026-06-01 09:00"))
        let left = try store.writer.read { try ($0.value("SELECT COUNT(*) FROM enrolments") as Int?) }
        #expect(left == 0)
        #expect(try store.tick(next, at: try world.instant("2026-06-30 12:00")).decided == 0)
    }
}
