import Policies
import Rules
import Store

/// A session for scripts: JSON with the findings beside the tests, JUnit, GitHub annotations.
package enum TestForms {
    package static func json(_ session: TestSession) -> String {
        let coverage = session.coverage
        return JSONText.object([
            "version": .int(1),
            "summary": .object([
                "tests": .int(session.results.count), "passed": .int(session.passed), "failed": .int(session.failed),
                "known_gaps": .int(session.gaps), "errors": .int(session.findings.count { $0.severity == .error }),
                "warnings": .int(session.findings.count { $0.severity == .warning }),
                "seconds": .number(Double(Int(session.duration / .milliseconds(1))) / 1000),
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
                            .object(["rule": .text(rule.rule), "place": .text($0.place), "what": .text($0.words)])
                        }
                    }),
            ]),
            "diagnostics": FindingsJSON.list(session.findings),
        ]).rendered
    }

    private static func test(_ result: TestResult, _ session: TestSession) -> JSONText {
        .object([
            "name": .text(result.test.name), "file": .text(result.test.file), "line": .int(result.test.line),
            "verdict": .text(result.verdict.rawValue), "known_gap": result.test.knownGap.map { .text($0) } ?? .null,
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
                "expected": .text(TestWords(expectation, zone: run.run.zone).text), "got": got?.json ?? .null,
            ])
        }
    }

    package static func junit(_ session: TestSession) -> String {
        let errors = session.findings.filter { $0.severity == .error }
        let broken = session.files.filter { file in !session.results.contains { $0.test.file == file } }
        let cases = session.results.map { testCase($0, session) }
        let findings = errors.map { finding in
            "<testcase classname=\"\(XMLText.escaped(finding.span.file))\" name=\"\(finding.code)\">"
                + "<error type=\"\(finding.code)\" message=\"\(XMLText.escaped(finding.message))\">"
                + XMLText.escaped(finding.short) + "</error></testcase>"
        }
        let counts =
            "tests=\"\(cases.count + findings.count)\" failures=\"\(session.failed)\" errors=\"\(findings.count)\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nudged test" \(counts) time="\(TestReport.seconds(session.duration))">
            <testsuite name="nudged test" \(counts) skipped="\(session.gaps)">
            \((cases + findings).joined(separator: "\n"))
            </testsuite>
            </testsuites>
            """ + (broken.isEmpty || errors.isEmpty ? "" : "\n<!-- not run: \(broken.count) files -->")
    }

    private static func testCase(_ result: TestResult, _ session: TestSession) -> String {
        let open =
            "<testcase classname=\"\(XMLText.escaped(result.test.file))\" name=\"\(XMLText.escaped(result.test.name))\""
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
