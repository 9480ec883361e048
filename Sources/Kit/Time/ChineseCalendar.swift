/// A day of the Chinese calendar. Year Y is the one whose first day lies in Gregorian Y.
package struct LunarDate: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    /// True for the second of two months with the same number.
    package var leap: Bool

    package init(year: Int, month: Int, day: Int, leap: Bool = false) {
        self.year = year
        self.month = month
        self.day = day
        self.leap = leap
    }
}

/// The Chinese calendar at UTC+8, from our own table (T6): the same date for every zone, and no system calendar.
package enum ChineseCalendar {
    /// Lunar years; their days are 1901-02-19 to 2101-01-28.
    package static let supportedYears = 1901...2100

    /// The Chinese date of a Gregorian day; nil outside the table.
    package static func lunar(of date: LocalDate) -> LunarDate? {
        let gregorian = date.year
        guard let year = [gregorian, gregorian - 1].lazy.compactMap(LunarYear.init).first(where: { $0.contains(date) })
        else { return nil }
        let offset = date.days - year.firstDay.days
        var place = offset / 30
        while year.daysBefore(place + 1) <= offset { place += 1 }
        let (month, leap) = year.month(at: place)
        return LunarDate(year: year.number, month: month, day: offset - year.daysBefore(place) + 1, leap: leap)
    }

    /// The Gregorian day; nil when that year has no such month or day, and outside the table.
    package static func solar(of date: LunarDate) -> LocalDate? {
        guard let year = LunarYear(date.year), let place = year.place(ofMonth: date.month, leap: date.leap),
            date.day >= 1, date.day <= year.length(at: place)
        else { return nil }
        return year.firstDay.adding(days: year.daysBefore(place) + date.day - 1)
    }

    /// The month that is doubled in the year; nil when none is, and outside the table.
    package static func leapMonth(in year: Int) -> Int? {
        LunarYear(year).flatMap { $0.leapMonth == 0 ? nil : $0.leapMonth }
    }

    /// 29 or 30; nil when there is no such month.
    package static func length(ofMonth month: Int, leap: Bool, year: Int) -> Int? {
        guard let year = LunarYear(year), let place = year.place(ofMonth: month, leap: leap) else { return nil }
        return year.length(at: place)
    }
}

/// One decoded number of the table. A place is the position of a month in its year, from 0, leap months included.
private struct LunarYear {
    let number: Int
    private let bits: UInt32

    init?(_ number: Int) {
        guard ChineseCalendar.supportedYears.contains(number) else { return nil }
        self.number = number
        bits = ChineseCalendarTable.years[number - ChineseCalendarTable.firstYear]
    }

    /// 0 for none.
    var leapMonth: Int { Int(bits >> 13 & 15) }
    var firstDay: LocalDate { newYear.adding(days: Int(bits >> 17 & 63)) }
    private var newYear: LocalDate { LocalDate(number, 1, 1) ?? LocalDate(days: 0) }
    private var monthCount: Int { leapMonth == 0 ? 12 : 13 }

    func contains(_ date: LocalDate) -> Bool {
        (0..<daysBefore(monthCount)).contains(date.days - firstDay.days)
    }

    func daysBefore(_ place: Int) -> Int { 29 * place + (bits & (1 << UInt32(place) - 1)).nonzeroBitCount }

    func length(at place: Int) -> Int { bits >> UInt32(place) & 1 == 1 ? 30 : 29 }

    func place(ofMonth month: Int, leap: Bool) -> Int? {
        guard (1...12).contains(month) else { return nil }
        if leap { return month == leapMonth ? month : nil }
        return leapMonth == 0 || month <= leapMonth ? month - 1 : month
    }

    func month(at place: Int) -> (number: Int, leap: Bool) {
        leapMonth == 0 || place < leapMonth ? (place + 1, false) : (place, place == leapMonth)
    }
}
