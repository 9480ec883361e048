import Kit

/// R401: the limits of one rule's statement. SQLite reads at most 2,000 columns, 500 parts of a union, some 32,000
/// bound values and a hundred open brackets; a rule beyond that would fail at every tick.
struct RuleSize {
    private static let most = (
        unless: 100, activity: 100, histories: 300, fields: 1000, values: 20_000, channels: 50, steps: 500, depth: 16
    )

    let segments: [String: Segment]

    func check(_ rule: Rule, _ block: BlockReader, _ findings: inout Findings) {
        limit(
            rule.unless.count, Self.most.unless, "events under `unless`", at: "unless", block: block,
            findings: &findings)
        if case .inactive(let inactive) = rule.trigger {
            limit(
                inactive.activity.count, Self.most.activity, "events under `activity`", at: "when", block: block,
                findings: &findings)
        }
        limit(rule.steps.count, Self.most.steps, "steps", at: body(block), block: block, findings: &findings)
        let channels = rule.body.sends.map(\.entries.count).max() ?? 0
        limit(channels, Self.most.channels, "channels in one `try`", at: body(block), block: block, findings: &findings)
        var size = ConditionSize()
        if let condition = rule.condition { size.add(condition) }
        if case .event(let event) = rule.trigger, let filter = event.filter { size.add(filter) }
        for filter in rule.unless.compactMap(\.filter) { size.add(filter) }
        for step in rule.steps {
            guard case .choose(let branches, _) = step else { continue }
            for branch in branches { size.add(branch.condition) }
        }
        for segment in (rule.audience?.inSegments ?? []) + (rule.audience?.notInSegments ?? []) {
            if let condition = segments[segment]?.condition { size.add(condition) }
        }
        for send in rule.body.sends { size.fields.formUnion(send.fill.map(\.field.name)) }
        let place = block.has("if") ? "if" : block.has("audience") ? "audience" : body(block)
        limit(size.histories, Self.most.histories, "counts of events", at: place, block: block, findings: &findings)
        limit(size.fields.count, Self.most.fields, "different fields", at: place, block: block, findings: &findings)
        limit(size.values, Self.most.values, "values to compare with", at: place, block: block, findings: &findings)
        if size.depth > Self.most.depth {
            findings.report(
                "R401", "the conditions of this rule are nested too deep for the database", at: block.span(of: place),
                help: ["write long lists of values in one condition:  member.city: [a, b, c]"], key: place)
        }
    }

    private func body(_ block: BlockReader) -> String { block.has("experiment") ? "experiment" : "do" }

    private func limit(
        _ count: Int, _ most: Int, _ noun: String, at key: String, block: BlockReader, findings: inout Findings
    ) {
        if count <= most { return }
        findings.report(
            "R401", "this rule has \(Grouped.text(count)) \(noun), at most \(Grouped.text(most)) are possible",
            at: block.span(of: key), help: ["make several rules of it, or ask for less"], key: key)
    }
}

/// The size of the SQL that conditions need.
struct ConditionSize {
    private(set) var histories = 0
    private(set) var values = 0
    /// Open brackets at the deepest place.
    private(set) var depth = 0
    var fields: Set<String> = []

    mutating func add(_ condition: Condition) { depth = max(depth, measure(condition)) }

    mutating func add(_ filter: EventFilter) { for key in filter.tests { add(key.tests) } }

    private mutating func add(_ tests: [Comparison]) { values += tests.reduce(0) { $0 + $1.valueCount } }

    private mutating func measure(_ condition: Condition) -> Int {
        switch condition {
        case .all(let children), .any(let children), .none(let children):
            var deepest = 0
            for child in children { deepest = max(deepest, measure(child)) }
            return deepest + Condition.levels(of: children.count)
        case .history(let test):
            histories += 1
            values += 1
            if let filter = test.filter { add(filter) }
            return 1
        case .field(let test):
            fields.formUnion(test.fields.map(\.name))
            add(test.tests)
            return 1
        }
    }
}

extension Condition {
    /// The most expressions that are joined as one chain; longer lists are joined as a tree, which is less deep.
    package static let chain = 32

    /// The depth of brackets around `count` joined expressions.
    static func levels(of count: Int) -> Int {
        var (levels, count) = (1, count)
        while count > chain {
            count = (count + 1) / 2
            levels += 1
        }
        return levels
    }
}
