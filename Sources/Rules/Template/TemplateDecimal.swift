/// An exact decimal, `digits / 10^scale`: 49.9 times 3 is 149.7. Operations are nil where 38 digits are too few.
struct TemplateDecimal {
    var digits: Int128
    var scale: Int

    init(digits: Int128, scale: Int) {
        self.digits = digits
        self.scale = scale
    }

    /// The shortest decimal that reads back as `number`, which is what its author wrote.
    init?(_ number: Double) {
        if let whole = wholeNumber(number) {
            self.init(digits: Int128(whole), scale: 0)
            return
        }
        guard number.isFinite else { return nil }
        let parts = "\(number)".split(separator: "e")
        guard parts.count <= 2, let exponent = parts.count == 2 ? Int(parts[1]) : 0 else { return nil }
        let pieces = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = pieces.count == 2 ? String(pieces[1]) : ""
        guard let digits = Int128(String(pieces[0]) + fraction) else { return nil }
        let scale = fraction.utf8.count - exponent
        if scale >= 0 {
            guard scale <= 30 else { return nil }
            self.init(digits: digits, scale: scale)
        } else {
            guard let whole = TemplateDecimal.shifted(digits, -scale) else { return nil }
            self.init(digits: whole, scale: 0)
        }
    }

    private static func shifted(_ digits: Int128, _ places: Int) -> Int128? {
        guard places <= 38 else { return nil }
        var result = digits
        for _ in 0..<places {
            let (next, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = next
        }
        return result
    }

    func adding(_ other: TemplateDecimal) -> TemplateDecimal? {
        let scale = max(scale, other.scale)
        guard let a = TemplateDecimal.shifted(digits, scale - self.scale),
            let b = TemplateDecimal.shifted(other.digits, scale - other.scale)
        else { return nil }
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? nil : TemplateDecimal(digits: sum, scale: scale)
    }

    var negated: TemplateDecimal { TemplateDecimal(digits: digits == .min ? .max : -digits, scale: scale) }

    func times(_ other: TemplateDecimal) -> TemplateDecimal? {
        let (product, overflow) = digits.multipliedReportingOverflow(by: other.digits)
        return overflow ? nil : TemplateDecimal(digits: product, scale: scale + other.scale)
    }

    /// The nearest binary number.
    var double: Double { Double("\(digits)e-\(scale)") ?? .nan }

    /// The amount in fen for yuan, half a fen rounded away from zero. Nil outside Int64.
    var fen: Int64? {
        guard scale > 2 else { return TemplateDecimal.shifted(digits, 2 - scale).flatMap { Int64(exactly: $0) } }
        guard scale - 2 <= 38, let unit = TemplateDecimal.shifted(1, scale - 2) else { return 0 }
        let (quotient, rest) = digits.quotientAndRemainder(dividingBy: unit)
        let up: Int128 = rest.magnitude >= unit.magnitude - rest.magnitude ? (digits < 0 ? -1 : 1) : 0
        return Int64(exactly: quotient + up)
    }
}
