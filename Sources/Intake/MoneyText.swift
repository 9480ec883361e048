import Kit

/// Money as spreadsheets and systems write it, in yuan.
package enum MoneyText {
    /// 10 million yuan, in fen.
    package static let most: Int64 = 1_000_000_000

    /// The amount in fen. Accepts `1299`, `1299.5`, `1,299.00`, `¥99`, `99元`, in full width too; throws a `Rejection`.
    package static func fen(_ text: String, _ column: Column) throws -> Int64 {
        if let fen = plainFen(text) { return fen }
        var digits = Substring(Width.folded(text)).filter { !$0.isWhitespace }
        if digits.hasPrefix("-") || digits.hasPrefix("−") || digits.hasPrefix("(") {
            throw Rejection.negative(column, text)
        }
        if let mark = digits.first, "¥￥".contains(mark) { digits.removeFirst() }
        if digits.hasSuffix("元") { digits.removeLast() }
        if digits.hasPrefix("-") { throw Rejection.negative(column, text) }
        if digits.contains(where: { "万亿千".contains($0) }) { throw Rejection.tenThousands(column, text) }
        if WrittenNumber.isExponent(digits) { throw Rejection.excelNumber(column) }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = WrittenNumber.ungrouped(parts[0]) else {
            throw Rejection.notMoney(column, text)
        }
        let fraction = parts.count == 2 ? parts[1] : "00"
        guard !fraction.isEmpty, fraction.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Rejection.notMoney(column, text)
        }
        guard fraction.utf8.count <= 2 else { throw Rejection.moneyDecimals(column, text) }
        // Eleven digits exceed the limit and are far from overflow.
        let significant = whole.drop { $0 == "0" }
        guard significant.utf8.count <= 11, let yuan = Int64(significant.isEmpty ? "0" : significant),
            let cents = Int64(fraction)
        else { throw Rejection.tooMuchMoney(column, text) }
        let fen = yuan * 100 + (fraction.utf8.count == 1 ? cents * 10 : cents)
        guard fen <= most else { throw Rejection.tooMuchMoney(column, text) }
        return fen
    }
}

extension MoneyText {
    /// An amount of fen in yuan, as JSON and the readers of money take it: `1299.50`. Not negative.
    package static func yuan(_ fen: Int64) -> String {
        let cents = fen % 100
        return "\(fen / 100).\(cents < 10 ? "0" : "")\(cents)"
    }

    /// The amount of `1299`, `1299.5` and `1299.00`, which is how nearly every file has it; nil for other text.
    private static func plainFen(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { bytes in
            let point = bytes.firstIndex(of: UInt8(ascii: "."))
            guard let yuan = WrittenNumber.plain(bytes[..<(point ?? bytes.endIndex)]) else { return nil }
            var cents = 0
            if let point {
                let fraction = bytes[(point + 1)...]
                guard fraction.count <= 2, let value = WrittenNumber.plain(fraction) else { return nil }
                cents = fraction.count == 1 ? value * 10 : value
            }
            let fen = Int64(yuan * 100 + cents)
            return fen <= most ? fen : nil
        }
    }
}

package enum NumberText {
    /// A whole number from 0 to a billion; throws a `Rejection`.
    package static func whole(_ text: String, _ column: Column) throws -> Int {
        var plain = text
        if let value = plain.withUTF8({ WrittenNumber.plain($0[...]) }) { return value }
        let digits = Width.folded(text).filter { !$0.isWhitespace }
        if digits.hasPrefix("-"), WrittenNumber.ungrouped(digits.dropFirst()) != nil {
            throw Rejection.negative(column, text)
        }
        if WrittenNumber.isExponent(digits) { throw Rejection.excelNumber(column) }
        guard let bare = WrittenNumber.ungrouped(digits), let value = Int(bare), value <= 1_000_000_000 else {
            throw Rejection.notWhole(column, text)
        }
        return value
    }
}
