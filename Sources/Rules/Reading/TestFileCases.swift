import Kit

/// Reads one test: its cases are put into the `{name}` places, and each case is read as a test of its own.
struct TestFileCases {
    private let node: YAMLNode
    private let names: TestFileNames
    private let clock: TestFileClock
    private let failing: [String: String]

    /// The most lines of `expect` and `timeline`, in all cases of one test together.
    static let mostLines = 10_000

    init(_ node: YAMLNode, _ names: TestFileNames, _ clock: TestFileClock, failing: [String: String]) {
        self.node = node
        self.names = names
        self.clock = clock
        self.failing = failing
    }

    func read(_ findings: inout Findings) -> RuleTest? {
        let before = findings.all.count
        let cases = cases(&findings)
        guard !findings.hasError(since: before) else { return nil }
        var runs: [RuleTestRun] = []
        var told: Set<Diagnostic> = []
        var test: RuleTest?
        for values in cases {
            let filled = values.map { fill(node, with: $0, &findings) } ?? node
            var ofCase = findings
            let count = ofCase.all.count
            guard let block = BlockReader(filled, TestFileKeys.test, &ofCase) else { return nil }
            let reader = TestFileTest(block, names, clock, failing: failing)
            let run = reader.read(&ofCase)
            if test == nil { test = self.test(block, &ofCase) }
            // The same error in every case is one finding.
            findings.append(ofCase.all[count...].filter { told.insert($0).inserted })
            if var run {
                run.label = values.map(label) ?? ""
                runs.append(run)
            }
        }
        checkReasons(runs, &findings)
        test?.runs = runs
        return findings.hasError(since: before) ? nil : test
    }

    private func test(_ block: BlockReader, _ findings: inout Findings) -> RuleTest? {
        _ = block.text("note", &findings)
        let fixtures = block.placed("fixtures", &findings) ?? []
        let gap = block.text("expect_failure", &findings)
        // The name stays as written: its places are filled in the label of each case.
        guard block.text("name", &findings) != nil, let name = node["name"]?.text else { return nil }
        return RuleTest(
            name: name, file: node.span.file, line: block.start.start.line, node: node, fixtures: fixtures,
            knownGap: gap, runs: [])
    }

    /// A negative outcome needs its reason, unless it stands in a place whose other cases show the positive side.
    private func checkReasons(_ runs: [RuleTestRun], _ findings: inout Findings) {
        let written = node["expect"]?.items ?? []
        for (index, item) in written.enumerated() {
            let outcomes = runs.compactMap { $0.expectations.indices.contains(index) ? $0.expectations[index] : nil }
            guard let bare = outcomes.first(where: { $0.isNegative && $0.reason == nil }) else { continue }
            let text = item["outcome"]?.text ?? ""
            if !TestFilePlaces.names(in: text).isEmpty, outcomes.contains(where: { !$0.isNegative }) { continue }
            findings.inside("expect") { findings in
                findings.inside(index) {
                    $0.report(
                        "T015", "`\(bare.outcome)` is expected without a reason",
                        at: item["outcome"]?.span ?? item.span,
                        help: ["add  because: {condition: member.tier}  or what else it must be"],
                        notes: ["without one, any slip in the rule or in this test would pass"], key: "outcome")
                }
            }
        }
    }

    // MARK: cases

    /// The entries of each case; `[nil]` without `cases`.
    private func cases(_ findings: inout Findings) -> [[YAMLNode.Entry]?] {
        let places = TestFilePlaces.all(in: node)
        if isMisspelt {
            // What is unknown has its finding, and the places wait for their values.
            _ = BlockReader(node, TestFileKeys.test, &findings)
            return []
        }
        var told: Set<String> = []
        guard let list = node["cases"], !list.isNull else {
            check(places, among: [], case: nil, &told, &findings)
            return [nil]
        }
        return findings.inside("cases") { findings in
            guard let items = findings.items(list, help: ["write  cases: [{total: 50}]"]) else { return [] }
            if items.isEmpty { findings.report("T014", "`cases` has no case", at: list.span) }
            let lines = ["expect", "timeline"].reduce(0) { $0 + (node[$1]?.items?.count ?? 0) }
            guard items.count * max(lines, 1) <= TestFileCases.mostLines else {
                findings.report(
                    "R104", "\(items.count) cases of \(lines) lines make more than \(TestFileCases.mostLines) lines",
                    at: list.span, help: ["divide them among several tests"])
                return []
            }
            let nowhere = reportNowhere(places, items, &findings)
            return findings.each(items) { findings, item -> [YAMLNode.Entry]?? in
                guard let entries = item.entries else {
                    findings.wrongKind(item, wanted: "a block of names and values", help: ["write  {total: 50}"])
                    return nil
                }
                let others = places.filter { !nowhere.contains($0.name) }
                check(others, among: entries, case: item, isWhole: nowhere.isEmpty, &told, &findings)
                return entries
            }
        }
    }

    /// True where a key that no test has is nearly `cases`.
    private var isMisspelt: Bool {
        (node.entries ?? []).contains {
            TestFileKeys.test[$0.key] == nil
                && (SameWord.exact($0.key, among: ["cases"]) ?? Suggestion.nearest(to: $0.key, among: ["cases"])) != nil
        }
    }

    /// Reports a place that no case has a value for, once, where it stands; returns the names.
    private func reportNowhere(
        _ places: [TestFilePlaces.Place], _ items: [YAMLNode], _ findings: inout Findings
    ) -> Set<String> {
        let keys = items.flatMap { $0.entries ?? [] }.map(\.key)
        var names: Set<String> = []
        for place in places where !place.isInWords && !keys.contains(place.name) && !items.isEmpty {
            guard names.insert(place.name).inserted else { continue }
            let nearest = Suggestion.nearest(to: place.name, among: Set(keys).sorted())
            findings.report(
                "T019", "no case has `\(place.name)`", at: place.span,
                help: [nearest.map { "did you mean `\($0)`?" } ?? "add it to every case:  cases: [{\(place.name): …}]"])
        }
        return names
    }

    /// - Parameter isWhole: False when a place has been reported, so that a value without a place may be meant for it.
    /// - Parameter told: Values without a place that already have a finding in another case.
    private func check(
        _ places: [TestFilePlaces.Place], among entries: [YAMLNode.Entry], case item: YAMLNode?, isWhole: Bool = true,
        _ told: inout Set<String>, _ findings: inout Findings
    ) {
        let keys = entries.map(\.key)
        var misses = false
        for place in places where !keys.contains(place.name) && !place.isInWords {
            misses = true
            let nearest = Suggestion.nearest(to: place.name, among: keys)
            findings.report(
                "T019", item == nil ? "`{\(place.name)}` stands here without `cases`" : "a case has no `\(place.name)`",
                at: item.map { $0.entries?.first?.keySpan ?? $0.span } ?? place.span,
                related: item == nil ? [] : [.init(place.span, "the place for it")],
                help: [nearest.map { "did you mean `\($0)`?" } ?? "add it to every case:  cases: [{\(place.name): …}]"])
        }
        guard isWhole, !misses else { return }
        for entry in entries where !places.contains(where: { $0.name == entry.key }) {
            guard told.insert(entry.key).inserted else { continue }
            findings.report(
                "T020", "no place `{\(entry.key)}` takes this value", at: entry.keySpan,
                help: ["write \"{\(entry.key)}\" where it belongs, or take it away"], key: entry.key)
        }
    }

    private func fill(_ node: YAMLNode, with values: [YAMLNode.Entry], _ findings: inout Findings) -> YAMLNode {
        guard let entries = node.entries else { return node }
        var filled = node
        filled.content = .map(
            entries.map { entry in
                guard entry.key != "cases" else { return entry }
                var entry = entry
                entry.value = TestFilePlaces.filled(entry.value, with: values)
                return entry
            })
        return filled
    }

    private func label(_ values: [YAMLNode.Entry]) -> String {
        values.map { "\($0.key): \($0.value.text ?? "…")" }.joined(separator: ", ")
    }
}
