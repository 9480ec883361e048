import Foundation
import Testing

/// What a plan shows of edited texts and of rules that run again, and how it looks in a merge request.
@Suite("Plan: edits and pauses")
struct PlanEditsTests {
    private let scratch: Scratch

    /// Invented once; each test works on a copy.
    private static let shop: Result<Scratch, any Error> = Result { try Scratch.shop() }

    init() throws {
        scratch = try Scratch()
        _ = try scratch.run("cp -r '\(try PlanEditsTests.shop.get().directory.path)/.' .")
    }

    private func plan(_ more: String = "", at: String = PlanTests.at) throws -> [String] {
        let run = try scratch.run("nudged plan --at '\(at)' \(more)")
        #expect(run.status == 0, "\(run.printed)")
        return run.printed
    }

    @Test("an edited text is shown before and after, once, and other keys of a template by value")
    func texts() throws {
        _ = try scratch.run("sed -i 's/，来看看。/，欢迎再来，热线 13800000001。/' rules/templates.yaml")
        try scratch.write(
            try scratch.text("rules/crm.yaml") + """

                  - id: welcome-again
                    status: live
                    owner: crm
                    purpose: marketing
                    when: {event: {name: order.paid, after: 6d}}
                    do: [{send: {try: [{sms: {template: sms_hello}}], fill: {name: member.display_name}}}]

                """, to: "rules/crm.yaml")
        let lines = try plan()
        let place = try #require(lines.firstIndex { $0.hasPrefix("  ! welcome ") })
        #expect(lines[place].hasSuffix("rule unchanged, but template sms_hello v1 → v2"))
        #expect(
            lines[(place + 1)...(place + 3)] == [
                "      sms_hello text",
                "        -【店】{{ name | default: '您好' }}，来看看。拒收请回复R",
                "        +【店】{{ name | default: '您好' }}，欢迎再来，热线 13800000001。拒收请回复R",
            ])
        #expect(lines.count { $0.contains("来看看") } == 1)
    }

    @Test("what other settings do to a rule that waits for events shows in the past, where nothing is to come")
    func settings() throws {
        let settings = try scratch.text("rules/settings.yaml")
        // Ten days after the last order, nothing is due in the days ahead.
        let later = "2026-06-25 08:00"
        try scratch.write(settings + "\nglobal_holdout: 100%\n", to: "rules/settings.yaml")
        let lines = try plan(at: later)
        let place = try #require(lines.firstIndex { $0.hasPrefix("  ! welcome ") }, "\(lines)")
        #expect(lines[place].hasSuffix("rule unchanged, but what it sends is not the same"))
        let replay = try #require(lines[place...].first { $0.contains("last 30 days replayed") }, "\(lines)")
        #expect(replay.contains(/\s[1-9][0-9,]* → 0\s/), "\(replay)")
        #expect(!lines.contains { $0.hasPrefix("  ! good-customers ") }, "service asks no holdout")
    }

    @Test("a plan for a merge request is a table with the texts below it, and shows no number of a person")
    func markdown() throws {
        _ = try scratch.run("cp -r rules before")
        _ = try scratch.run("sed -i 's/，来看看。/，欢迎再来，热线 13800000001。/' rules/templates.yaml")
        _ = try scratch.run("sed -i 's/at_least: 5000/at_least: 3000/' rules/crm.yaml")
        let text = try plan("--format markdown").joined(separator: "\n")
        #expect(text.hasPrefix("### Plan of the rules\n\nagainst live rules version 1 (loaded "))
        #expect(
            text.contains("\n| | What | Change |\n|---|---|---|\n| `~` | **good-customers**<br>rules/crm.yaml:3 | "),
            "\(text)")
        #expect(text.contains("if member.lifetime\\_spend: at least 5000 → at least 3000<br>people who qualify: "))
        #expect(text.contains("```diff\n-【店】{{ name | default: '您好' }}，来看看。拒收请回复R\n+"))
        #expect(text.contains("热线 138****0001。") && !text.contains("13800000001"))
        #expect(text.contains("\n- 0 to add, 2 to change, 0 to remove."))
        let chinese = try plan("--format markdown --lang zh-CN").joined(separator: "\n")
        #expect(chinese.hasPrefix("### 规则改动计划\n\n") && chinese.contains("| | 对象 | 改动 |"))
        _ = try scratch.run("rm -rf rules && mv before rules")
        #expect(try plan("--format markdown").last == "no change.")
    }

    @Test("a rule that runs again says what it catches up, and that is what the daemon then does")
    func resumed() throws {
        let paused = PlanTests.rules().replacing(
            "id: welcome\n    status: live", with: "id: welcome\n    status: paused")
        try scratch.write(paused + "\n", to: "rules/crm.yaml")
        #expect(try scratch.run("nudged tick --at '2026-06-15 08:01'").status == 0)
        try scratch.write(PlanTests.rules() + "\n", to: "rules/crm.yaml")
        let json = try plan("--format json", at: "2026-06-18 20:00").joined()
        let plan = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let change = try #require((plan["changes"] as? [[String: Any]])?.first { $0["rule"] as? String == "welcome" })
        let counts = try #require(change["catch_up"] as? [String: Int])
        #expect(counts["missed", default: 0] > 3, "\(counts)")
        #expect(counts.keys.allSatisfy { ["missed", "sent", "suppressed"].contains($0) }, "\(counts)")
        let text = try self.plan(at: "2026-06-18 20:00").joined(separator: "\n")
        #expect(text.contains("      status                     paused → live"), "\(text)")
        #expect(text.contains("      catches up                 ") && text.contains(", of what fell due in the pause"))
        // The same by the daemon's own tick.
        #expect(try scratch.run("nudged tick --at '2026-06-18 20:00'").status == 0)
        let decided = try scratch.run(
            "sqlite3 shop.db \"SELECT outcome, COUNT(*) FROM decisions WHERE rule = 'welcome' AND outcome <> 'waiting' GROUP BY 1\""
        )
        let came = decided.printed.reduce(into: [String: Int]()) { came, line in
            let parts = line.split(separator: "|")
            if parts.count == 2 { came[String(parts[0])] = Int(parts[1]) }
        }
        #expect(came == counts, "\(decided.printed)")
    }
}
