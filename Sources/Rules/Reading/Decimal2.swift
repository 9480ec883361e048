/// Decimal numbers as typed, without a detour over floating point: `50`, `-3`, `49.90`.
package enum Decimal2 {
    /// Accepts an optional minus, digits, and optionally a point with digits: no exponent, no grouping.
    package static func isDecimal(_ text: String) -> Bool {
        var rest = Substring(text)
        if rest.first == "-" { rest = rest.dropFirst() }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return false }
        return parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }
    }

    /// Nil for a fraction, for text that is no number, and beyond 64 bits. `010` is ten.
    package static func wholeNumber(_ text: String) -> Int? {
        isDecimal(text) && !text.utf8.contains(UInt8(ascii: ".")) ? Int(text) : nil
    }

    /// The number times 100; nil with more than two decimals or beyond twelve digits.
    package static func hundredths(_ text: String) -> Int64? {
        guard isDecimal(text) else { return nil }
        let negative = text.utf8.first == UInt8(ascii: "-")
        let parts = (negative ? text.dropFirst() : Substring(text)).split(separator: ".")
        guard let whole = parts.first, whole.utf8.count <= 10, let units = Int64(whole) else { return nil }
        var cents: Int64 = 0
        if parts.count == 2 {
            guard parts[1].utf8.count <= 2, let value = Int64(parts[1]) else { return nil }
            cents = parts[1].utf8.count == 1 ? value * 10 : value
        }
        return (units * 100 + cents) * (negative ? -1 : 1)
    }
}
