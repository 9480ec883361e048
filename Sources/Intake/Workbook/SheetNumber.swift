import Kit

/// The text of a number in a cell, as a person typed or sees it.
enum SheetNumber {
    /// The digits that Excel keeps.
    private static let precision = 15
    private static let longest = 40

    /// `13800000001` of `1.3800000001E10`, `0.3` of `0.30000000000000004`, `1299` of `1299.0`. Whole numbers keep all
    /// their digits.
    static func text(_ written: String) -> String {
        guard let (isNegative, digits, point) = parts(written) else { return written }
        var (whole, fraction) = split(digits, at: point)
        while fraction.last == 0x30 { fraction.removeLast() }
        if !fraction.isEmpty, digits.count > precision {
            let rounded = rounding(digits)
            (whole, fraction) = split(rounded.digits, at: point + rounded.carry)
            while fraction.last == 0x30 { fraction.removeLast() }
        }
        whole = Array(whole.drop { $0 == 0x30 })
        let number =
            (whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self))
            + (fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self))
        return isNegative && number != "0" ? "-" + number : number
    }

    /// The significant digits and the place of the decimal point among them; nil for what is no number, or needs too
    /// many zeros.
    private static func parts(_ written: String) -> (isNegative: Bool, digits: [UInt8], point: Int)? {
        let halves = written.split(separator: "E", maxSplits: 1, omittingEmptySubsequences: false)
        let pieces =
            halves.count == 1 ? written.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false) : halves
        var mantissa = Array(pieces[0].utf8)
        let exponent = pieces.count == 2 ? Int(pieces[1]) : 0
        let isNegative = mantissa.first == UInt8(ascii: "-")
        if isNegative { mantissa.removeFirst() }
        let dot = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        let digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        guard let exponent, abs(exponent) <= longest, !digits.isEmpty, digits.count <= longest,
            mantissa.count - digits.count <= 1, digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let zeros = digits.prefix { $0 == 0x30 }.count
        return (isNegative, Array(digits[zeros...]), dot + exponent - zeros)
    }

    private static func split(_ digits: [UInt8], at point: Int) -> (whole: [UInt8], fraction: [UInt8]) {
        let zero = UInt8(ascii: "0")
        if point <= 0 { return ([], Array(repeating: zero, count: -point) + digits) }
        if point >= digits.count { return (digits + Array(repeating: zero, count: point - digits.count), []) }
        return (Array(digits[..<point]), Array(digits[point...]))
    }

    /// The first digits, rounded; a carry makes the number one digit longer.
    private static func rounding(_ digits: [UInt8]) -> (digits: [UInt8], carry: Int) {
        var kept = Array(digits[..<precision])
        guard digits[precision] >= UInt8(ascii: "5") else { return (kept, 0) }
        for index in kept.indices.reversed() {
            if kept[index] < UInt8(ascii: "9") {
                kept[index] += 1
                return (kept, 0)
            }
            kept[index] = UInt8(ascii: "0")
        }
        return ([UInt8(ascii: "1")] + kept, 1)
    }
}

/// The day numbers of a workbook.
struct SheetCalendar {
    /// Whether day 0 is 1904-01-01, as in old workbooks of the Macintosh, and not the last day of 1899.
    var isOf1904 = false

    /// The number of the last day, 9999-12-31.
    private static let lastSerial = 2_958_465.0
    private static let epochOf1904 = 24_107
    private static let epochOf1900 = 25_569

    /// The date or time that a number shows; nil for a number that is none.
    func text(_ serial: Double, _ format: NumberFormat) -> String? {
        guard serial >= 0, serial <= SheetCalendar.lastSerial else { return nil }
        var day = Int(serial.rounded(.down))
        var seconds = Int(((serial - Double(day)) * 86_400).rounded())
        if seconds == 86_400 { (day, seconds) = (day + 1, 0) }
        let clock =
            seconds % 60 == 0 && format == .time
            ? "\(two(seconds / 3600)):\(two(seconds / 60 % 60))"
            : "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        switch format {
        case .general, .padded: return nil
        case .time: return day == 0 ? clock : "\(date(day)) \(clock)"
        // Day 0 of the calendar of 1900 is what an empty date becomes in a formula.
        case .date where day == 0 && seconds == 0 && !isOf1904: return ""
        case .date(let hasYear, let hasTime):
            if hasTime || seconds > 0 { return "\(date(day)) \(clock)" }
            return hasYear ? date(day) : String(date(day).suffix(5))
        }
    }

    /// The calendar of 1900 has a 29 February 1900, which never was: it is shown as it is, and refused later.
    private func date(_ day: Int) -> String {
        if isOf1904 { return LocalDate(days: day - SheetCalendar.epochOf1904).text }
        if day == 60 { return "1900-02-29" }
        return LocalDate(days: day - SheetCalendar.epochOf1900 + (day < 60 ? 1 : 0)).text
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
