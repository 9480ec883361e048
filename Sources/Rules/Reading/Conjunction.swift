import Kit

/// The tests that must all hold at one level of a condition: two that contradict each other are R210, and so is one that
/// `none` beside them forbids.
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
        /// Whether the test wants a value, or wants it to be missing; nil: it takes both.
        var wantsValue: Bool? = true
        /// True where these values are all that the test says.
        var isExact = true

        init(_ test: Comparison) {
            switch test {
            case .atLeast(let value): set(low: value, true)
            case .moreThan(let value): set(low: value, false)
            case .atMost(let value): set(high: value, true)
            case .lessThan(let value): set(high: value, false)
            case .between(let from, let to):
                set(low: from, true)
                set(high: to, true)
            case .anyOf(let found): values = Set(found)
            case .opposite(.anyOf(let found)): (excluded, wantsValue) = (Set(found), nil)
            case .isTrue(let wanted): values = [.bool(wanted)]
            case .isSet(let wanted): wantsValue = wanted
            case .opposite: (isExact, wantsValue) = (false, nil)
            default: isExact = false
            }
        }

        private mutating func set(low value: Value, _ included: Bool) {
            if let number = value.quantity { (low, lowIncluded) = (number, included) } else { isExact = false }
        }

        private mutating func set(high value: Value, _ included: Bool) {
            if let number = value.quantity { (high, highIncluded) = (number, included) } else { isExact = false }
        }

        /// True when whatever meets this test meets the other too.
        func isWithin(_ other: Range) -> Bool {
            guard other.isExact, other.wantsValue == nil || wantsValue == other.wantsValue else { return false }
            if let values { return values.allSatisfy(other.allows) }
            guard other.values == nil, other.excluded.isEmpty else { return false }
            let isAbove = low > other.low || low == other.low && (other.lowIncluded || !lowIncluded)
            let isBelow = high < other.high || high == other.high && (other.highIncluded || !highIncluded)
            return isAbove && isBelow
        }

        func allows(_ value: Value) -> Bool {
            if let values, !values.contains(value) { return false }
            if excluded.contains(value) { return false }
            guard let number = value.quantity else { return true }
            return (lowIncluded ? number >= low : number > low) && (highIncluded ? number <= high : number < high)
        }

        func meets(_ other: Range) -> Bool {
            if let wanted = wantsValue, other.wantsValue == !wanted { return false }
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
    private var counts: [(test: HistoryTest, span: SourceSpan)] = []
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
        let range = Range(placed.test)
        let isNoted = note(words(placed.test), at: placed.span, on: field, &findings) { !$0.range.meets(range) }
        if !isNoted {
            note("these two exclude each other", of: "this one", at: placed.span, on: field, &findings) {
                $0.test.test.excludesAll(of: placed.test)
            }
        }
        bounds[field, default: []].append(Bound(test: placed, range: range))
    }

    /// Adds a test that must not hold.
    mutating func forbid(_ placed: TestReader.Placed, on field: String, _ findings: inout Findings) {
        let range = Range(placed.test)
        note("forbidden by `none`", at: placed.span, on: field, &findings) {
            $0.test.test == placed.test || $0.range.isWithin(range)
        }
    }

    /// Adds a count of events.
    mutating func add(_ test: HistoryTest, at span: SourceSpan, _ findings: inout Findings) {
        if let earlier = counts.first(where: { $0.test.excludesAll(of: test) }) {
            let other = Diagnostic.Label(earlier.span, "this one")
            findings.append([contradiction("these two exclude each other", at: span, of: other, findings)])
        }
        counts.append((test, span))
    }

    /// - Parameter other: What is said of the earlier test; nil: what it needs.
    /// - Returns: False where nothing contradicts.
    @discardableResult
    private mutating func note(
        _ label: String, of other: String? = nil, at span: SourceSpan, on field: String, _ findings: inout Findings,
        where contradicts: (Bound) -> Bool
    ) -> Bool {
        func related(_ bound: Bound) -> Diagnostic.Label {
            .init(bound.test.span, other ?? words(bound.test.test))
        }
        if let earlier = bounds[field]?.first(where: contradicts) {
            findings.append([contradiction(label, at: span, of: related(earlier), findings)])
            return true
        }
        guard let outer = around[field]?.first(where: contradicts) else { return false }
        if deadBy == nil { deadBy = contradiction(label, at: span, of: related(outer), findings) }
        return true
    }

    private func contradiction(
        _ label: String, at span: SourceSpan, of other: Diagnostic.Label, _ findings: Findings
    ) -> Diagnostic {
        Diagnostic(
            "R210", .error, "no member can ever meet these conditions", at: span, label: label, related: [other],
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
        case .opposite(.anyOf(let values)): "forbids \(values.prefix(5).map(text).joined(separator: " and "))"
        case .isSet(false): "needs it to be missing"
        default: "needs a value"
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
