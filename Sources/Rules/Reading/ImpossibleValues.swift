import Kit

/// Tests of numbers that a field never has, which nobody can meet (R210), and those that hold for every number it has
/// (R262): the thirteenth month, a score of 6, an age of 200.
struct ImpossibleValues {
    /// The whole numbers that a field can have.
    private static let ranges: [String: ClosedRange<Double>] = [
        "member.birthday_month": 1...12, "member.age": 0...130, "member.rfm.recency": 1...5,
        "member.rfm.frequency": 1...5, "member.rfm.monetary": 1...5,
    ]
    /// Counts have no upper end.
    private static let counts: Set<String> = [
        "member.days_since_last_order", "cart.in_stock_items", "browse.count", "cart.items.first.quantity",
        "order.items.first.quantity",
    ]

    private let field: Field
    private let range: ClosedRange<Double>
    private let isCount: Bool

    /// Nil for a field that may have any number.
    init?(of field: Field, tiers: [Settings.Tier]) {
        self.field = field
        isCount = ImpossibleValues.counts.contains(field.name)
        if let known = ImpossibleValues.ranges[field.name] {
            range = known
        } else if isCount {
            range = 0...Double.greatestFiniteMagnitude
        } else if field.name == "member.tier_rank", !tiers.isEmpty {
            range = 1...Double(tiers.count)
        } else {
            return nil
        }
    }

    /// The first finding about the tests beside the field, which all must hold. Under `none` it is the other way round.
    func finding(_ placed: [TestReader.Placed], _ findings: Findings) -> Diagnostic? {
        guard !findings.path.contains("none") else { return nil }
        func report(_ code: String, _ message: String, _ one: TestReader.Placed, help: [String] = []) -> Diagnostic {
            Diagnostic(
                code, .warning, message, at: one.span, label: words, help: help, rule: findings.rule,
                path: findings.path)
        }
        for one in placed where isDead(one.test) {
            return report("R210", "no member can ever meet this test of `\(field.name)`", one)
        }
        // One of two tests is the end of a range, and a member without the value meets none.
        guard placed.count == 1, !field.canBeMissing, isIdle(placed[0].test) else { return nil }
        return report(
            "R262", "every member meets this test of `\(field.name)`", placed[0],
            help: ["take the condition away, or ask for less"])
    }

    private var words: String {
        isCount
            ? "it is never below 0" : "it is a whole number from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
    }

    private func isDead(_ test: Comparison) -> Bool {
        switch test {
        case .anyOf(let values): values.allSatisfy { value in number(value).map { !isPossible($0) } ?? false }
        case .atLeast(let value): number(value).map { $0 > range.upperBound } ?? false
        case .moreThan(let value): number(value).map { $0 >= range.upperBound } ?? false
        case .atMost(let value): number(value).map { $0 < range.lowerBound } ?? false
        case .lessThan(let value): number(value).map { $0 <= range.lowerBound } ?? false
        case .between(let low, let high):
            number(low).map { $0 > range.upperBound } ?? false || number(high).map { $0 < range.lowerBound } ?? false
        default: false
        }
    }

    private func isIdle(_ test: Comparison) -> Bool {
        switch test {
        case .atLeast(let value): number(value).map { $0 <= range.lowerBound } ?? false
        case .moreThan(let value): number(value).map { $0 < range.lowerBound } ?? false
        case .atMost(let value): number(value).map { $0 >= range.upperBound } ?? false
        case .lessThan(let value): number(value).map { $0 > range.upperBound } ?? false
        default: false
        }
    }

    private func isPossible(_ number: Double) -> Bool { range.contains(number) && number == number.rounded() }

    private func number(_ value: Value) -> Double? { if case .number(let number) = value { number } else { nil } }
}
