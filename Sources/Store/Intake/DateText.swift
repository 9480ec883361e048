import Rules

/// Dates and times as Excel in China writes them: `2026-03-08`, `2026/3/8`, `2026年3月8日`, each with ` 14:30[:05]`, and
/// RFC 3339.
struct DateText {
    let zone: Zone

    static let years = 1900...2100

    enum Point {
        case date(LocalDate)
        case instant(Instant)
    }

    /// Throws a `Rejection`. `9999-12-31` passes where `mayNeverEnd`.
    func point(_ text: String, _ column: Column, mayNeverEnd: Bool = false) throws -> Point {
        let folded = Width.folded(text)
        if DateText.isSerial(folded) { throw Rejection.excelSerial(column) }
        guard let (parts, rest) = DateText.front(of: folded) else { throw Rejection.notInstant(column, text) }
        guard let date = LocalDate(parts.year, parts.month, parts.day) else {
            throw Rejection.noSuchDate(column, text)
        }
        let isNever = mayNeverEnd && date.text == "9999-12-31"
        guard DateText.years.contains(parts.year) || isNever else { throw Rejection.yearOutOfRange(column, text) }
        if rest.isEmpty { return isNever ? .instant(.distantFuture) : .date(date) }
        guard let time = DateText.time(rest), let point = TimePoint(text: "\(date.text)T\(time)") else {
            throw Rejection.notInstant(column, text)
        }
        return .instant(isNever ? .distantFuture : point.instant(in: zone))
    }

    /// A birthday or another yearly date; the month and day alone as `--03-10` or `3月10日`.
    static func yearly(_ text: String, _ column: Column) throws -> (year: Int?, month: Int, day: Int) {
        let folded = Width.folded(text)
        if isSerial(folded) { throw Rejection.excelSerial(column) }
        var scanner = Scanner(folded)
        if scanner.take("-"), scanner.take("-") {
            guard let month = scanner.number(2), scanner.take("-"), let day = scanner.number(2), scanner.rest.isEmpty
            else { throw Rejection.notDate(column, text) }
            return (nil, month, day)
        }
        scanner = Scanner(folded)
        if let month = scanner.number(2), scanner.take("月"), let day = scanner.number(2), scanner.take("日"),
            scanner.rest.isEmpty
        {
            return (nil, month, day)
        }
        // A database writes a date column as midnight.
        guard let (date, rest) = front(of: folded), ["", "00:00", "00:00:00", "0:00", "0:00:00"].contains(rest)
        else { throw Rejection.notDate(column, text) }
        guard years.contains(date.year) else { throw Rejection.yearOutOfRange(column, text) }
        return (date.year, date.month, date.day)
    }

    /// 46089 or 46089.6042.
    private static func isSerial(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (4...6).contains(parts[0].utf8.count) else { return false }
        return parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }

    /// The date at the front, not yet checked, and what follows it without the space or `T`.
    private static func front(of text: String) -> (CivilDay, rest: String)? {
        var scanner = Scanner(text)
        guard let year = scanner.number(4, exactly: true) else { return nil }
        let mark: Unicode.Scalar
        if scanner.take("-") {
            mark = "-"
        } else if scanner.take("/") {
            mark = "/"
        } else if scanner.take("年") {
            mark = "月"
        } else {
            return nil
        }
        let isChinese = mark == "月"
        guard let month = scanner.number(2), scanner.take(mark), let day = scanner.number(2) else { return nil }
        if isChinese, !scanner.take("日") { return nil }
        if scanner.rest.isEmpty { return (CivilDay(year: year, month: month, day: day), "") }
        guard scanner.take("T") || scanner.take("t") || scanner.take(" ") || isChinese else { return nil }
        while scanner.take(" ") {}
        let rest = String(scanner.rest)
        return rest.isEmpty ? nil : (CivilDay(year: year, month: month, day: day), rest)
    }

    /// With two digits for the hour, as the strict readers want it.
    private static func time(_ text: String) -> String? {
        guard let first = text.first, first.isASCII, first.isNumber else { return nil }
        return text.dropFirst().first == ":" ? "0" + text : text
    }

    /// A day as written, which may not exist.
    private struct CivilDay {
        let year: Int
        let month: Int
        let day: Int
    }

    private struct Scanner {
        private(set) var rest: Substring.UnicodeScalarView

        init(_ text: String) { rest = Substring(text).unicodeScalars }

        mutating func take(_ mark: Unicode.Scalar) -> Bool {
            guard rest.first == mark else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(_ most: Int, exactly: Bool = false) -> Int? {
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
