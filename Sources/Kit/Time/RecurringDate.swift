/// The calendar a birthday or another yearly date was recorded in.
package enum RecurringCalendar: String, Sendable { case solar, lunar }

/// A birthday or another yearly date: month and day of a calendar, possibly without a year. Never an instant (T1).
package struct RecurringDate: Hashable, Sendable {
    package let calendar: RecurringCalendar
    /// The year it began in, in its own calendar.
    package let year: Int?
    package let month: Int
    package let day: Int
    /// True, for lunar dates only, in the second of two months with the same number.
    package let leapMonth: Bool

    /// Nil for a day that no year has, for 29 February of a common year, and for a solar leap month. A lunar day is not
    /// checked against its own year: people may remember the 30th of a 29-day month, and it is kept as they say it.
    package init?(
        calendar: RecurringCalendar = .solar, year: Int? = nil, month: Int, day: Int, leapMonth: Bool = false
    ) {
        guard (1...12).contains(month), day >= 1, year.map((1...9999).contains) ?? true else { return nil }
        switch calendar {
        case .solar:
            guard !leapMonth, day <= LocalDate.length(ofMonth: month, year: year ?? 2000) else { return nil }
        case .lunar:
            guard day <= 30 else { return nil }
        }
        self.calendar = calendar
        self.year = year
        self.month = month
        self.day = day
        self.leapMonth = leapMonth
    }

    /// Whether year `y` of its calendar has an occasion: the year it began is not one.
    package func recurs(inYear y: Int) -> Bool { year.map { y > $0 } ?? true }

    /// Its date in year `y` of its calendar: first the month is chosen, then the day. Nil when the policy leaves that
    /// year out, and outside the lunar table. Does not ask `recurs(inYear:)`.
    package func date(inYear y: Int, _ policy: BirthdayPolicy) -> LocalDate? {
        switch calendar {
        case .solar: solarDate(inYear: y, policy)
        case .lunar: lunarDate(inYear: y, policy)
        }
    }

    /// The number of birthdays passed on that day, resolved as the trigger resolves them; nil without a year, and where
    /// the lunar table does not reach.
    package func age(on day: LocalDate, _ policy: BirthdayPolicy) -> Int? {
        guard let year else { return nil }
        if calendar == .lunar {
            guard year >= ChineseCalendar.supportedYears.lowerBound - 1, ChineseCalendar.lunar(of: day) != nil
            else { return nil }
        }
        let last = day.year
        guard last > year else { return 0 }
        // A member who is congratulated in leap years only grows older all the same, on the day after the 28th.
        if calendar == .solar, policy.leapDay == .leapYearsOnly {
            var everyYear = policy
            everyYear.leapDay = .mar1
            return age(on: day, everyYear)
        }
        if policy.canSkip(self) {
            return (year + 1...last).count { y in date(inYear: y, policy).map { $0 <= day } ?? false }
        }
        // Every year has a date, and none lies more than a year from that number.
        let passed = (max(last - 1, year)...last).last { y in date(inYear: y, policy).map { $0 <= day } ?? false }
        return max((passed ?? last - 2) - year, 0)
    }

    /// Whether an occasion is on that day, as the trigger resolves it.
    package func falls(on day: LocalDate, _ policy: BirthdayPolicy) -> Bool {
        years(around: day.year).contains { recurs(inYear: $0) && date(inYear: $0, policy) == day }
    }

    /// Its date in a Gregorian year, of two the later. Nil in a year without one.
    package func date(inGregorianYear year: Int, _ policy: BirthdayPolicy) -> LocalDate? {
        years(around: year).compactMap { date(inYear: $0, policy) }.last { $0.year == year }
    }

    /// The years of its calendar whose dates can lie in a Gregorian year, in order.
    private func years(around year: Int) -> [Int] { calendar == .solar ? [year] : [year - 1, year] }

    private func solarDate(inYear y: Int, _ policy: BirthdayPolicy) -> LocalDate? {
        if let date = LocalDate(y, month, day) { return date }
        return switch policy.leapDay {
        case .feb28: LocalDate(y, 2, 28)
        case .mar1: LocalDate(y, 3, 1)
        case .leapYearsOnly: nil
        }
    }

    private func lunarDate(inYear y: Int, _ policy: BirthdayPolicy) -> LocalDate? {
        let leap = leapMonth && ChineseCalendar.leapMonth(in: y) == month
        if leapMonth, !leap, policy.missingLunarLeapMonth == .skip { return nil }
        guard let length = ChineseCalendar.length(ofMonth: month, leap: leap, year: y) else { return nil }
        let existing = LunarDate(year: y, month: month, day: min(day, length), leap: leap)
        let date = ChineseCalendar.solar(of: existing)
        return day > length && policy.missingLunarDay30 == .nextDay ? date?.adding(days: 1) : date
    }
}
