import Engine
import Kit
import Policies
import Rules
import Store

/// A session for people, in the layout of qa-tools §1.3.
package struct TestReport {
    private let session: TestSession
    private let showsTrace: Bool
    private let showsCoverage: Bool
    private let say: Phrases

    package init(
        _ session: TestSession, trace: Bool = false, coverage: Bool = false, language: Language = .english
    ) {
        say = Phrases(language: language)
        self.session = session
        showsTrace = trace
        showsCoverage = coverage
    }

    package var text: String {
        var blocks = session.results.compactMap(block)
        if showsTrace { blocks += session.results.map(trace) }
        if showsCoverage { blocks.append(coverage) }
        return (blocks + [summary]).joined(separator: "\n\n")
    }

    // MARK: failures

    private func block(_ result: TestResult) -> String? {
        guard result.verdict == .failed else { return nil }
        if let gap = result.test.knownGap {
            return head(result.test, "")
                + say(
                    "\n      passes now, although it was expected to fail: \(gap)\n      remove `expect_failure`",
                    "\n      现在通过了，而原来预期它失败：\(gap)\n      请删掉 `expect_failure`")
        }
        return result.failures.map { run in
            ([head(result.test, run.run.label)] + details(run, result.test) + [again(result.test)]).joined(
                separator: "\n")
        }.joined(separator: "\n\n")
    }

    private func head(_ test: RuleTest, _ label: String) -> String {
        say("FAIL", "失败") + "  \(test.file):\(test.line)  \(test.name)" + (label.isEmpty ? "" : "  (\(label))")
    }

    /// One run's differences: what was expected, what came, and what decided it.
    func details(_ run: TestRunResult, _ test: RuleTest) -> [String] {
        run.mismatches.flatMap { mismatch -> [String] in
            switch mismatch {
            case .extra(let line):
                return [row(say("also sent", "多发"), TestWording.head(line.line) + "  " + TestWording(line).text(say))]
                    + decided(line, nil)
            case .missing(let expectation, let got):
                let words = expected(expectation, run.run.zone)
                var rows = [row(say("expected", "预期"), "\(words)     :\(expectation.span.start.line)")]
                guard let got else { return rows + [row(say("got", "实际"), nothing(expectation, run.run))] }
                rows.append(row(say("got", "实际"), TestWording.head(got.line) + "  " + TestWording(got).text(say)))
                rows += differences(expectation, got)
                return rows + decided(got, expectation)
            }
        }
    }

    private func row(_ label: String, _ text: String) -> String {
        "      " + Columns.padded(label, 10) + text
    }

    private func expected(_ expectation: Expectation, _ zone: Zone) -> String {
        let parts = [expectation.at.map { Phrases.clock($0, zone) }, expectation.rule, expectation.member]
        return (parts.compactMap(\.self) + [TestWording(expectation, zone: zone).text(say)]).joined(separator: "  ")
    }

    private func nothing(_ expectation: Expectation, _ run: RuleTestRun) -> String {
        let whose = [expectation.rule, expectation.member].compactMap(\.self).joined(separator: say(" and ", " 和 "))
        let (from, until) = (Phrases.clock(run.start, run.zone), Phrases.clock(run.until, run.zone))
        return say(
            "nothing\(whose.isEmpty ? "" : " for \(whose)") between \(from) and \(until)",
            "\(from) 到 \(until) 之间\(whose.isEmpty ? "" : " \(whose) ")什么也没有")
    }

    /// Differing keys that the words of the two lines do not show.
    private func differences(_ expectation: Expectation, _ got: SimulatedLine) -> [String] {
        let shown: Set<String> = [
            "at", "rule", "member", "outcome", "until", "channel", "template", "coupon", "task", "variant", "because",
        ]
        let keys = expectation.differences(from: got)
        guard case .object(let members) = got.json, keys.allSatisfy({ $0 != "outcome" }) else { return [] }
        return keys.filter { !shown.contains($0) }.map { key in
            let value = members.first { $0.key == key }?.value ?? .null
            return row(say("differs", "不同"), say("\(key) is \(value.rendered)", "\(key) 是 \(value.rendered)"))
        }
    }

    private func decided(_ line: SimulatedLine, _ expectation: Expectation?) -> [String] {
        TestReason(line, session.sources, say).text(insteadOf: expectation).map { [row(say("decided", "依据"), $0)] }
            ?? []
    }

    private func again(_ test: RuleTest) -> String {
        row(say("again", "重跑"), "nudged test \(test.file) --run \"\(TestReport.pattern(test.name))\" --trace")
    }

    /// The name as a regular expression that a shell takes within double quotes.
    static func pattern(_ name: String) -> String {
        String(name.map { #"\^$.|?*+()[]{}"`!"#.contains($0) ? "." : $0 })
    }

    // MARK: trace

    private func trace(_ result: TestResult) -> String {
        result.runs.map { run in
            let label = run.run.label.isEmpty ? "" : "  (\(run.run.label))"
            let title = say("TRACE", "过程") + " \(result.test.file):\(result.test.line)  \(result.test.name)\(label)"
            let lines = run.lines.flatMap { line -> [String] in
                let reason = TestReason(line, session.sources, say)
                let conditions = line.line.outcome == .waiting ? [] : reason.conditions.map { "          " + $0 }
                return ["      " + TestWording.head(line.line) + "  " + TestWording(line).text(say)] + conditions
            }
            return ([title] + (lines.isEmpty ? [say("      nothing is due", "      什么也没有")] : lines)).joined(
                separator: "\n")
        }.joined(separator: "\n\n")
    }

    // MARK: coverage

    private var coverage: String {
        let all = session.coverage
        var lines = [
            say("coverage: \(all.covered) of \(all.goals) seen", "覆盖：\(all.goals) 项中见过 \(all.covered) 项")
        ]
        for rule in all.rules {
            lines.append(
                "  \(rule.rule)  "
                    + say("\(rule.covered) of \(rule.goals.count)", "\(rule.covered)/\(rule.goals.count)")
                    + "  \(rule.place)")
            guard rule.isTested else {
                lines.append(say("      no test reaches it", "      没有测试用到它"))
                continue
            }
            lines += rule.goals.filter { !$0.isCovered }.map { "      \($0.place)  \($0.words(say))" }
        }
        return lines.joined(separator: "\n")
    }

    // MARK: the end

    var summary: String {
        let (seconds, all) = (TestReport.seconds(session.duration), session.coverage)
        return say(
            """
            \(counts) in \(seconds) s
            rules \(all.rulesTested) of \(all.rules.count) tested, conditions seen both ways \(all.conditionsSeenBothWays) of \
            \(all.conditions)   (nudged test --coverage shows which)
            """,
            """
            \(counts)，用时 \(seconds) 秒
            规则测到 \(all.rulesTested)/\(all.rules.count)，条件两面都见过 \(all.conditionsSeenBothWays)/\(all.conditions)   \
            （nudged test --coverage 可查是哪些）
            """)
    }

    /// `12 tests, 11 passed, 1 failed`.
    private var counts: String {
        let (tests, passed) = (session.results.count, session.passed)
        var parts = [
            say(tests == 1 ? "1 test" : "\(tests) tests", "\(tests) 个测试"), say("\(passed) passed", "\(passed) 个通过"),
        ]
        if session.failed > 0 { parts.append(say("\(session.failed) failed", "\(session.failed) 个失败")) }
        if session.gaps > 0 {
            parts.append(
                say(session.gaps == 1 ? "1 known gap" : "\(session.gaps) known gaps", "\(session.gaps) 个已知缺陷"))
        }
        return parts.joined(separator: say(", ", "，"))
    }

    /// Two decimals.
    static func seconds(_ duration: Duration) -> String {
        let hundredths = Int(duration / .milliseconds(10))
        return "\(hundredths / 100).\(padded(hundredths % 100, 2))"
    }
}
