/// The parts of numbers and amounts as spreadsheets and systems write them, shared by all readers.
package enum WrittenNumber {
    /// The value of one to nine ASCII digits; nil for anything else.
    package static func plain(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard (1...9).contains(bytes.count) else { return nil }
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// True for `1.38E+10`, which Excel makes of a long number.
    package static func isExponent(_ text: some StringProtocol) -> Bool {
        // Most random ids have an e, so this makes no copies.
        let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
        guard let first = text.utf8.first, isDigit(first) else { return false }
        let rest = text.utf8.drop { isDigit($0) || $0 == UInt8(ascii: ".") }
        guard let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") else { return false }
        let power = rest.dropFirst()
        guard let sign = power.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        let exponent = power.dropFirst()
        return !exponent.isEmpty && exponent.allSatisfy(isDigit)
    }

    /// The digits of `1299` and `1,299`; nil for anything else, and for commas that do not separate thousands.
    package static func ungrouped(_ text: some StringProtocol) -> String? {
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard let first = groups.first, !first.isEmpty,
            groups.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        if groups.count > 1 {
            guard first.utf8.count <= 3, groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else { return nil }
        }
        return groups.joined()
    }

    /// `-38.5` from `-38.50`; reads `1,038.5`, `¥38.5`, `38.5元` and `038.5` too, also in full width. A decimal of at most
    /// fifteen digits, without grouping, mark or needless zeros. Nil for other text: `未知`, `1.2万`, `1e3`, nothing.
    package static func decimal(_ text: String) -> String? {
        var digits = Width.folded(text).filter { !$0.isWhitespace }[...]
        func takeSign() -> Bool {
            guard let sign = digits.first, sign == "-" || sign == "−" else { return false }
            digits = digits.dropFirst()
            return true
        }
        var isNegative = takeSign()
        if let mark = digits.first, "¥￥".contains(mark) { digits = digits.dropFirst() }
        if !isNegative { isNegative = takeSign() }
        if digits.last == "元" { digits = digits.dropLast() }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let grouped = ungrouped(parts[0]) else { return nil }
        let whole = grouped.drop { $0 == "0" }
        var fraction = parts.count == 2 ? parts[1] : "0"
        guard !fraction.isEmpty, fraction.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        while fraction.last == "0" { fraction = fraction.dropLast() }
        guard whole.utf8.count + fraction.utf8.count <= 15 else { return nil }
        if whole.isEmpty, fraction.isEmpty { return "0" }
        return (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
