import Kit

/// The tests that must all hold at one level of a condition: two that contradict each other are R210.
struct Conjunction {
    private struct Bound {
        var test: TestReader.Placed
        var range: Range
    }

    /// The values that one test leaves possible.
    private struct Range {
        var low = -Double.infinity
        var lowIncluded = true
        var high = Double.infinity
        var highIncluded = true
        var values: Set<Value>?
        var excluded: Set<Value> = []

        init?(_ test: Comparison) {
            switch test {
            case .atLeast(let value): guard set(low: value, true) else { return nil }
            case .moreThan(let value): guard set(low: value, false) else { return nil }
            case .atMost(let value): guard set(high: value, true) else { return nil }
            case .lessThan(let value): guard set(high: value, false) else { return nil }
            case .between(let from, let to): guard set(low: from, true), set(high: to, true) else { return nil }
            case .anyOf(let found): values = Set(found)
            case .noneOf(let found): excluded = Set(found)
            default: return nil
            }
        }

        private mutating func set(low value: Value, _ included: Bool) -> Bool {
            guard let number = value.quantity else { return false }
            (low, lowIncluded) = (number, included)
            return true
        }

        private mutating func set(high value: Value, _ included: Bool) -> Bool {
            guard let number = value.quantity else { return false }
            (high, highIncluded) = (number, included)
            return true
        }

        func allows(_ value: Value) -> Bool {
            if let values, !values.contains(value) { return false }
            if excluded.contains(value) { return false }
            guard let number = value.quantity else { return true }
            return (lowIncluded ? number >= low : number > low) && (highIncluded ? number <= high : number < high)
        }

        func meets(_ other: Range) -> Bool {
            if let values { return values.contains { other.allows($0) } }
            if let values = other.values { return values.contains { allows($0) } }
            let (a, b) = (max(low, other.low), min(high, other.high))
            if a > b { return false }
            let open =
                (a == low && !lowIncluded) || (a == other.low && !other.lowIncluded)
                || (b == high && !highIncluded) || (b == other.high && !other.highIncluded)
            return a < b || !open
        }
    }

    private var bounds: [String: [Bound]] = [:]
    /// The tests that hold around a branch of `any`.
    private var around: [String: [Bound]] = [:]
    /// Set when a test of the branch contradicts one that holds around it (the first such): the branch never holds.
    private(set) var deadBy: Diagnostic?

    /// The same level as a branch of its `any` sees it.
    func branch() -> Conjunction {
        var branch = Conjunction()
        branch.around = bounds.merging(around) { $0 + $1 }
        return branch
    }

    mutating func add(_ placed: TestReader.Placed, on field: String, _ findings: inout Findings) {
        guard let range = Range(placed.test) else { return }
        if let earlier = bounds[field]?.first(where: { !$0.range.meets(range) }) {
            findings.append([contradiction(placed, earlier, findings)])
        } else if deadBy == nil, let outer = around[field]?.first(where: { !$0.range.meets(range) }) {
            deadBy = contradiction(placed, outer, findings)
        }
        bounds[field, default: []].append(Bound(test: placed, range: range))
    }

    private func contradiction(_ placed: TestReader.Placed, _ earlier: Bound, _ findings: Findings) -> Diagnostic {
        Diagnostic(
            "R210", .error, "no member can ever meet these conditions", at: placed.span, label: words(placed.test),
            related: [.init(earlier.test.span, words(earlier.test.test))],
            help: ["if you meant either of the two, put them under `any:`"], rule: findings.rule, path: findings.path)
    }

    private func words(_ test: Comparison) -> String {
        switch test {
        case .atLeast(let value): "needs \(text(value)) or more"
        case .moreThan(let value): "needs more than \(text(value))"
        case .atMost(let value): "needs \(text(value)) or less"
        case .lessThan(let value): "needs less than \(text(value))"
        case .between(let from, let to): "needs \(text(from)) to \(text(to))"
        case .anyOf(let values): "needs \(values.prefix(5).map(text).joined(separator: " or "))"
        case .noneOf(let values): "forbids \(values.prefix(5).map(text).joined(separator: " and "))"
        default: ""
        }
    }

    private func text(_ value: Value) -> String {
        switch value {
        case .text(let text): text
        case .number(let number):
            number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
        case .money(let fen): fen % 100 == 0 ? String(fen / 100) : "\(fen / 100).\(padded(Int(abs(fen % 100)), 2))"
        case .date(let date): date.text
        case .bool(let bool): String(bool)
        case .instant, .list: ""
        }
    }
}
