import Review
import Rules
import Testing

/// `nudged test --lang zh-CN` (settled-2 §9.7).
@Suite("Words of rule tests")
struct RuleTestWordsTests {
    /// Whose sms fails, with one line that did not come.
    private func report(_ expect: String) throws -> String {
        let desk = try RuleTestDesk()
        let session = try desk.session(
            RuleTestDesk.file(
                """
                  - name: 一条
                    members: [lin]
                    channels: {sms: {fails: rejected}}
                    timeline: [{at: "2026-03-02 12:00", member: lin, event: store.visited}]
                    run_until: "2026-03-04 00:00"
                    expect: [\(expect)]
                """))
        #expect(session.findings.map(\.short) == [] && session.failed == 1)
        let forms = TestForms(session, language: .chinese)
        return [TestReport(session, trace: true, language: .chinese).text, forms.junit, forms.github]
            .joined(separator: "\n")
    }

    @Test(
        "every word is Chinese: outcomes, reasons by their keys, and channels tried",
        arguments: [
            ("{outcome: sent, channel: sms}", "已发送，渠道 sms"), ("{outcome: held}", "暂缓"),
            ("{outcome: skipped, because: condition}", "跳过，因为条件不成立"),
            ("{outcome: skipped, because: {condition: member.tier}}", "跳过，因为 member.tier 不符合条件"),
            ("{outcome: suppressed, because: unreachable}", "不发，因为没有可用的渠道"),
            ("{outcome: suppressed, because: {unreachable: rejected}}", "不发，因为没有可用的渠道：被拒绝"),
            ("{outcome: suppressed, tried: [{sms: no_consent}], because: cap}", "不发，因为频次上限已满（之前试过 sms：没有授权）"),
        ])
    func chinese(expect: String, words: String) throws {
        let text = try report(expect)
        #expect(text.contains("预期      \(words)"), "\(text)")
        #expect(text.contains("已发送，渠道 wechat，模板 hello_wx（之前试过 sms：被拒绝）"), "\(text)")
        #expect(text.contains("失败  ") && text.contains("过程 ") && text.contains("title=测试失败"), "\(text)")
        for word in ["FAIL", "TRACE", "sent", "suppressed", "held", "no_consent", "test failed"] {
            #expect(!text.contains(word), "\(word) in \(text)")
        }
    }
}
