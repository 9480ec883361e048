import Rules

/// Money as spreadsheets and systems write it, in yuan.
enum MoneyText {
    /// 10 million yuan.
    static let most: Int64 = 1_000_000_000

    /// Fen. Accepts `1299`, `1299.5`, `1,299.00`, `¥99`, `99元`, in full width too; throws a `Rejection`.
    static func fen(_ text: String, _ column: Column) throws -> Int64 {
        var digits = Substring(Width.folded(text)).filter { !$0.isWhitespace }
        if digits.hasPrefix("-") || digits.hasPrefix("−") || digits.hasPrefix("(") {
            throw Rejection.negative(column, text)
        }
        if let mark = digits.first, "¥￥".contains(mark) { digits.removeFirst() }
        if digits.hasSuffix("元") { digits.removeLast() }
        if digits.hasPrefix("-") { throw Rejection.negative(column, text) }
        if digits.contains(where: { "万亿千".contains($0) }) { throw Rejection.tenThousands(column, text) }
        if NumberText.isExponent(digits) { throw Rejection.excelNumber(column) }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = NumberText.ungrouped(parts[0]) else {
            throw Rejection.notMoney(column, text)
        }
        let fraction = parts.count == 2 ? parts[1] : "00"
        guard !fraction.isEmpty, fraction.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Rejection.notMoney(column, text)
        }
        guard fraction.utf8.count <= 2 else { throw Rejection.moneyDecimals(column, text) }
        // Eleven digits are beyond the limit, and far from overflow.
        let significant = whole.drop { $0 == "0" }
        guard significant.utf8.count <= 11, let yuan = Int64(significant.isEmpty ? "0" : significant),
            let cents = Int64(fraction)
        else { throw Rejection.tooMuchMoney(column, text) }
        let fen = yuan * 100 + (fraction.utf8.count == 1 ? cents * 10 : cents)
        guard fen <= most else { throw Rejection.tooMuchMoney(column, text) }
        return fen
    }
}

enum NumberText {
    /// `1.38E+10`: what Excel makes of a long number.
    static func isExponent(_ text: some StringProtocol) -> Bool {
        let parts = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].utf8.first, (48...57).contains(first),
            parts[0].utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
            let sign = parts[1].first, sign == "+" || sign == "-"
        else { return false }
        let exponent = parts[1].dropFirst()
        return !exponent.isEmpty && exponent.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// The digits of `1299` and `1,299`; nil for anything else, and for commas that part no thousands.
    static func ungrouped(_ text: some StringProtocol) -> String? {
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard let first = groups.first, !first.isEmpty,
            groups.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        if groups.count > 1 {
            guard first.utf8.count <= 3, groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else { return nil }
        }
        return groups.joined()
    }

    /// Zero or more, up to a billion.
    static func whole(_ text: String, _ column: Column) throws -> Int {
        let digits = Width.folded(text).filter { !$0.isWhitespace }
        if digits.hasPrefix("-"), ungrouped(digits.dropFirst()) != nil { throw Rejection.negative(column, text) }
        if isExponent(digits) { throw Rejection.excelNumber(column) }
        guard let bare = ungrouped(digits), let value = Int(bare), value <= 1_000_000_000 else {
            throw Rejection.notWhole(column, text)
        }
        return value
    }
}
