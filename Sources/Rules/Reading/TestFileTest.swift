import Kit

/// Reads one case of a test: the world, what happens in it, and the result that is expected.
struct TestFileTest {
    private let block: BlockReader
    private let names: TestFileNames
    private let fileClock: TestFileClock
    private let fileFailing: [String: String]

    init(_ block: BlockReader, _ names: TestFileNames, _ clock: TestFileClock, failing: [String: String]) {
        self.block = block
        self.names = names
        fileClock = clock
        fileFailing = failing
    }

    /// Nil when anything in it is wrong; the findings say what.
    func read(_ findings: inout Findings) -> RuleTestRun? {
        let before = findings.all.count
        let clock = block.block("clock", &findings) { fileClock.changed(by: $0, &$1) } ?? fileClock
        let world = members(&findings)
        let failing = fileFailing.merging(names.failing(block, &findings)) { $1 }
        let until = TestFileClock.instant(block, "run_until", clock.zone, findings: &findings)
        let timeline: [TimelineEntry] =
            block.list("timeline", &findings) { findings, node in
                TestFileTimeline(names: names, zone: clock.zone, world: world).read(node, &findings)
            } ?? []
        let expectations: [Expectation] =
            block.list("expect", &findings) { findings, node in
                TestFileExpectation(names: names, zone: clock.zone, world: world).read(node, &findings)
            } ?? []
        checkExpected(&findings)
        guard let start = clock.start else {
            if !findings.hasError(since: before), !clock.isUnread {
                findings.report(
                    "R102", "`clock` says no `start`", at: block.span(of: "clock"),
                    help: ["add  clock: {start: \"2026-03-01 00:00\"}  to the file or to the test"])
            }
            return nil
        }
        guard let until, !findings.hasError(since: before) else { return nil }
        let run = RuleTestRun(
            label: "", start: start, until: until, zone: clock.zone, members: world, failing: failing,
            timeline: timeline, expectations: expectations)
        checkWindow(run, &findings)
        return run
    }

    private func members(_ findings: inout Findings) -> [String]? {
        block.read("members", &findings) { findings, node in
            guard let items = node.text == nil ? findings.items(node) : [node] else { return nil }
            let members = findings.each(items) { names.member(&$0, $1, in: nil) }
            // After a finding here no member is reported to be outside.
            return members.count == items.count ? members : nil
        }
    }

    private func checkExpected(_ findings: inout Findings) {
        let node = block.node["expect"]
        let isEmpty = node?.items?.isEmpty == true || node?.isNull == true
        guard node == nil || isEmpty, !block.explained.contains("expect") else { return }
        if isEmpty, names.records { return }
        findings.report(
            "T014", "this test expects nothing", at: node == nil ? block.start : block.span(of: "expect"),
            help: [
                "say what must come, or why nothing does:  {outcome: skipped, because: {condition: member.tier}}",
                "to write down what comes now, and then read it: write  expect: []  and run  nudged test --update",
            ])
    }

    private func checkWindow(_ run: RuleTestRun, _ findings: inout Findings) {
        guard run.start < run.until else {
            findings.report(
                "T016", "`run_until` is not after the start of the clock", at: block.span(of: "run_until"),
                key: "run_until")
            return
        }
        if Horizon.isExceeded(from: run.start, until: run.until) {
            findings.report(
                "T016", "`run_until` is more than ten years after the start of the clock",
                at: block.span(of: "run_until"), help: ["let the test end sooner:  run_until"], key: "run_until")
            return
        }
        func isOutside(_ at: Instant) -> Bool { at < run.start || at >= run.until }
        for expectation in run.expectations {
            guard let at = expectation.at, isOutside(at) else { continue }
            let early = at < run.start
            findings.report(
                "T016",
                early ? "this is expected before the clock starts" : "this is expected after the test has ended",
                at: expectation.span,
                related: early ? [] : [.init(block.span(of: "run_until"), "the end, itself outside")],
                help: [early ? "let `clock` start earlier" : "let the test run longer:  run_until"], key: "expect")
        }
        for entry in run.timeline where isOutside(entry.at) {
            findings.report(
                "T016", "this happens outside the time of the test", at: entry.span,
                help: ["from `start` of the clock until `run_until`, itself outside"], key: "timeline")
        }
    }
}
