import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Store

@Suite("An agenda in memory and on disk")
struct AgendaTests {
    private static func item(_ random: inout SeededGenerator) -> Evaluation.Item {
        let instant = Instant(micros: Int64.random(in: 0..<4, using: &random) * 1_000_000)
        let (number, other) = (Int.random(in: 0..<40, using: &random), Int64.random(in: 1..<9, using: &random))
        let anchors: [Occurrence.Anchor] = [
            .none, .event(seq: other), .order(id: "o", seq: other), .cart(id: "c", touch: instant, seq: other),
            .coupon(id: "k"), .coupons(expiring: LocalDate(days: 20_000)), .points(expiring: LocalDate(days: -3)),
            .browse(value: "茶", seq: other),
        ]
        var occurrence = Occurrence(
            rule: "r", member: "会员\(number)", occasion: "event:\(other)", due: instant, start: instant,
            zone: Zone(named: number % 2 == 0 ? "Asia/Tokyo" : "Europe/Paris") ?? .utc,
            date: number % 3 == 0 ? LocalDate(days: number) : nil, passes: number % 5 == 0 ? instant : nil,
            anchor: anchors[number % anchors.count], asksEveryone: number % 7 == 0)
        occurrence.formerZone = number % 17 == 0 ? Zone(named: "Asia/Shanghai") : nil
        occurrence.isRelease = number % 11 == 0
        occurrence.isStored = number % 13 == 0
        let reasons: [Reason] = [.unless("order.paid"), .anchor("coupon.used"), .superseded("inactive@x")]
        let found: Candidate =
            number % 4 == 0 ? .cancelled(occurrence, at: instant, reasons[number % 3]) : .due(occurrence)
        return Evaluation.Item(plan: Int(other) % 3, found: found)
    }

    private static func words(_ item: Evaluation.Item) -> String { "\(item.plan) \(item.found)" }

    /// Rounds up to each instant, in pages; between them some pairs are removed and others added.
    private static func play(_ agenda: Agenda, seed: UInt64) throws -> [String] {
        var random = SeededGenerator(seed: seed)
        var seen: Set<String> = []
        var played: [String] = []
        func add(_ count: Int) throws {
            for _ in 0..<count {
                let item = item(&random)
                // What is there twice differs in nothing, so that its order does not matter.
                if seen.insert(words(item)).inserted { try agenda.add(item) }
            }
        }
        try add(120)
        played.append("people \(try agenda.people().sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" })")
        while let instant = try agenda.first() {
            try agenda.beginRound(through: instant)
            // Of an instant at which everything was removed there may be a round without anybody.
            if try agenda.isRoundOver() { continue }
            while try !agenda.isRoundOver() {
                let page = try agenda.next(7)
                played += page.map(words)
                for item in page { try agenda.touch(.init(plan: item.plan, member: item.found.occurrence.member)) }
            }
            try agenda.remove(.init(plan: 1, member: "会员7"))
            if played.count < 400 { try add(30) }
        }
        var touched: [String] = []
        while let (plan, members) = try agenda.nextTouched(4) { touched += members.map { "\(plan) \($0)" } }
        return played + touched.sorted()
    }

    @Test("Many on disk come in the same order as few in memory, whatever the page", arguments: [1, 2, 3])
    func same(seed: UInt64) throws {
        let memory = try AgendaTests.play(Agenda(), seed: seed)
        #expect(memory.count > 200)
        for (most, page) in [(0, 1), (0, 5), (60, 1000)] {
            let agenda = Agenda(most: most, page: page)
            #expect(try AgendaTests.play(agenda, seed: seed) == memory)
            #expect(agenda.isSpilled)
        }
    }

    @Test("What is found twice on disk is given once")
    func twice() throws {
        let agenda = Agenda(most: 1, page: 2)
        var random = SeededGenerator(seed: 9)
        let items = (0..<5).map { _ in AgendaTests.item(&random) }
        for item in items + items + items { try agenda.add(item) }
        try agenda.beginRound(through: Instant(micros: 10_000_000))
        var given: [String] = []
        while try !agenda.isRoundOver() { given += try agenda.next(2).map(AgendaTests.words) }
        #expect(given.count == Set(given).count && Set(given) == Set(items.map(AgendaTests.words)))
        #expect(try agenda.first() == nil)
    }
}
