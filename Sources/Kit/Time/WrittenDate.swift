/// The parts of dates and times as Excel in China writes them: `2026-03-08`, `2026/3/8`, `2026年3月8日`, each with `
/// 14:30[:05]`. Each reader decides what they mean, and what it says of text that means nothing.
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

    /// The time with two digits for the hour, as the strict readers want it.
    package static func time(_ text: String) -> String? {
        guard let first = text.first, first.isASCII, first.isNumber else { return nil }
        return text.dropFirst().first == ":" ? "0" + text : text
    }

    /// True for midnight, as a database writes a date column.
    package static func isMidnight(_ time: String) -> Bool {
        ["", "00:00", "00:00:00", "0:00", "0:00:00"].contains(time)
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
