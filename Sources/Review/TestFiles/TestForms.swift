import Kit
import Policies
import Rules
import Store

/// A session for scripts: JSON with the findings beside the tests, JUnit, GitHub annotations. Keys, codes and verdicts are
/// the same in every language, sentences are in the one asked for.
package struct TestForms {
    private let session: TestSession
    private let language: Language
    /// The share of what tests can show that the run must reach; nil asks for none.
    private let bar: CoverageBar?
    private let say: Phrases

    package init(_ session: TestSession, bar: CoverageBar? = nil, language: Language = .english) {
        self.session = session
        self.bar = bar
        self.language = language
        say = Phrases(language: language)
    }

    // MARK: JSON

    package var json: String {
        let coverage = session.coverage
        return JSONText.object([
            "version": .int(1),
            "summary": .object([
                "tests": .int(session.results.count), "passed": .int(session.passed), "failed": .int(session.failed),
                "known_gaps": .int(session.gaps), "errors": .int(session.findings.count { $0.severity == .error }),
                "warnings": .int(session.findings.count { $0.severity == .warning }),
                "seconds": seconds(session.duration),
            ]),
            "tests": .list(session.results.map(test)),
            "coverage": .object([
                "covered": .int(coverage.covered), "goals": .int(coverage.goals),
                "required": bar.map { .text($0.written) } ?? .null,
                "reached": .bool(bar.map(coverage.reaches) ?? true),
                "rules_tested": .int(coverage.rulesTested), "rules": .int(coverage.rules.count),
                "conditions_seen_both_ways": .int(coverage.conditionsSeenBothWays),
                "conditions": .int(coverage.conditions),
                "missing": .list(
                    coverage.rules.flatMap { rule in
                        rule.goals.filter { !$0.isCovered }.map {
                            .object([
                                "rule": .text(rule.rule), "place": .text($0.place), "what": .text($0.words(say)),
                            ])
                        }
                    }),
            ]),
            "diagnostics": FindingsJSON.list(session.findings.map { $0.spoken(language) }),
        ]).rendered
    }

    private func test(_ result: TestResult) -> JSONText {
        .object([
            "name": .text(result.test.name), "file": .text(result.test.file), "line": .int(result.test.line),
            "verdict": .text(result.verdict.rawValue), "seconds": seconds(result.duration),
            "known_gap": result.test.knownGap.map { .text($0) } ?? .null,
            "runs": .list(
                result.runs.map { run in
                    .object([
                        "case": run.run.label.isEmpty ? .null : .text(run.run.label),
                        "seconds": seconds(run.duration),
                        "lines": .list(run.lines.map(\.json)),
                        "failures": .list(run.mismatches.map { mismatch($0, run) }),
                    ])
                }),
        ])
    }

    private func mismatch(_ mismatch: Mismatch, _ run: TestRunResult) -> JSONText {
        switch mismatch {
        case .extra(let line): .object(["line": .null, "expected": .null, "got": line.json])
        case .missing(let expectation, let got):
            .object([
                "line": .int(expectation.span.start.line),
                "expected": .text(TestWording(expectation, zone: run.run.zone).text(say)),
                "got": got?.json ?? .null,
            ])
        }
    }

    /// Seconds, to the millisecond.
    private func seconds(_ duration: Duration) -> JSONText {
        .number(Double(Int(duration / .milliseconds(1))) / 1000)
    }

    // MARK: JUnit

    /// A test case of the report, with its element.
    private struct Case {
        enum End { case passed, failed, skipped, error }
        var end: End
        var element: String
    }

    /// A suite for each file, with a test case for each row of `cases`; an error among the findings is a test case of
    /// its file that could not run. The coverage asked for is a suite of its own.
    package var junit: String {
        let errors = session.findings.filter { $0.severity == .error }
        var seen: Set<String> = []
        let files = (session.files + errors.map(\.span.file)).filter { seen.insert($0).inserted }
        var cases: [Case] = []
        var suites: [String] = []
        for file in files {
            let results = session.results.filter { $0.test.file == file }
            let own =
                results.flatMap(testCases) + errors.filter { $0.span.file == file }.map { self.error($0, in: file) }
            suites.append(suite(file, own, results.reduce(.zero) { $0 + $1.duration }))
            cases += own
        }
        if let coverage {
            suites.append(suite(say("coverage", "覆盖"), [coverage], .zero))
            cases.append(coverage)
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nudged test" \(counts(cases)) time="\(seconds(session.duration).rendered)">
            \(suites.joined(separator: "\n"))
            </testsuites>
            """
    }

    private func counts(_ cases: [Case]) -> String {
        func count(_ end: Case.End) -> Int { cases.count { $0.end == end } }
        return "tests=\"\(cases.count)\" failures=\"\(count(.failed))\" errors=\"\(count(.error))\""
            + " skipped=\"\(count(.skipped))\""
    }

    private func suite(_ name: String, _ cases: [Case], _ duration: Duration) -> String {
        let open =
            "<testsuite name=\"\(XMLText.escaped(name))\" \(counts(cases)) time=\"\(seconds(duration).rendered)\">"
        return ([open] + cases.map(\.element) + ["</testsuite>"]).joined(separator: "\n")
    }

    private func element(_ name: String, of suite: String, _ duration: Duration, _ end: String?) -> String {
        let open =
            "<testcase classname=\"\(XMLText.escaped(suite))\" name=\"\(XMLText.escaped(name))\""
            + " time=\"\(seconds(duration).rendered)\""
        return end.map { open + ">\($0)</testcase>" } ?? open + "/>"
    }

    private func error(_ finding: Diagnostic, in file: String) -> Case {
        let spoken = finding.spoken(language)
        let text = ([finding.short(in: language)] + spoken.help.map { say("help: ", "建议：") + $0 }).joined(
            separator: "\n")
        return Case(
            end: .error,
            element: element(
                finding.code, of: file, .zero,
                "<error type=\"\(finding.code)\" message=\"\(XMLText.escaped(spoken.message))\">"
                    + XMLText.escaped(text) + "</error>"))
    }

    private func testCases(_ result: TestResult) -> [Case] {
        result.runs.map { run in
            let name = result.test.name + (run.run.label.isEmpty ? "" : " (\(run.run.label))")
            let failed = run.mismatches.isEmpty ? nil : failure(run, result)
            let (end, words): (Case.End, String?) =
                switch (result.test.knownGap, failed) {
                case (nil, nil): (.passed, nil)
                case (nil, let text?): (.failed, failure(text))
                // Its other cases may pass already.
                case (let gap?, _) where result.verdict == .gap:
                    failed == nil
                        ? (.passed, nil)
                        : (.skipped, "<skipped message=\"\(XMLText.escaped(say("known gap: ", "已知缺陷：") + gap))\"/>")
                case (let gap?, _): (.failed, failure(fixed(gap)))
                }
            return Case(end: end, element: element(name, of: result.test.file, run.duration, words))
        }
    }

    private func failure(_ text: String) -> String {
        let first = text.split(separator: "\n").first.map(String.init) ?? ""
        return "<failure message=\"\(XMLText.escaped(first))\">\(XMLText.escaped(text))</failure>"
    }

    private func fixed(_ gap: String) -> String {
        say("passes now, although it was expected to fail: \(gap)", "现在通过了，而原来预期它失败：\(gap)")
    }

    private func failure(_ run: TestRunResult, _ result: TestResult) -> String {
        TestReport(session, language: language).details(run, result.test).map { String($0.drop { $0 == " " }) }
            .joined(separator: "\n")
    }

    /// Passed or failed by the bar; nil without one.
    private var coverage: Case? {
        guard let bar else { return nil }
        let name = say("coverage of at least \(bar.written)", "覆盖不低于 \(bar.written)")
        let suite = say("coverage", "覆盖")
        guard let shortfall = session.coverage.shortfall(of: bar, say) else {
            return Case(end: .passed, element: element(name, of: suite, .zero, nil))
        }
        let missing = session.coverage.rules.flatMap { rule in
            rule.goals.filter { !$0.isCovered }.map { "\($0.place)  \(rule.rule)  \($0.words(say))" }
        }
        return Case(
            end: .failed,
            element: element(name, of: suite, .zero, failure(([shortfall] + missing).joined(separator: "\n"))))
    }

    // MARK: GitHub

    /// A failing test is an annotation at its own line; coverage that falls short is one without a place.
    package var github: String {
        let failures = session.results.filter { $0.verdict == .failed }.map { result in
            let test = result.test
            let place = SourceSpan(
                file: test.file, start: Position(line: test.line, column: 1, utf16: 0, byte: 0),
                end: Position(line: test.line, column: 1, utf16: 0, byte: 0))
            return Diagnostic(say("test failed", "测试失败"), .error, "\(test.name)\n\(failure(result))", at: place)
        }
        let shortfall = bar.flatMap { session.coverage.shortfall(of: $0, say) }
            .map { FindingsGitHub.command(title: say("coverage", "覆盖"), $0) + "\n" }
        return FindingsGitHub.render(session.findings + failures, in: language) + (shortfall ?? "")
            + TestReport(session, language: language).summary
    }

    private func failure(_ result: TestResult) -> String {
        if let gap = result.test.knownGap { return fixed(gap) }
        return result.failures.map { run in
            (run.run.label.isEmpty ? "" : "(\(run.run.label))\n") + failure(run, result)
        }.joined(separator: "\n")
    }
}
