/// One of the 24 solar terms, by its name in pinyin, Xiaohan in January first.
package enum SolarTerm: String, Sendable, Hashable, CaseIterable {
    case xiaohan, dahan, lichun, yushui, jingzhe, chunfen, qingming, guyu, lixia, xiaoman, mangzhong, xiazhi
    case xiaoshu, dashu, liqiu, chushu, bailu, qiufen, hanlu, shuangjiang, lidong, xiaoxue, daxue, dongzhi

    private static let chineseNames = [
        "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至",
        "小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
    ]
    private static let places = Dictionary(uniqueKeysWithValues: zip(allCases, allCases.indices))

    /// The position in the year, from 0; each month has two.
    private var place: Int { SolarTerm.places[self] ?? 0 }

    package var chinese: String { SolarTerm.chineseNames[place] }

    /// Its day at UTC+8, from our own table. Nil outside the years 1901 to 2100.
    package func date(inYear year: Int) -> LocalDate? {
        guard ChineseCalendar.supportedYears.contains(year) else { return nil }
        let later = SolarTermTable.years[year - SolarTermTable.firstYear] >> UInt64(2 * place) & 3
        return LocalDate(year, place / 2 + 1, SolarTermTable.earliest[place] + Int(later))
    }
}
