import Kit

/// Dates and times as spreadsheets and systems write them (see `WrittenDate`), and RFC 3339.
package struct DateText {
    let zone: Zone

    package init(zone: Zone) { self.zone = zone }

    static let years = 1900...2100

    enum Point {
        case date(LocalDate)
        case instant(Instant)
    }

    /// Throws a `Rejection`. `9999-12-31` means never when `mayNeverEnd`.
    func point(_ text: String, _ column: Column, mayNeverEnd: Bool = false) throws -> Point {
        if let point = plainPoint(text) ?? DateText.exactPoint(text) { return point }
        let folded = Width.folded(text)
        if WrittenDate.isSerial(folded) { throw Rejection.excelSerial(column) }
        guard let (parts, rest) = WrittenDate.front(of: folded) else { throw Rejection.notInstant(column, text) }
        guard let date = LocalDate(parts.year, parts.month, parts.day) else {
            throw Rejection.noSuchDate(column, text)
        }
        let isNever = mayNeverEnd && date.text == "9999-12-31"
        guard DateText.years.contains(parts.year) || isNever else { throw Rejection.yearOutOfRange(column, text) }
        if rest.isEmpty { return isNever ? .instant(.distantFuture) : .date(date) }
        guard let time = WrittenDate.time(rest), let point = TimePoint(text: "\(date.text)T\(time)") else {
            throw Rejection.notInstant(column, text)
        }
        return .instant(isNever ? .distantFuture : point.instant(in: zone))
    }

    /// The point of `2026-03-08`, `2026-03-08 14:30` and `2026-03-08 14:30:05`, also with a `T`, which is how nearly
    /// every file has it; nil for other text.
    private func plainPoint(_ text: String) -> Point? {
        var text = text
        return text.withUTF8 { bytes in
            func number(_ start: Int, _ count: Int) -> Int? { WrittenNumber.plain(bytes[start..<start + count]) }
            func has(_ mark: UnicodeScalar, at place: Int) -> Bool { bytes[place] == UInt8(ascii: mark) }
            guard [10, 16, 19].contains(bytes.count), has("-", at: 4), has("-", at: 7), let year = number(0, 4),
                DateText.years.contains(year), let month = number(5, 2), let day = number(8, 2),
                let date = LocalDate(year, month, day)
            else { return nil }
            if bytes.count == 10 { return .date(date) }
            guard has(" ", at: 10) || has("T", at: 10), has(":", at: 13), let hour = number(11, 2), hour < 24,
                let minute = number(14, 2), minute < 60
            else { return nil }
            var second = 0
            if bytes.count == 19 {
                guard has(":", at: 16), let value = number(17, 2), value < 60 else { return nil }
                second = value
            }
            let seconds = Int64(hour * 3600 + minute * 60 + second)
            return .instant(zone.instant(date, microsOfDay: seconds * 1_000_000))
        }
    }

    /// The instant of `2026-03-08T14:30:05.123Z`, which is how programs write it; nil for other text.
    private static func exactPoint(_ text: String) -> Point? {
        guard text.utf8.count >= 20, text.utf8.last == UInt8(ascii: "Z"), let year = Int(text.prefix(4)),
            years.contains(year)
        else { return nil }
        return Instant(rfc3339: text).map { .instant($0) }
    }

    /// A birthday or another yearly date; the year may be missing, as in `--03-10`, `03-10`, `3/10` or `3月10日`.
    static func yearly(_ text: String, _ column: Column) throws -> (year: Int?, month: Int, day: Int) {
        let folded = Width.folded(text)
        if WrittenDate.isSerial(folded) { throw Rejection.excelSerial(column) }
        var scanner = WrittenDate.Scanner(folded)
        if scanner.take("-"), scanner.take("-") {
            guard let month = scanner.number(2), scanner.take("-"), let day = scanner.number(2), scanner.rest.isEmpty
            else { throw Rejection.notDate(column, text) }
            return (nil, month, day)
        }
        for (mark, isChinese) in [("月", true), ("-", false), ("/", false)] as [(Unicode.Scalar, Bool)] {
            scanner = WrittenDate.Scanner(folded)
            if let month = scanner.number(2), scanner.take(mark), let day = scanner.number(2),
                !isChinese || scanner.take("日"), scanner.rest.isEmpty
            {
                return (nil, month, day)
            }
        }
        // A database writes a date column as midnight.
        guard let (date, rest) = WrittenDate.front(of: folded), WrittenDate.isMidnight(rest)
        else { throw Rejection.notDate(column, text) }
        guard years.contains(date.year) else { throw Rejection.yearOutOfRange(column, text) }
        return (date.year, date.month, date.day)
    }
}
