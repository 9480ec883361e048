import Kit
import Rules
import Testing

@testable import Store

@Suite("What the store keeps or finds in English has its Chinese")
struct StoredWordsTests {
    private func untranslated(_ sentences: [String]) -> [String] {
        sentences.filter { MessageCatalogue.chinese($0) == nil }
    }

    @Test("every line of verify")
    func promises() {
        let lines = Invariants(at: Instant(micros: 0), lookBack: 1).checks.map { "\($0.id) \($0.says): birthday-gift" }
        #expect(lines.count > 15 && untranslated(lines) == [])
        let others = [
            "I6 a change of state that is not in the drawing", "I9 handed over in quiet hours",
            "I10 handed over beyond the frequency cap",
        ]
        #expect(untranslated(others.map { $0 + ", delivery: 17" }) == [])
    }

    @Test(
        "every reason of the guard against restored backups",
        arguments: [OwnMark.Reason.gone, .empty, .unreadable, .otherStore, .older, .fork])
    func rollbacks(reason: OwnMark.Reason) {
        let line = "I19 not the store of the mark beside it: \(reason.text)"
        #expect(untranslated([reason.text, line, HighWaterMark.who]) == [])
    }

    @Test("every reason for which refusals since a backup are lost", arguments: RefusalLoss.allCases)
    func losses(loss: RefusalLoss) {
        #expect(untranslated([loss.text]) == [])
    }

    @Test("the reason of the guard against wrong clocks that a tick leaves")
    func clock() {
        let reason = "the rules were evaluated until \(Instant(micros: 0).utcText), which has not come yet"
        #expect(MessageCatalogue.chinese(reason)?.contains("1970-01-01") == true)
        #expect(untranslated([ClockHold.who, "store check", "blast guard", PoisonHold.who, PoisonHold.reason]) == [])
    }

    @Test("damage that holds all sends, with and without its place", arguments: [nil, "/var/lib/nudged/nudged.db"])
    func damage(path: String?) {
        let cell = MisplacedCell(table: "members", column: "phone", key: "id m7")
        let troubles = [
            StoreTrouble(SQLFault(code: 11, message: "database disk image is malformed")) ?? .full,
            .damaged(cell.words),
            .disk("disk I/O error"),
        ]
        for sentence in troubles.map({ $0.sentence(path) }) {
            #expect(MessageCatalogue.chinese(sentence.english) == sentence.chinese)
            #expect(untranslated(["nothing more is sent: \(sentence)"]) == [])
        }
    }
}
