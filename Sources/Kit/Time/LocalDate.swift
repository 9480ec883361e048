/// A day of the proleptic Gregorian calendar, without a zone: days since 1970-01-01.
package struct LocalDate: Hashable, Comparable, Sendable {
    package var days: Int

    /// A number far beyond the calendar (a damaged cell) is cut, so that arithmetic on dates cannot overflow.
    package init(days: Int) { self.days = min(max(days, -LocalDate.furthest), LocalDate.furthest) }

    private static let furthest = 10_000_000

    /// Nil when the day does not exist (2026-02-30) or the year is outside 1...9999.
    package init?(_ year: Int, _ month: Int, _ day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= LocalDate.length(ofMonth: month, year: year)
        else { return nil }
        days = LocalDate.daysFromCivil(year, month, day)
    }

    package static func < (a: LocalDate, b: LocalDate) -> Bool { a.days < b.days }
    package func adding(days delta: Int) -> LocalDate { LocalDate(days: days + delta) }

    package static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    package static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Howard Hinnant's days_from_civil: exact over the whole range, no calendar object.
    private static func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package var civil: (year: Int, month: Int, day: Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        let month = mp < 10 ? mp + 3 : mp - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * mp + 2) / 5 + 1)
    }

    package var year: Int { civil.year }

    /// 1 is Monday, 7 is Sunday (ISO 8601).
    package var weekday: Int { ((days + 3) % 7 + 7) % 7 + 1 }

    /// `2026-03-07`.
    package var text: String {
        let (y, m, d) = civil
        return "\(padded(y, 4))-\(padded(m, 2))-\(padded(d, 2))"
    }
}

/// A clock time without date or zone: minutes since midnight, 0...1439.
package struct LocalTime: Hashable, Comparable, Sendable {
    package var minutes: Int

    package init(minutes: Int) { self.minutes = minutes }
    package init?(_ hour: Int, _ minute: Int) {
        guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
        minutes = hour * 60 + minute
    }
    package static func < (a: LocalTime, b: LocalTime) -> Bool { a.minutes < b.minutes }

    /// `09:30`.
    package var text: String { "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))" }
}

/// One number and one unit (T4): minutes and hours are exact, days and weeks move the local date.
package struct Span: Hashable, Sendable {
    package enum Unit: String, Sendable { case minutes = "m", hours = "h", days = "d", weeks = "w" }
    package var amount: Int
    package var unit: Unit

    package init(_ amount: Int, _ unit: Unit) {
        self.amount = amount
        self.unit = unit
    }
    package static let zero = Span(0, .minutes)

    package var isNominal: Bool { unit == .days || unit == .weeks }
    /// Whole days of a nominal span, else 0.
    package var days: Int { unit == .days ? amount : unit == .weeks ? amount * 7 : 0 }
    /// Microseconds of an exact span, else 0.
    package var exactMicros: Int64 {
        unit == .minutes ? Int64(amount) * 60_000_000 : unit == .hours ? Int64(amount) * 3_600_000_000 : 0
    }
    /// Microseconds counting a day as 24 h: for bounds and for lateness, never for a due instant.
    package var roughMicros: Int64 { exactMicros + Int64(days) * 86_400_000_000 }
    /// The span as written: `24h`.
    package var text: String { "\(amount)\(unit.rawValue)" }
}

package func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}
