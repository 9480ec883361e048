import Engine
import Kit
import Policies
import Rules
import Store

/// Rewrites what a failing test expects into what came, by edits of its text. Only keys that the test names are
/// rewritten, and nothing that its cases do not agree on.
struct TestRewrite {
    /// Why a test is left alone, in words.
    struct Refusal: Error {
        let words: Bilingual
        init(_ english: String, _ chinese: String) { words = Bilingual(english, chinese) }
    }

    private let result: TestResult
    private let layout: ItemLayout
    private let list: YAMLNode
    private let items: [YAMLNode]
    private(set) var edits: [Diagnostic.Edit] = []
    /// The expectations that are removed, for people.
    private(set) var notes: [Bilingual] = []
    private var gone: [Int] = []
    private var placed: CaseRewrite

    init(_ result: TestResult, _ source: SourceText) throws(Refusal) {
        self.result = result
        layout = ItemLayout(source: source)
        placed = CaseRewrite(result, layout)
        guard let entry = result.test.node.entries?.first(where: { $0.key == "expect" }),
            case let (list, items) = (entry.value, entry.value.items ?? []), items.isEmpty == result.isUnwritten,
            items.allSatisfy({ $0.entries != nil })
        else { throw Refusal("its expectations are not written out under `expect`", "它的预期没有逐条写在 `expect` 下面") }
        self.list = list
        self.items = items
        guard !items.isEmpty else {
            try record(under: entry)
            return
        }
        for index in items.indices { try rewrite(index) }
        edits += try placed.edits()
        try settle(try extras())
    }

    private static let reaching: Set<Outcome> = [.sent, .taskCreated, .done]

    // MARK: an empty list

    /// The most lines that are recorded: more than people read belong to a test of fewer members.
    private static let mostRecorded = 100

    /// Writes every decision that came under an empty `expect`, those that send nothing too, with their reasons.
    private mutating func record(under entry: YAMLNode.Entry) throws(Refusal) {
        let all = result.runs.map { run in
            run.lines.filter { $0.line.outcome != .waiting && $0.line.outcome != .notDue }
                .map { TestRewrite.item($0, run.run.zone, isWhole: true) }
        }
        guard let lines = all.first, all.allSatisfy({ $0 == lines }) else {
            throw Refusal(
                "its cases do not agree on what comes; write one expectation with places such as \"{at}\"",
                "各用例的结果不一致；请写一条预期，不同之处用 \"{at}\" 这样的占位")
        }
        guard !lines.isEmpty else { throw TestRewrite.nothingComes }
        guard lines.count <= TestRewrite.mostRecorded else {
            throw Refusal(
                "\(lines.count) decisions come, more than anybody reads; name fewer `members`",
                "结果有 \(lines.count) 条，没人会细看；请在 `members` 里少写几位会员")
        }
        edits = [layout.filling(entry, in: result.test.node, with: lines)]
    }

    private static let nothingComes = Refusal(
        "nothing at all comes of it; say why nothing does, or take the test away",
        "什么也没有发生；请写明为什么没有，或删掉这个测试")

    // MARK: one expectation

    private enum Came {
        case asExpected
        case line(SimulatedLine)
        case nothing
    }

    /// The line in the place of an expectation. A wait that goes on counts as nothing.
    private func came(_ index: Int, _ run: TestRunResult) -> Came {
        let expectation = run.run.expectations[index]
        for case .missing(let missed, let got) in run.mismatches where missed.span == expectation.span {
            guard let got else { return .nothing }
            let isInterim = got.line.outcome == .waiting || got.line.outcome == .notDue
            return isInterim && got.line.outcome.rawValue != expectation.outcome ? .nothing : .line(got)
        }
        return .asExpected
    }

    private mutating func rewrite(_ index: Int) throws(Refusal) {
        let all = result.runs.map { came(index, $0) }
        for (run, came) in zip(result.runs, all) {
            guard case .line(let got) = came, Expectation.negative.contains(run.run.expectations[index].outcome),
                TestRewrite.reaching.contains(got.line.outcome)
            else { continue }
            let (expected, now) = (run.run.expectations[index].outcome, got.line.outcome.rawValue)
            throw Refusal(
                "line \(line(index)) expects `\(expected)`, and now it is `\(now)`: who is to get nothing is changed by hand",
                "第 \(line(index)) 行预期 `\(expected)`，实际是 `\(now)`：不该收到的人，请手工修改")
        }
        let missing = zip(result.runs, all).filter { if case .nothing = $0.1 { true } else { false } }
        if missing.count == all.count { return gone.append(index) }
        if let (run, _) = missing.first {
            throw Refusal(
                "nothing comes for line \(line(index)) in the case \(run.run.label)",
                "用例 \(run.run.label) 里，第 \(line(index)) 行什么也没有")
        }
        var dropped: Set<String> = []
        for entry in items[index].entries ?? [] where !entry.value.isNull {
            let changes = zip(result.runs, all).map { run, came -> Change in
                guard case .line(let got) = came else { return .keep }
                return Change(of: entry.key, run.run.expectations[index], got, run.run.zone)
            }
            if changes.contains(.drop) {
                guard changes.allSatisfy({ $0 == .drop }) else { throw disagreement(entry) }
                dropped.insert(entry.key)
            } else {
                let filled = result.runs.map { $0.run.expectations[index].written(entry.key) }
                try apply(changes, to: entry.value, filled, key: entry.key)
            }
        }
        edits += layout.removal(of: dropped, from: items[index])
        try addReason(index, all)
    }

    private func line(_ index: Int) -> Int { items[index].span.start.line }

    private func disagreement(_ entry: YAMLNode.Entry) -> Refusal {
        disagreement(entry.key, entry.value)
    }
    private func disagreement(_ key: String, _ node: YAMLNode) -> Refusal {
        Refusal(
            "its cases do not agree on `\(key)` in line \(node.span.start.line); "
                + "write \"{\(key)}\" there and a value in each case",
            "各用例在第 \(node.span.start.line) 行的 `\(key)` 上不一致；请在那里写 \"{\(key)}\"，并在每个用例里写上值")
    }

    /// Changes one value, or the differing values within it; `filled` is the value in each case.
    private mutating func apply(
        _ changes: [Change], to node: YAMLNode, _ filled: [YAMLNode?], key: String
    ) throws(Refusal) {
        if changes.allSatisfy({ $0 == .keep }) { return }
        if let entries = node.entries, changes.allSatisfy({ $0.has(entries.map(\.key)) }) {
            for entry in entries {
                let inner = filled.map { $0?[entry.key] }
                let within = zip(changes, inner).map { change, node in change.within(entry.key, node) }
                try apply(within, to: entry.value, inner, key: entry.key)
            }
            return
        }
        if let text = node.text, let name = TestFilePlaces.names(in: text).first {
            guard text == "{\(name)}" else {
                throw Refusal(
                    "line \(node.span.start.line) puts `\(key)` together from places",
                    "第 \(node.span.start.line) 行的 `\(key)` 由占位拼成")
            }
            return placed.note(name, changes, at: node)
        }
        guard let first = changes.first, changes.allSatisfy({ $0 == first }), case .set(let value) = first,
            TestFilePlaces.all(in: YAMLNode(.map([.init(key: key, keySpan: node.span, value: node)]), span: node.span))
                .isEmpty
        else { throw disagreement(key, node) }
        edits.append(layout.replacement(of: node, by: ValueText.of(value, like: node)))
    }

    /// A negative outcome needs its reason (T015).
    private mutating func addReason(_ index: Int, _ all: [Came]) throws(Refusal) {
        guard items[index]["because"].map(\.isNull) ?? true,
            let outcome = items[index].entries?.first(where: { $0.key == "outcome" })
        else { return }
        let outcomes = zip(result.runs, all).map { run, came -> String in
            if case .line(let got) = came { got.line.outcome.rawValue } else { run.run.expectations[index].outcome }
        }
        let negative = outcomes.filter(Expectation.negative.contains)
        guard !negative.isEmpty else { return }
        let isPlace = !TestFilePlaces.names(in: outcome.value.text ?? "").isEmpty
        if isPlace, negative.count < outcomes.count { return }
        let reasons = all.compactMap { came -> [JSONText.Member]? in
            if case .line(let got) = came { got.because } else { nil }
        }
        guard let reason = reasons.first, reasons.count == all.count, reasons.allSatisfy({ $0 == reason }) else {
            throw Refusal(
                "line \(line(index)) needs `because`, and its cases do not agree on it",
                "第 \(line(index)) 行要写 `because`，而各用例不一致")
        }
        edits.append(
            layout.insertion(of: "because: \(ValueText.of(.object(reason)))", after: outcome, in: items[index]))
    }

    // MARK: what comes and goes

    /// The lines that were sent or done and nobody expected, as items of `expect`.
    private func extras() throws(Refusal) -> [String] {
        let all = result.runs.map { run in
            run.mismatches.compactMap { mismatch -> String? in
                if case .extra(let line) = mismatch { TestRewrite.item(line, run.run.zone) } else { nil }
            }
        }
        guard let first = all.first, all.allSatisfy({ $0 == first }) else {
            throw Refusal("its cases do not agree on what else is sent", "各用例多发的内容不一致")
        }
        return first
    }

    /// - Parameter isWhole: with the channels passed over, and why nothing was sent.
    private static func item(_ line: SimulatedLine, _ zone: Zone, isWhole: Bool = false) -> String {
        let decision = line.line
        var members: [JSONText.Member] = [
            .init("at", .text(Change.clock(decision.at, zone))), .init("rule", .text(decision.rule)),
            .init("member", .text(decision.member)), .init("outcome", .text(decision.outcome.rawValue)),
        ]
        let more: [(String, String?)] = [
            ("channel", decision.message?.channel), ("template", decision.message?.template),
            ("coupon", decision.coupon), ("task", decision.task), ("variant", decision.variant),
        ]
        members += more.compactMap { key, value in value.map { JSONText.Member(key, .text($0)) } }
        if isWhole {
            if case .object(let told) = line.json {
                members += told.filter { $0.key == "tried" && $0.value != .list([]) }
            }
            if !line.because.isEmpty { members.append(.init("because", .object(line.because))) }
            if let until = decision.until { members.append(.init("until", .text(Change.clock(until, zone)))) }
        }
        if !decision.untoldEffects.isEmpty {
            members.append(.init("effects", .list(decision.untoldEffects.map(\.json))))
        }
        return ValueText.of(.object(members))
    }

    private mutating func settle(_ extras: [String]) throws(Refusal) {
        var extras = extras[...]
        var gone = gone[...]
        while let index = gone.first, let text = extras.first {
            edits.append(layout.replacement(of: items[index], by: text))
            notes.append(note(index))
            (gone, extras) = (gone.dropFirst(), extras.dropFirst())
        }
        guard gone.count < items.count else { throw TestRewrite.nothingComes }
        edits += layout.removal(of: Array(gone), from: list)
        notes += gone.map(note)
        guard let last = items.indices.last(where: { !gone.contains($0) }) else { return }
        for text in extras {
            guard let edit = layout.insertion(of: text, after: items[last], in: list) else {
                throw Refusal(
                    "line \(line(last)) is laid out in a way that leaves no place for another item",
                    "第 \(line(last)) 行的排版放不下新的一项")
            }
            edits.append(edit)
        }
    }

    private func note(_ index: Int) -> Bilingual {
        let expectation = result.runs[0].run.expectations[index]
        let whose = [expectation.rule, expectation.member].compactMap(\.self)
        let place = "\(result.test.file):\(line(index))"
        return Bilingual(
            "\(place)  goes: nothing comes" + (whose.isEmpty ? "" : " for \(whose.joined(separator: " and "))"),
            "\(place)  删去：" + (whose.isEmpty ? "" : "\(whose.joined(separator: " 和 ")) ") + "什么也没有")
    }
}

extension Expectation {
    /// The value of a key in this case, if it is a block or a list.
    fileprivate func written(_ key: String) -> YAMLNode? {
        if key == "because", case .pairs(let entries) = reason { return YAMLNode(.map(entries), span: span) }
        return fields.first { $0.key == key }?.value
    }
}
