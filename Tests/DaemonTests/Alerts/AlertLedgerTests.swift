import Kit
import Review
import Store
import Testing

/// When people are told: once, again after a day, and when it is over.
@Suite("What people were told") struct AlertLedgerTests {
    private static let start = Instant(seconds: 1_780_000_000)
    private static let minute: Int64 = 60_000_000
    private static let full = Attention(
        "disk_low", Bilingual("only 3 MiB are free", "只剩 3 MiB"), remedy: Bilingual("make room", "腾出空间"))
    private static let closed = Attention(
        "channel_closed", of: "sms", Bilingual("sms is closed", "sms 已关闭"), remedy: Bilingual("test it", "测试"))

    private static func at(_ minutes: Int64) -> Instant { start.adding(micros: minutes * minute) }

    /// What is told at each look, as `change code`; all of it arrives.
    private func told(_ ledger: inout AlertLedger, _ looks: [(Int64, [Attention])]) -> [[String]] {
        looks.map { minutes, found in
            let news = ledger.news(of: found, at: AlertLedgerTests.at(minutes))
            ledger.noteTold(news, at: AlertLedgerTests.at(minutes))
            return news.map { "\($0.change) \($0.code)" }
        }
    }

    @Test("a cause is told once, again after a day while it lasts, and when it has been over for five minutes")
    func once() {
        var ledger = AlertLedger()
        let looks: [(Int64, [Attention])] = [
            (0, [Self.full]), (1, [Self.full]), (1439, [Self.full]), (1440, [Self.full]), (1441, [Self.full]),
            (1442, []), (1446, []), (1447, []), (1448, []), (1449, [Self.full]),
        ]
        #expect(
            told(&ledger, looks) == [
                ["begun disk_low"], [], [], ["lasts disk_low"], [], [], [], ["over disk_low"], [], ["begun disk_low"],
            ])
    }

    @Test("what comes and goes is told once")
    func flapping() {
        var ledger = AlertLedger()
        let looks = (0..<20).map { (Int64($0), $0 % 3 == 0 ? [Self.closed] : []) }
        #expect(told(&ledger, looks).flatMap(\.self) == ["begun channel_closed"])
    }

    @Test("what was gone before a restart is over when it has been gone for five minutes in all")
    func goneBeforeRestart() {
        var first = AlertLedger()
        _ = told(&first, [(0, [Self.full, Self.closed]), (1, [Self.full]), (2, [])])
        var second = AlertLedger()
        second.remember(first.unkept.rows)
        let looks: [(Int64, [Attention])] = [(5, []), (6, []), (7, [Self.closed]), (8, [Self.closed])]
        #expect(told(&second, looks) == [[], ["over channel_closed"], ["begun channel_closed", "over disk_low"], []])
    }

    @Test("after a restart nothing is told that was told before, and the end of it is")
    func restart() {
        var first = AlertLedger()
        _ = told(&first, [(0, [Self.full, Self.closed])])
        let rows = first.unkept.rows
        #expect(rows.map(\.cause) == ["channel_closed sms", "disk_low"])
        first.noteKept()
        #expect(first.unkept.rows.isEmpty && first.unkept.over.isEmpty)
        var second = AlertLedger()
        second.remember(rows)
        let looks: [(Int64, [Attention])] = [(10, [Self.full]), (11, [Self.full]), (15, [Self.full])]
        #expect(told(&second, looks).flatMap(\.self) == ["over channel_closed"])
        #expect(second.unkept.over == ["channel_closed sms"] && second.unkept.rows.isEmpty)
    }

    @Test("what was told before the store could be read stays told, and its rows are taken over")
    func late() {
        var ledger = AlertLedger()
        _ = told(&ledger, [(0, [Self.full])])
        let row = AlertRow(
            cause: "channel_closed sms", code: "channel_closed", subject: "sms", words: Self.closed.words,
            beganAt: Self.at(-100), toldAt: Self.at(-100))
        ledger.remember([row])
        #expect(told(&ledger, [(1, [Self.full, Self.closed])]) == [[]])
        #expect(ledger.unkept.rows.map(\.cause) == ["disk_low"])
    }

    @Test("a stop that is released and comes again is another cause; the same one with other words is not")
    func causes() {
        func stop(_ minutes: Int64, _ reason: String) -> Attention {
            Attention(
                "held", of: "clock", since: Self.at(minutes), Bilingual(same: reason), remedy: Bilingual(same: ""))
        }
        var ledger = AlertLedger()
        let looks: [(Int64, [Attention])] = [
            (0, [stop(0, "a")]), (1, [stop(0, "b")]), (2, [stop(2, "b")]), (3, [stop(2, "b")]),
        ]
        #expect(told(&ledger, looks) == [["begun held"], [], ["begun held"], []])
    }

    @Test("what did not arrive is tried again after five minutes, with its begin; nobody hears that it is over")
    func failing() {
        var ledger = AlertLedger()
        let first = ledger.news(of: [Self.full], at: Self.at(0))
        ledger.noteFailed(first, at: Self.at(0))
        #expect(ledger.news(of: [Self.full], at: Self.at(4)).isEmpty)
        let second = ledger.news(of: [Self.full], at: Self.at(5))
        #expect(second.map(\.change) == [.begun] && second.first?.since == Self.at(0))
        ledger.noteFailed(second, at: Self.at(5))
        #expect(ledger.news(of: [], at: Self.at(60)).isEmpty && ledger.unkept.rows.isEmpty)
        // Back again: a cause of its own, at once.
        #expect(ledger.news(of: [Self.full], at: Self.at(61)).first?.since == Self.at(61))
    }

    @Test("a daily reminder that did not arrive is tried again too")
    func failingReminder() {
        var ledger = AlertLedger()
        _ = told(&ledger, [(0, [Self.full])])
        let later = ledger.news(of: [Self.full], at: Self.at(1440))
        #expect(later.map(\.change) == [.lasts])
        ledger.noteFailed(later, at: Self.at(1440))
        #expect(ledger.news(of: [Self.full], at: Self.at(1444)).isEmpty)
        #expect(ledger.news(of: [Self.full], at: Self.at(1445)).map(\.change) == [.lasts])
    }

    @Test("what nobody can know about now is not over")
    func unproven() {
        var ledger = AlertLedger()
        _ = told(&ledger, [(0, [Self.full, Self.closed])])
        for minutes in [1, 10, 100] as [Int64] {
            let news = ledger.news(of: [Self.full], at: Self.at(minutes)) { $0.code != "channel_closed" }
            #expect(news.isEmpty)
        }
        _ = ledger.news(of: [Self.full], at: Self.at(101))
        #expect(ledger.news(of: [Self.full], at: Self.at(106)).map(\.change) == [.over])
    }

    @Test("a clock that was set back tells nothing twice")
    func setBack() {
        var ledger = AlertLedger()
        _ = told(&ledger, [(0, [Self.full])])
        #expect(told(&ledger, [(-5000, [Self.full]), (-4000, [Self.full])]) == [[], []])
    }

    @Test("of very many things at once some are told now, and the others at the next looks")
    func many() {
        let all = (0..<50).map {
            Attention("rule_faulted", of: "r\($0)", Bilingual(same: "r"), remedy: Bilingual(same: ""))
        }
        var ledger = AlertLedger()
        let counts = told(&ledger, [(0, all), (1, all), (2, all), (3, all)]).map(\.count)
        #expect(counts == [20, 20, 10, 0])
    }
}
