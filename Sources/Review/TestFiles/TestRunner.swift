import Engine
import Policies
import Rules
import Store

/// The result of one test.
package struct TestResult: Sendable {
    package var test: RuleTest
    package var runs: [TestRunResult]
    package var duration: Duration

    package var failures: [TestRunResult] { runs.filter { !$0.mismatches.isEmpty } }
    package var matches: Bool { failures.isEmpty }
    /// Its `expect` is empty: what comes is to be recorded.
    package var isUnwritten: Bool { runs.allSatisfy { $0.run.expectations.isEmpty } }
    package enum Verdict: String, Sendable { case passed, failed, gap }
    /// A known gap must fail; once it passes, the run fails.
    package var verdict: Verdict {
        test.knownGap == nil ? (matches ? .passed : .failed) : (matches ? .failed : .gap)
    }
}

package struct TestRunResult: Sendable {
    package var run: RuleTestRun
    /// All lines, including `waiting` and `not_due`.
    package var lines: [SimulatedLine]
    package var mismatches: [Mismatch]
    package var duration: Duration
}

/// Runs tests: each on a store of its own, in memory, on the virtual clock.
package struct TestRunner: Sendable {
    private let file: LoadedTestFile
    private let planned: PlannedSet

    package init(_ file: LoadedTestFile, channels: [ChannelDeclaration]) {
        self.file = file
        planned = PlannedSet(file.set, rules: file.running, channels: channels.uncredited)
    }

    package func run(_ test: RuleTest) throws -> TestResult {
        let more = test.fixtures.flatMap { file.moreFixtures[$0.text] ?? [] }
        let known = Set(file.fixtures.map(\.path))
        let files = file.fixtures + more.filter { !known.contains($0.path) }
        let (world, _) = FixtureReader.read(files: files, knownCustomFields: file.set.fields)
        let clock = ContinuousClock()
        let began = clock.now
        let runs = try test.runs.map { try run($0, in: world) }
        return TestResult(test: test, runs: runs, duration: clock.now - began)
    }

    private func run(_ run: RuleTestRun, in world: Fixtures) throws -> TestRunResult {
        let clock = ContinuousClock()
        let began = clock.now
        var fixtures = world
        if let members = run.members { fixtures.members.removeAll { !members.contains($0.row.id) } }
        let store = try MemberStore.inMemory(fixtures, settings: file.set.settings, custom: file.set.fields)
        for case .event(let event) in run.timeline.map(\.action) { try store.tell(event) }
        let prepared = try PreparedRules(planned, rulesVersion: 0, in: store)
        var simulation = Simulation(store: store, prepared: prepared, from: run.start, until: run.until)
        simulation.showsUndecided = true
        simulation.script = script(run)
        var faults: [(rule: String, reason: String)] = []
        simulation.onFault = { faults.append(($0, $1)) }
        let lines = try simulation.trace()
        guard faults.isEmpty else {
            throw RuleSetLoader.Refusal(
                faults.map { "\($0.rule) cannot be evaluated: \($0.reason)" }.joined(separator: "\n"),
                faults.map { "\($0.rule) 无法运行：\($0.reason)" }.joined(separator: "\n"))
        }
        return TestRunResult(
            run: run, lines: lines,
            mismatches: ExpectationMatch(expectations: run.expectations, lines: lines).mismatches,
            duration: clock.now - began)
    }

    private func script(_ run: RuleTestRun) -> SimulationScript {
        var script = SimulationScript()
        script.recordsReadings = true
        script.failing = run.failing
        for entry in run.timeline {
            func add(_ action: SimulationScript.Step.Action) { script.steps.append(.init(at: entry.at, action)) }
            switch entry.action {
            case .event: break
            case .change(let member, let keys): add(.change(member, keys: keys, custom: file.set.fields))
            case .restart: add(.restart)
            case .stop(let until), .jump(let until?): add(.stop(until: until))
            // The daemon's marks never go back, so earlier decisions stand.
            case .jump(nil): add(.restart)
            case .reload(let name): add(.reload(name.flatMap { file.reloads[$0] }))
            case .down(let channel, let until):
                script.interruptions.append(.init(channel: channel, from: entry.at, until: until))
            }
        }
        return script
    }
}
