/// The date of a festival, by the Chinese calendar at UTC+8: the same date for every zone, never in a leap month.
package enum FestivalRule: Sendable, Hashable {
    case solar(month: Int, day: Int)
    case lunar(month: Int, day: Int)
    case qingming

    package static let builtIn: [String: FestivalRule] = [
        "spring_festival": .lunar(month: 1, day: 1),
        "lantern": .lunar(month: 1, day: 15),
        "qingming": .qingming,
        "dragon_boat": .lunar(month: 5, day: 5),
        "qixi": .lunar(month: 7, day: 7),
        "mid_autumn": .lunar(month: 8, day: 15),
        "double_ninth": .lunar(month: 9, day: 9),
        "new_year": .solar(month: 1, day: 1),
        "valentines": .solar(month: 2, day: 14),
        "womens_day": .solar(month: 3, day: 8),
        "labour_day": .solar(month: 5, day: 1),
        "national_day": .solar(month: 10, day: 1),
        "singles_day": .solar(month: 11, day: 11),
        "christmas": .solar(month: 12, day: 25),
    ]

    /// Every date of it in that Gregorian year, in order: a lunar one late in its year can come twice or not at all
    /// (腊八). `policy` decides on a 29 February or a 30th that the year lacks. Empty outside the lunar table.
    package func dates(inGregorianYear year: Int, _ policy: BirthdayPolicy = .standard) -> [LocalDate] {
        switch self {
        case .solar(let month, let day):
            RecurringDate(month: month, day: day)?.date(inYear: year, policy).map { [$0] } ?? []
        case .lunar(let month, let day):
            [year - 1, year].compactMap {
                RecurringDate(calendar: .lunar, month: month, day: day)?.date(inYear: $0, policy)
            }.filter { $0.year == year }
        case .qingming:
            ChineseCalendar.qingming(in: year).map { [$0] } ?? []
        }
    }
}
