/// A positive decimal factor with at most four decimals, kept exactly.
package struct Factor: Sendable, Hashable {
    package let tenThousandths: Int64

    package static let one = Factor(tenThousandths: 10_000)
    /// The range of factors: 0.0001 to 10,000.
    package static let range = 0.0001...10_000

    private init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }

    /// Reads `2`, `0.5` or `1.25`. Nil for more than four decimals, and outside the range.
    package init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard Decimal2.isDecimal(text), parts.count < 3, parts[0].utf8.count <= 5, let whole = Int64(parts[0]) else {
            return nil
        }
        let decimals = parts.count == 2 ? String(parts[1]) : ""
        guard decimals.utf8.count <= 4,
            let rest = Int64(decimals + String(repeating: "0", count: 4 - decimals.utf8.count))
        else { return nil }
        let value = whole * 10_000 + rest
        guard whole >= 0, (1...100_000_000).contains(value) else { return nil }
        tenThousandths = value
    }

    /// The factor as it is written, without superfluous zeros.
    package var text: String {
        let (whole, rest) = tenThousandths.quotientAndRemainder(dividingBy: 10_000)
        var decimals = String(String(rest + 10_000).dropFirst())
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return decimals.isEmpty ? "\(whole)" : "\(whole).\(decimals)"
    }
}
