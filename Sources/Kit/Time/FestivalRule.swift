/// The date of a festival, by the Chinese calendar at UTC+8: the same date for every zone, never in a leap month.
package enum FestivalRule: Sendable, Hashable {
    case solar(month: Int, day: Int)
    case lunar(month: Int, day: Int)
    /// The last day of the Chinese year, its twelfth month's 29th or 30th.
    case newYearsEve
    case solarTerm(SolarTerm)
    /// The nth such weekday of a month of the Gregorian year; 1 is Monday. A month without it has no festival.
    case nth(Int, weekday: Int, month: Int)

    package static let builtIn = Dictionary(uniqueKeysWithValues: Festival.builtIn.map { ($0.name, $0.rule) })

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
        case .newYearsEve:
            ChineseCalendar.solar(of: LunarDate(year: year, month: 1, day: 1)).map { [$0.adding(days: -1)] } ?? []
        case .solarTerm(let term): term.date(inYear: year).map { [$0] } ?? []
        case .nth(let n, let weekday, let month):
            FestivalRule.nth(n, weekday: weekday, of: month, year).map { [$0] } ?? []
        }
    }

    private static func nth(_ n: Int, weekday: Int, of month: Int, _ year: Int) -> LocalDate? {
        LocalDate(year, month, 1).flatMap { first in
            LocalDate(year, month, 1 + (weekday - first.weekday + 7) % 7 + 7 * (n - 1))
        }
    }
}

/// A festival that every shop knows.
package struct Festival: Sendable {
    /// The name in a rule: `mid_autumn`.
    package let name: String
    package let chinese: String
    package let rule: FestivalRule

    private init(_ name: String, _ chinese: String, _ rule: FestivalRule) {
        self.name = name
        self.chinese = chinese
        self.rule = rule
    }

    package static let builtIn = [
        Festival("new_years_eve", "除夕", .newYearsEve),
        Festival("spring_festival", "春节", .lunar(month: 1, day: 1)),
        Festival("lantern", "元宵节", .lunar(month: 1, day: 15)),
        Festival("qingming", "清明节", .solarTerm(.qingming)),
        Festival("dragon_boat", "端午节", .lunar(month: 5, day: 5)),
        Festival("qixi", "七夕节", .lunar(month: 7, day: 7)),
        Festival("mid_autumn", "中秋节", .lunar(month: 8, day: 15)),
        Festival("double_ninth", "重阳节", .lunar(month: 9, day: 9)),
        Festival("winter_solstice", "冬至", .solarTerm(.dongzhi)),
        Festival("new_year", "元旦", .solar(month: 1, day: 1)),
        Festival("valentines", "情人节", .solar(month: 2, day: 14)),
        Festival("womens_day", "妇女节", .solar(month: 3, day: 8)),
        Festival("labour_day", "劳动节", .solar(month: 5, day: 1)),
        Festival("mothers_day", "母亲节", .nth(2, weekday: 7, month: 5)),
        Festival("fathers_day", "父亲节", .nth(3, weekday: 7, month: 6)),
        Festival("national_day", "国庆节", .solar(month: 10, day: 1)),
        Festival("singles_day", "双十一", .solar(month: 11, day: 11)),
        Festival("thanksgiving", "感恩节", .nth(4, weekday: 4, month: 11)),
        Festival("christmas", "圣诞节", .solar(month: 12, day: 25)),
    ]
}
