extension LocalTime {
    /// Accepts exactly `HH:MM`, 00:00 to 23:59.
    package init?(text: some StringProtocol) {
        var scanner = TimeScanner(text)
        guard let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2), scanner.isAtEnd
        else { return nil }
        self.init(hour, minute)
    }
}

extension Span {
    package static let amounts = 1...100_000

    /// Accepts one number without leading zeros, within `amounts`, and one of `m h d w`: `90d`. Never two units (R115).
    package init?(text: some StringProtocol) {
        guard let last = text.last, let unit = Unit(rawValue: String(last)) else { return nil }
        var scanner = TimeScanner(text.dropLast())
        let count = text.utf8.count - 1
        guard (1...6).contains(count), text.utf8.first != UInt8(ascii: "0"), let amount = scanner.digits(count),
            Span.amounts.contains(amount)
        else { return nil }
        self.init(amount, unit)
    }
}

extension LocalDate {
    /// Accepts exactly `YYYY-MM-DD`, and only a day that exists.
    package init?(text: some StringProtocol) {
        var scanner = TimeScanner(text)
        guard let date = scanner.date(), scanner.isAtEnd else { return nil }
        self = date
    }
}

/// A local date and time without a zone, as rules and fixtures write it.
package enum LocalDateTime {
    /// Reads `YYYY-MM-DD[ HH:MM[:SS[.f]]]`, with a space or `T` between; without a time it is 00:00. A fraction has up
    /// to nine digits, those after the sixth are dropped.
    package static func parse(_ text: some StringProtocol) -> (date: LocalDate, microsOfDay: Int64)? {
        var scanner = TimeScanner(text)
        guard let date = scanner.date() else { return nil }
        if scanner.isAtEnd { return (date, 0) }
        guard scanner.take(" ") || scanner.take("T"), let micros = scanner.time(seconds: .optional), scanner.isAtEnd
        else { return nil }
        return (date, micros)
    }
}

extension Instant {
    /// RFC 3339: seconds and an offset (or `Z`) are required; a leap second, 24:00 and years outside 1...9999 are
    /// refused. A fraction has up to nine digits, those after the sixth are dropped.
    package init?(rfc3339 text: some StringProtocol) {
        var scanner = TimeScanner(text)
        guard let date = scanner.date(), scanner.take("T") || scanner.take("t") || scanner.take(" "),
            let micros = scanner.time(seconds: .required), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        let instant = Instant(micros: Int64(date.days) * .microsPerDay + micros - Int64(offset) * 60_000_000)
        guard instant >= .distantPast, instant <= .distantFuture else { return nil }
        self = instant
    }
}

/// Reads ASCII digits and marks from the front; nothing is skipped, nothing is guessed.
private struct TimeScanner {
    enum Seconds { case required, optional }

    private var rest: Substring.UTF8View

    init(_ text: some StringProtocol) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == mark.value else { return false }
        rest.removeFirst()
        return true
    }

    /// Exactly `count` digits, at most nine.
    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func date() -> LocalDate? {
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2) else { return nil }
        return LocalDate(year, month, day)
    }

    /// Microseconds since midnight.
    mutating func time(seconds: Seconds) -> Int64? {
        guard let hour = digits(2), take(":"), let minute = digits(2), let time = LocalTime(hour, minute)
        else { return nil }
        let micros = Int64(time.minutes) * 60_000_000
        guard take(":") else { return seconds == .optional ? micros : nil }
        guard let second = digits(2), second < 60, let fraction = fraction() else { return nil }
        return micros + Int64(second) * 1_000_000 + fraction
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let west = take("-")
        guard west || take("+"), let hour = digits(2), take(":"), let minute = digits(2),
            let time = LocalTime(hour, minute)
        else { return nil }
        return west ? -time.minutes : time.minutes
    }

    private mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        var micros: Int64 = 0
        var count = 0
        while let digit = digit() {
            count += 1
            if count > 9 { return nil }
            if count <= 6 { micros = micros * 10 + Int64(digit) }
        }
        if count == 0 { return nil }
        for _ in min(count, 6)..<6 { micros *= 10 }
        return micros
    }

    private mutating func digit() -> Int? {
        guard let first = rest.first, (48...57).contains(first) else { return nil }
        rest.removeFirst()
        return Int(first) - 48
    }
}
