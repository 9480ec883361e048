import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Kit
@testable import Store

@Suite("What becomes due while a tick decides for everyone")
struct InterludeTests {
    /// Everyone at 10:00, and thanks an hour after each order.
    private static let rules = """
          - {id: all, name: 全员, status: live, owner: crm, purpose: marketing, priority: 1,
             when: {schedule: {every: day, at: "10:00"}},
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
          - {id: thanks, name: 谢谢, status: live, owner: crm, purpose: marketing,
             when: {event: {name: order.paid, after: 1h}}, unless: [order.refunded],
             do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
          - {id: echo, name: 回声, status: live, owner: crm, purpose: service,
             when: {event: {name: message.sent, where: {rule: all}}}, if: {member.city: 南京},
             do: [{add_tag: greeted}]}
        """

    private struct Shop {
        let world: World
        let store: MemberStore
        let prepared: PreparedRules
        let ten: Instant

        init(_ members: [String], cap: String, rules: String = InterludeTests.rules) throws {
            world = try World(
                settings: "version: 1\nblast_guard: off\nfrequency_cap: [\(cap)]\nservice_owners: [crm]",
                rules: rules + "\n", members: members.joined(separator: "\n"))
            store = try world.store()
            prepared = try store.goLive(
                world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-07 08:00"))
            ten = try world.instant("2026-03-07 10:00")
            _ = try store.tick(prepared, at: ten.adding(micros: -1_000_000))
        }

        func after(_ seconds: Int) -> Instant { ten.adding(micros: Int64(seconds) * 1_000_000) }

        /// The tick of ten o'clock, in which a slice of two takes a second.
        func slowly(_ decided: ([Decision]) -> Void = { _ in }) throws -> [Decision] {
            var seconds = 0
            var lines: [Decision] = []
            _ = try withoutActuallyEscaping(decided) { decided in
                try store.tick(
                    prepared, at: ten, slices: TickSlices(items: 2),
                    lines: {
                        lines += $0; decided($0)
                    },
                    meanwhile: {
                        seconds += 1
                        return after(seconds)
                    })
            }
            return lines + (try store.tick(prepared, at: after(60)).lines)
        }
    }

    private static func member(_ number: Int, city: String = "上海", phone: Int? = nil, paid: Int? = nil) -> String {
        let order = paid.map {
            ", orders: [{id: o\(number), paid_at: \"2026-03-07 09:00:\(padded($0, 2))\", total: 9}]"
        }
        return """
              m\(padded(number, 3)): {display_name: 林, city: \(city), phone: "138000\(padded(phone ?? number, 5))",
                consent: {sms: granted}\(order ?? "")}
            """
    }

    @Test("It is decided between two slices, after what the tick owes the same member")
    func between() throws {
        let shop = try Shop(
            (0..<30).map { InterludeTests.member($0, paid: $0 == 28 ? 3 : nil) }, cap: "{times: 9, in: 1d}")
        let lines = try shop.slowly()
        let own = lines.indices.filter { lines[$0].member == "m028" && lines[$0].rule != "echo" }.map {
            (lines[$0].rule, $0)
        }
        #expect(own.map(\.0) == ["all", "thanks"])
        let last = try #require(lines.lastIndex { $0.rule == "all" })
        #expect(try #require(own.last).1 < last, "the thanks wait for the whole audience")
        #expect(lines.count { $0.rule == "all" } == 30)
        let thanks = try #require(lines.first { $0.rule == "thanks" })
        #expect(thanks.at >= shop.after(3) && thanks.at <= shop.after(4))
    }

    @Test("A cap counts the message that the tick still owed, to the member and to the address")
    func caps() throws {
        let shop = try Shop(
            [InterludeTests.member(0)] + (1..<28).map { InterludeTests.member($0) } + [
                InterludeTests.member(28, phone: 500, paid: 3), InterludeTests.member(29, phone: 500),
            ], cap: "{times: 1, in: 1d}")
        let lines = try shop.slowly()
        let told = lines.filter { ["m028", "m029"].contains($0.member) && $0.rule != "echo" }
        #expect(
            told.map { "\($0.rule) \($0.member) \($0.outcome)" } == [
                "all m028 sent", "all m029 suppressed", "thanks m028 suppressed",
            ])
    }

    @Test("An order that is refunded meanwhile is not thanked for")
    func refunded() throws {
        let shop = try Shop(
            (0..<30).map { InterludeTests.member($0, paid: $0 == 28 ? 9 : nil) }, cap: "{times: 9, in: 1d}")
        var isRefunded = false
        let lines = try shop.slowly { _ in
            guard !isRefunded else { return }
            isRefunded = true
            do {
                try shop.store.writer.write { db in
                    try db.run(
                        """
                        INSERT INTO events (member, name, at, source, ref)
                        SELECT member, 'order.refunded', at + 1000000, source, ref FROM events WHERE name = 'order.paid'
                        """)
                }
            } catch { Issue.record(error) }
        }
        #expect(isRefunded)
        #expect(!lines.contains { $0.rule == "thanks" && $0.outcome == .sent })
    }

    @Test("Nothing is decided otherwise than by a tick each second", arguments: [UInt64](20_261_130..<20_261_142))
    func random(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        let members = (0..<40).map { number in
            InterludeTests.member(
                number, city: Bool.random(using: &chance) ? "南京" : "上海",
                phone: Int.random(in: 0..<3, using: &chance) == 0 ? Int.random(in: 0..<6, using: &chance) : nil,
                paid: Bool.random(using: &chance) ? Int.random(in: 1..<30, using: &chance) : nil)
        }
        let times = Int.random(in: 1...3, using: &chance)
        let priority = Int.random(in: 0...1, using: &chance)
        let rules = InterludeTests.rules.replacing("priority: 1,", with: "priority: \(priority * 9 - 1),")
        func short(_ lines: [Decision]) -> [String] {
            lines.map {
                "\($0.rule) \($0.member) \($0.occasion) \($0.outcome) \($0.because?.json(in: $0.zone).rendered ?? "")"
            }
            .sorted()
        }
        let (slow, quick) = (
            try Shop(members, cap: "{times: \(times), in: 1d}", rules: rules),
            try Shop(members, cap: "{times: \(times), in: 1d}", rules: rules)
        )
        let interrupted = try slow.slowly()
        let each = try (0...60).flatMap { try quick.store.tick(quick.prepared, at: quick.after($0)).lines }
        #expect(short(interrupted) == short(each), "seed \(seed)")
        let last = try #require(interrupted.lastIndex { $0.rule == "all" })
        #expect(interrupted[..<last].contains { $0.rule == "thanks" }, "no interlude, seed \(seed)")
    }
}
