import Kit
import Rules

extension Comparison {
    /// A test against the value of another field; false for any other test. The same arithmetic as its SQL: both sides in
    /// ten-thousandths, so that a factor of four decimals is exact.
    package func holds(_ value: Value?, against other: Value?) -> Bool {
        if case .opposite(let test) = self { return otherField != nil && !test.holds(value, against: other) }
        guard case .other(let word, _, let times) = self, let value, let other,
            let order = Comparison.order(value, other, times: times)
        else { return false }
        return switch word {
        case .equals: order == 0
        case .atLeast: order >= 0
        case .moreThan, .after: order > 0
        case .atMost: order <= 0
        case .lessThan, .before: order < 0
        default: false
        }
    }

    /// -1, 0 or 1; nil where the two cannot be compared. A number beside an amount counts as yuan.
    private static func order(_ value: Value, _ other: Value, times: Factor) -> Int? {
        func sign<T: Comparable>(_ a: T, _ b: T) -> Int? { a < b ? -1 : a > b ? 1 : a == b ? 0 : nil }
        let factor = Double(times.tenThousandths)
        return switch (value, other) {
        case (.number(let a), .number(let b)): sign(a * 10_000, b * factor)
        case (.money(let a), .money(let b)): sign(Double(a) * 10_000, Double(b) * factor)
        case (.money(let a), .number(let b)): sign(Double(a) * 10_000, b * 100 * factor)
        case (.number(let a), .money(let b)): sign(a * 100 * 10_000, Double(b) * factor)
        case (.date(let a), .date(let b)): sign(a, b)
        case (.instant(let a), .instant(let b)): sign(a.micros, b.micros)
        default: nil
        }
    }
}
