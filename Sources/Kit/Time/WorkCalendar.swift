/// The days that a shop works: Monday to Friday but for its holidays, and the days made up for them.
package struct WorkCalendar: Hashable, Sendable {
    package var holidays: [ClosedRange<LocalDate>]
    /// Days that are worked although they are of a weekend or a holiday (调休).
    package var workdays: [ClosedRange<LocalDate>]

    package init(holidays: [ClosedRange<LocalDate>] = [], workdays: [ClosedRange<LocalDate>] = []) {
        self.holidays = holidays
        self.workdays = workdays
    }

    package func isWorkday(_ day: LocalDate) -> Bool {
        if workdays.contains(where: { $0.contains(day) }) { return true }
        return day.weekday <= 5 && !holidays.contains { $0.contains(day) }
    }
}
