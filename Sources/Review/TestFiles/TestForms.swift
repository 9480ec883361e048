import Kit
import Policies
import Rules
import Store

/// A session for scripts: JSON with the findings beside the tests, JUnit, GitHub annotations.
package enum TestForms {
    private static let english = Phrases(language: .english)

    package static func json(_ session: TestSession) -> String {
        let coverage = session.coverage
        return JSONText.object([
            "version": .int(1),
            "summary": .object([
                "tests": .int(session.results.count), "passed": .int(session.passed), "failed": .int(session.failed),
                "known_gaps": .int(session.gaps), "errors": .int(session.findings.count { $0.severity == .error }),
                "warnings": .int(session.findings.count { $0.severity == .warning }),
                "seconds": seconds(session.duration),
            ]),
            "tests": .list(session.results.map { test($0, session) }),
            "coverage": .object([
                "covered": .int(coverage.covered), "goals": .int(coverage.goals),
                "rules_tested": .int(coverage.rulesTested), "rules": .int(coverage.rules.count),
                "conditions_seen_both_ways": .int(coverage.conditionsSeenBothWays),
                "conditions": .int(coverage.conditions),
                "missing": .list(
                    coverage.rules.flatMap { rule in
                        rule.goals.filter { !$0.isCovered }.map {
                            .object([
                                "rule": .text(rule.rule), "place": .text($0.place), "what": .text($0.words(english)),
                            ])
                        }
                    }),
            ]),
            "diagnostics": FindingsJSON.list(session.findings),
        ]).rendered
    }

    private static func test(_ result: TestResult, _ session: TestSession) -> JSONText {
        .object([
            "name": .text(result.test.name), "file": .text(result.test.file), "line": .int(result.test.line),
            "verdict": .text(result.verdict.rawValue), "seconds": seconds(result.duration),
            "known_gap": result.test.knownGap.map { .text($0) } ?? .null,
            "runs": .list(
                result.runs.map { run in
                    .object([
                        "case": run.run.label.isEmpty ? .null : .text(run.run.label),
                        "lines": .list(run.lines.map(\.json)),
                        "failures": .list(run.mismatches.map { mismatch($0, run) }),
                    ])
                }),
        ])
    }

    private static func mismatch(_ mismatch: Mismatch, _ run: TestRunResult) -> JSONText {
        switch mismatch {
        case .extra(let line): .object(["line": .null, "expected": .null, "got": line.json])
        case .missing(let expectation, let got):
            .object([
                "line": .int(expectation.span.start.line),
                "expected": .text(TestWording(expectation, zone: run.run.zone).text(english)),
                "got": got?.json ?? .null,
            ])
        }
    }

    /// Seconds, to the millisecond.
    private static func seconds(_ duration: Duration) -> JSONText {
        .number(Double(Int(duration / .milliseconds(1))) / 1000)
    }

    /// A suite for each file; an error among the findings is a test case of its file that could not run.
    package static func junit(_ session: TestSession) -> String {
        let errors = session.findings.filter { $0.severity == .error }
        var seen: Set<String> = []
        let files = (session.files + errors.map(\.span.file)).filter { seen.insert($0).inserted }
        let suites = files.map { file in
            suite(
                file, session.results.filter { $0.test.file == file }, errors.filter { $0.span.file == file },
                session: session)
        }
        let counts =
            "tests=\"\(session.results.count + errors.count)\" failures=\"\(session.failed)\" errors=\"\(errors.count)\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nudged test" \(counts) time="\(seconds(session.duration).rendered)">
            \(suites.joined(separator: "\n"))
            </testsuites>
            """
    }

    private static func suite(
        _ file: String, _ results: [TestResult], _ errors: [Diagnostic], session: TestSession
    ) -> String {
        let cases =
            results.map { testCase($0, session) }
            + errors.map { finding in
                let text = ([finding.short] + finding.help.map { "help: " + $0 }).joined(separator: "\n")
                return "<testcase classname=\"\(XMLText.escaped(file))\" name=\"\(finding.code)\" time=\"0\">"
                    + "<error type=\"\(finding.code)\" message=\"\(XMLText.escaped(finding.message))\">"
                    + XMLText.escaped(text) + "</error></testcase>"
            }
        let counts =
            "tests=\"\(cases.count)\" failures=\"\(results.count { $0.verdict == .failed })\" errors=\"\(errors.count)\""
        let time = seconds(results.reduce(.zero) { $0 + $1.duration }).rendered
        let open =
            "<testsuite name=\"\(XMLText.escaped(file))\" \(counts) skipped=\"\(results.count { $0.verdict == .gap })\""
            + " time=\"\(time)\">"
        return ([open] + cases + ["</testsuite>"]).joined(separator: "\n")
    }

    private static func testCase(_ result: TestResult, _ session: TestSession) -> String {
        let open =
            "<testcase classname=\"\(XMLText.escaped(result.test.file))\" name=\"\(XMLText.escaped(result.test.name))\""
            + " time=\"\(seconds(result.duration).rendered)\""
        switch result.verdict {
        case .passed: return open + "/>"
        case .gap:
            return open + "><skipped message=\"known gap: \(XMLText.escaped(result.test.knownGap ?? ""))\"/></testcase>"
        case .failed:
            let text = failure(result, session)
            let first = text.split(separator: "\n").first.map(String.init) ?? ""
            return open
                + "><failure message=\"\(XMLText.escaped(first))\">\(XMLText.escaped(text))</failure></testcase>"
        }
    }

    private static func failure(_ result: TestResult, _ session: TestSession) -> String {
        if let gap = result.test.knownGap { return "passes now, although it was expected to fail: \(gap)" }
        let report = TestReport(session)
        return result.failures.flatMap { run in
            (run.run.label.isEmpty ? [] : ["(\(run.run.label))"])
                + report.details(run, result.test).map { String($0.drop { $0 == " " }) }
        }.joined(separator: "\n")
    }

    /// A failing test is an annotation at its own line.
    package static func github(_ session: TestSession) -> String {
        let failures = session.results.filter { $0.verdict == .failed }.map { result in
            let test = result.test
            let place = SourceSpan(
                file: test.file, start: Position(line: test.line, column: 1, utf16: 0, byte: 0),
                end: Position(line: test.line, column: 1, utf16: 0, byte: 0))
            return Diagnostic("test failed", .error, "\(test.name)\n\(failure(result, session))", at: place)
        }
        return FindingsGitHub.render(session.findings + failures) + TestReport(session).summary
    }
}
