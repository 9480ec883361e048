/// The parts of dates and times as spreadsheets and systems write them: `2026-03-08`, `2026/3/8`, `2026.03.08`,
/// `2026年3月8日`, `20260308`, each with ` 14:30[:05]`, ` 143005` and an offset. Each reader decides what they mean, and
/// what it says of text that means nothing.
package enum WrittenDate {
    /// True for a serial day number of Excel: 46089 or 46089.6042.
    package static func isSerial(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (4...6).contains(parts[0].utf8.count) else { return false }
        return parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }

    /// The date at the front, not yet checked, and the text after it without the space or `T`.
    package static func front(of text: String) -> (CivilDay, rest: String)? {
        var scanner = Scanner(text)
        guard let year = scanner.number(4, exactly: true) else { return nil }
        let marks: [Unicode.Scalar] = ["-", "/", ".", "年"]
        let mark = marks.first { $0 == scanner.rest.first }
        let isWhole = mark == nil
        let isChinese = mark == "年"
        if let mark { _ = scanner.take(mark) }
        guard let month = scanner.number(2, exactly: isWhole) else { return nil }
        if let mark, !scanner.take(isChinese ? "月" : mark) { return nil }
        guard let day = scanner.number(2, exactly: isWhole) else { return nil }
        if isChinese, !scanner.take("日") { return nil }
        if scanner.rest.isEmpty { return (CivilDay(year: year, month: month, day: day), "") }
        // `20260308143005` has its time right behind; other long numbers are no dates.
        let isTight = isChinese || isWhole && isDigits(scanner.rest) && [4, 6].contains(scanner.rest.count)
        guard scanner.take("T") || scanner.take("t") || scanner.take(" ") || isTight else { return nil }
        while scanner.take(" ") {}
        let rest = String(scanner.rest)
        return rest.isEmpty ? nil : (CivilDay(year: year, month: month, day: day), rest)
    }

    /// The time with two digits for the hour, and its offset as RFC 3339 has it, as the strict readers want them: of
    /// `9:05`, `143005`, `14:30:05 -0500` and `06:30 UTC`. Nil for what begins with no digit or ends in anything else.
    package static func time(_ text: String) -> String? {
        let scalars = text.unicodeScalars
        let end = scalars.firstIndex { !("0"..."9").contains($0) && $0 != ":" && $0 != "." } ?? scalars.endIndex
        var clock = String(scalars[..<end])
        guard let first = clock.first, first.isNumber, let offset = offset(String(scalars[end...])) else { return nil }
        if [4, 6].contains(clock.utf8.count), isDigits(clock.unicodeScalars) {
            let pairs = stride(from: 0, to: clock.utf8.count, by: 2).map { clock.dropFirst($0).prefix(2) }
            clock = pairs.joined(separator: ":")
        }
        if clock.dropFirst().first == ":" { clock = "0" + clock }
        guard !offset.isEmpty else { return clock }
        return clock.utf8.count { $0 == UInt8(ascii: ":") } == 1 ? "\(clock):00\(offset)" : clock + offset
    }

    /// `+08:00` of `+0800`, ` +08:00` and `+08`; `Z` of `Z`, `UTC` and `GMT`. Nil for other text.
    private static func offset(_ text: String) -> String? {
        let bare = text.drop { $0 == " " }
        if bare.isEmpty || ["Z", "UTC", "GMT"].contains(bare.uppercased()) { return bare.isEmpty ? "" : "Z" }
        guard let sign = bare.first, "+-".contains(sign) else { return nil }
        let digits = bare.dropFirst().filter { $0 != ":" }
        guard isDigits(digits.unicodeScalars), [2, 4].contains(digits.utf8.count) else { return nil }
        return "\(sign)\(digits.prefix(2)):\(digits.utf8.count == 2 ? "00" : digits.suffix(2))"
    }

    private static func isDigits(_ scalars: some Collection<Unicode.Scalar>) -> Bool {
        scalars.allSatisfy { ("0"..."9").contains($0) }
    }

    /// True for midnight and for no time, as a database writes a date column: also `00:00:00.000` and with an offset.
    package static func isMidnight(_ text: String) -> Bool {
        guard !text.isEmpty else { return true }
        guard let time = time(text), time.contains(":") else { return false }
        return time.prefix { $0.isNumber || $0 == ":" || $0 == "." }.allSatisfy { "0:.".contains($0) }
    }

    /// A day as written, which may not exist.
    package struct CivilDay {
        package let year: Int
        package let month: Int
        package let day: Int
    }

    package struct Scanner {
        package private(set) var rest: Substring.UnicodeScalarView

        package init(_ text: String) { rest = Substring(text).unicodeScalars }

        package mutating func take(_ mark: Unicode.Scalar) -> Bool {
            guard rest.first == mark else { return false }
            rest.removeFirst()
            return true
        }

        package mutating func number(_ most: Int, exactly: Bool = false) -> Int? {
            var value = 0
            var count = 0
            while count < most, let digit = rest.first, ("0"..."9").contains(digit) {
                value = value * 10 + Int(digit.value - 48)
                count += 1
                rest.removeFirst()
            }
            return count == 0 || (exactly && count != most) ? nil : value
        }
    }
}
