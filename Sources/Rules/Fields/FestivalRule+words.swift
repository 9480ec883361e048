import Kit

extension FestivalRule {
    /// When it is, in words: `second Sunday of month 5`.
    package var words: Bilingual {
        switch self {
        case .solar(let month, let day): Bilingual("\(padded(month, 2))-\(padded(day, 2))", "公历 \(month) 月 \(day) 日")
        case .lunar(let month, let day):
            Bilingual("day \(day) of lunar month \(month)", "农历 \(month) 月 \(day) 日")
        case .newYearsEve: Bilingual("the last day of the lunar year", "农历年的最后一天")
        case .solarTerm(let term): Bilingual("solar term \(term.rawValue)", "节气\(term.chinese)")
        case .nth(let n, let weekday, let month):
            Bilingual(
                "\(FestivalRule.ordinals[n - 1]) \(FestivalRule.weekdays[weekday - 1]) of month \(month)",
                "\(month) 月第 \(n) 个星期\(FestivalRule.chineseDays[weekday - 1])")
        }
    }

    private static let ordinals = ["first", "second", "third", "fourth", "fifth"]
    private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let chineseDays = ["一", "二", "三", "四", "五", "六", "日"]
}
