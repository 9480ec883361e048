import Testing

@testable import Rules

/// What findings say that would be printed in English under `--lang zh-CN`. Every suite that makes findings asks here.
enum Untranslated {
    static func sentences(of findings: [Diagnostic]) -> [String] {
        findings.flatMap(words).filter { !$0.isEmpty && !isCodeAlone($0) && MessageCatalogue.chinese($0) == nil }
    }

    private static func words(_ finding: Diagnostic) -> [String] {
        let message = finding.chinese == nil ? [finding.message, finding.label] : [finding.label]
        return message + finding.related.map(\.text) + finding.help + finding.notes
    }

    /// The one thing that stays: lines of YAML that stand alone, with no sentence around them.
    private static func isCodeAlone(_ text: String) -> Bool { text.hasPrefix("{") && text.hasSuffix("}") }
}

@Suite("Findings in Chinese")
struct ChineseTests {
    @Test(
        "take back the author's words, the numbers and the code, and translate the parts",
        arguments: [
            ("there is no field `member.teir`", "没有名为 `member.teir` 的字段"),
            ("did you mean `member.tier`? (text; silver, gold)", "您是不是想写 `member.tier`?(文本;silver、gold)"),
            ("write  at: \"09:30\"", "请写  at: \"09:30\""),
            ("`on` takes a date, and this is `明天`", "`on` 要日期，这里是 `明天`"),
            ("`at` is not part of a rule with `birthday`", "触发条件为 `birthday` 的规则里没有 `at`"),
            ("this list has one item, not three", "这个列表有一项，而不是三项"),
            ("this list has one item, not 12", "这个列表有一项，而不是 12 项"),
            (
                "move `status` two columns to the right so that it lines up with `name`",
                "请把 `status` 向右移两列，与 `name` 对齐"
            ),
            ("the shares of `k` add up to 99.5%", "`k` 各组占比之和是 99.5%"),
            ("`tagg` is not part of an effect", "消息之外的动作里没有 `tagg`"),
            ("write a number and s, min or h:  100/s", "请写数字加 s、min 或 h：  100/s"),
            ("these two exclude each other", "这两条互相排斥"),
            ("a closed member gets nothing", "已注销的会员什么也收不到"),
            ("there are: text, {1}", "现有的有：text、{1}"),
        ])
    func translated(_ english: String, _ chinese: String) {
        #expect(MessageCatalogue.translate(english, into: .chinese) == chinese)
    }

    @Test("stay whole in English where a part has no translation")
    func untranslated() {
        for sentence in ["`x` takes a dragon, and this is empty", "no such sentence", ""] {
            #expect(MessageCatalogue.chinese(sentence) == nil)
            #expect(MessageCatalogue.translate(sentence, into: .chinese) == sentence)
        }
    }

    @Test("take back no more words than the English sentence has")
    func holes() {
        for (english, chinese) in ChineseMessages.tables.flatMap({ $0 }) {
            let taken = chinese.matches(of: /\{([0-9])\}/).compactMap { Int($0.1) }
            #expect(taken.max() ?? 0 <= SentenceShape(english, chinese).holes, "\(english)")
        }
    }
}
