/// The day of a yearly date in a year that lacks it: `birthdays` in the settings (T5, T6).
package struct BirthdayPolicy: Sendable, Hashable {
    /// 29 February in a common year.
    package enum LeapDay: String, Sendable, CaseIterable {
        case feb28 = "feb_28"
        case mar1 = "mar_1"
        case leapYearsOnly = "leap_years_only"
    }

    /// A leap month in a year without it. Where it is present, it is always used.
    package enum LeapMonth: String, Sendable, CaseIterable {
        case sameMonth = "same_month"
        case skip
    }

    /// The 30th of a month with 29 days.
    package enum Day30: String, Sendable, CaseIterable {
        case lastDay = "last_day"
        case nextDay = "next_day"
    }

    package var leapDay: LeapDay
    package var missingLunarLeapMonth: LeapMonth
    package var missingLunarDay30: Day30

    package init(
        leapDay: LeapDay = .feb28, missingLunarLeapMonth: LeapMonth = .sameMonth, missingLunarDay30: Day30 = .lastDay
    ) {
        self.leapDay = leapDay
        self.missingLunarLeapMonth = missingLunarLeapMonth
        self.missingLunarDay30 = missingLunarDay30
    }

    package static let standard = BirthdayPolicy()

    /// True when there are years in which that date has no day at all.
    func canSkip(_ date: RecurringDate) -> Bool {
        switch date.calendar {
        case .solar: leapDay == .leapYearsOnly && date.month == 2 && date.day == 29
        case .lunar: missingLunarLeapMonth == .skip && date.leapMonth
        }
    }
}
