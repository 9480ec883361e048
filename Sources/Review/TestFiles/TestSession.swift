import Rules
import Store

/// All test files of some paths, run one after the other.
package struct TestSession: Sendable {
    package var results: [TestResult] = []
    package var findings: [Diagnostic]
    package var sources: [String: SourceText]
    package var coverage: TestCoverage
    /// Test files that were read.
    package var files: [String]
    package var duration: Duration

    /// - Parameters:
    ///   - records: an empty `expect` is no error: what comes is to be written into it.
    ///   - isWanted: selects tests by name.
    ///   - onTest: called with each test before it runs, for progress.
    /// - Throws: a `RuleSetLoader.Refusal` for files that cannot be read.
    package init(
        paths: [String], channels: [ChannelDeclaration] = ChannelDeclaration.standard, records: Bool = false,
        where isWanted: (String) -> Bool = { _ in true }, onTest: (RuleTest) -> Void = { _ in }
    ) throws {
        let clock = ContinuousClock()
        let began = clock.now
        var loader = TestLoader(channels: channels, records: records)
        var seen: Set<String> = []
        let files = try paths.flatMap(TestWorkspace.testFiles).filter { seen.insert($0.path).inserted }
        for file in files {
            guard let loaded = try loader.load(file) else { continue }
            let runner = TestRunner(loaded, channels: channels)
            for test in loaded.tests where isWanted(test.name) {
                onTest(test)
                results.append(try runner.run(test))
            }
        }
        // Only `check` reports the missing line for editors (R002).
        findings = loader.findings.filter { $0.code != "R002" }.inFileOrder()
        sources = loader.sources
        coverage = TestCoverage(loader.ruleSets)
        coverage.add(results)
        self.files = files.map(\.path)
        duration = clock.now - began
    }

    package var hasErrors: Bool { findings.contains { $0.severity == .error } }
    package var passed: Int { results.count { $0.verdict == .passed } }
    package var failed: Int { results.count { $0.verdict == .failed } }
    package var gaps: Int { results.count { $0.verdict == .gap } }
    package var isGood: Bool { failed == 0 && !hasErrors }
}
