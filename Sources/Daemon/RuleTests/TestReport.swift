import Policies
import Rules
import Store

/// A session for people, in the layout of qa-tools §1.3.
package struct TestReport {
    private let session: TestSession
    private let showsTrace: Bool
    private let showsCoverage: Bool

    package init(_ session: TestSession, trace: Bool = false, coverage: Bool = false) {
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
                + "\n      passes now, although it was expected to fail: \(gap)\n      remove `expect_failure`"
        }
        return result.failures.map { run in
            ([head(result.test, run.run.label)] + details(run, result.test) + [again(result.test)]).joined(
                separator: "\n")
        }.joined(separator: "\n\n")
    }

    private func head(_ test: RuleTest, _ label: String) -> String {
        "FAIL  \(test.file):\(test.line)  \(test.name)" + (label.isEmpty ? "" : "  (\(label))")
    }

    /// Of one run: what was expected, what came, and what decided it.
    func details(_ run: TestRunResult, _ test: RuleTest) -> [String] {
        run.mismatches.flatMap { mismatch -> [String] in
            switch mismatch {
            case .extra(let line):
                return [row("also sent", TestWords.head(line.line) + "  " + TestWords(line).text)] + decided(line, nil)
            case .missing(let expectation, let got):
                let words = expected(expectation, run.run.zone)
                var rows = [row("expected", "\(words)     :\(expectation.span.start.line)")]
                guard let got else { return rows + [row("got", nothing(expectation, run.run))] }
                rows.append(row("got", TestWords.head(got.line) + "  " + TestWords(got).text))
                rows += differences(expectation, got)
                return rows + decided(got, expectation)
            }
        }
    }

    private func row(_ label: String, _ text: String) -> String {
        "      " + label + String(repeating: " ", count: max(1, 10 - label.count)) + text
    }

    private func expected(_ expectation: Expectation, _ zone: Zone) -> String {
        let parts = [expectation.at.map { TestWords.clock($0, zone) }, expectation.rule, expectation.member]
        return (parts.compactMap(\.self) + [TestWords(expectation, zone: zone).text]).joined(separator: "  ")
    }

    private func nothing(_ expectation: Expectation, _ run: RuleTestRun) -> String {
        let whose = [expectation.rule, expectation.member].compactMap(\.self).joined(separator: " and ")
        let window = "between \(TestWords.clock(run.start, run.zone)) and \(TestWords.clock(run.until, run.zone))"
        return "nothing\(whose.isEmpty ? "" : " for \(whose)") \(window)"
    }

    /// Keys that the words of the two lines do not show.
    private func differences(_ expectation: Expectation, _ got: SimulatedLine) -> [String] {
        let shown: Set<String> = [
            "at", "rule", "member", "outcome", "until", "channel", "template", "coupon", "task", "variant", "tried",
            "because",
        ]
        let keys = expectation.differences(from: got)
        guard case .object(let members) = got.json, keys.allSatisfy({ $0 != "outcome" }) else { return [] }
        return keys.filter { !shown.contains($0) }.map { key in
            let value = members.first { $0.key == key }?.value ?? .null
            return row("differs", "\(key) is \(value.rendered)")
        }
    }

    private func decided(_ line: SimulatedLine, _ expectation: Expectation?) -> [String] {
        TestReason(line, session.sources).text(insteadOf: expectation).map { [row("decided", $0)] } ?? []
    }

    private func again(_ test: RuleTest) -> String {
        row("again", "nudged test \(test.file) --run \"\(TestReport.pattern(test.name))\" --trace")
    }

    /// The name as a regular expression that a shell takes within double quotes.
    static func pattern(_ name: String) -> String {
        String(name.map { #"\^$.|?*+()[]{}"`!"#.contains($0) ? "." : $0 })
    }

    // MARK: trace

    private func trace(_ result: TestResult) -> String {
        result.runs.map { run in
            let label = run.run.label.isEmpty ? "" : "  (\(run.run.label))"
            let title = "TRACE \(result.test.file):\(result.test.line)  \(result.test.name)\(label)"
            let lines = run.lines.flatMap { line -> [String] in
                let reason = TestReason(line, session.sources)
                let conditions = line.line.outcome == .waiting ? [] : reason.conditions.map { "          " + $0 }
                return ["      " + TestWords.head(line.line) + "  " + TestWords(line).text] + conditions
            }
            return ([title] + (lines.isEmpty ? ["      nothing is due"] : lines)).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    // MARK: coverage

    private var coverage: String {
        let all = session.coverage
        var lines = ["coverage: \(all.covered) of \(all.goals) seen"]
        for rule in all.rules {
            lines.append("  \(rule.rule)  \(rule.covered) of \(rule.goals.count)  \(rule.place)")
            guard rule.isTested else {
                lines.append("      no test reaches it")
                continue
            }
            lines += rule.goals.filter { !$0.isCovered }.map { "      \($0.place)  \($0.words)" }
        }
        return lines.joined(separator: "\n")
    }

    // MARK: the end

    var summary: String {
        var counts = [
            session.results.count == 1 ? "1 test" : "\(session.results.count) tests", "\(session.passed) passed",
        ]
        if session.failed > 0 { counts.append("\(session.failed) failed") }
        if session.gaps > 0 { counts.append(session.gaps == 1 ? "1 known gap" : "\(session.gaps) known gaps") }
        let all = session.coverage
        return """
            \(counts.joined(separator: ", ")) in \(TestReport.seconds(session.duration)) s
            rules \(all.rulesTested) of \(all.rules.count) tested, conditions seen both ways \(all.conditionsSeenBothWays) of \
            \(all.conditions)   (nudged test --coverage shows which)
            """
    }

    /// Two decimals.
    static func seconds(_ duration: Duration) -> String {
        let hundredths = Int(duration / .milliseconds(10))
        return "\(hundredths / 100).\(padded(hundredths % 100, 2))"
    }
}
