import Kit

/// The most likely meaning of a value in Chinese typing, in the form that its place takes; nil when it is not obvious.
enum Repaired {
    /// `2026/3/8`, `2026年3月8日`, `２０２６-０３-０８`; `isSame` where only full-width signs and quotes differ.
    static func date(_ text: String) -> (date: LocalDate, isSame: Bool)? {
        if let date = LocalDate(text: HalfWidth.ascii(text)) { return (date, true) }
        var text = HalfWidth.ascii(text)
        for (word, sign) in [("年", "-"), ("月", "-"), ("日", ""), ("号", ""), ("/", "-"), (".", "-")] {
            text = text.replacing(word, with: sign)
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4,
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (0...9999).contains(year), (1...99).contains(month), (1...99).contains(day)
        else { return nil }
        return LocalDate(text: "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))").map { ($0, false) }
    }

    /// The days that the text can mean: one for those of `date`, one or two for `10/31/2026` and `03/08/2026`, where the
    /// month or the day may stand first.
    static func dates(_ text: String) -> [LocalDate] {
        if let date = date(text)?.date { return [date] }
        let parts = HalfWidth.ascii(text).split(omittingEmptySubsequences: false) { "/-.".contains($0) }.map(
            String.init)
        guard parts.count == 3, parts[2].utf8.count == 4 else { return [] }
        let readings = [(parts[0], parts[1]), (parts[1], parts[0])].compactMap { month, day in
            date("\(parts[2])-\(month)-\(day)")?.date
        }
        return Array(readings.prefix(readings.first == readings.last ? 1 : 2))
    }

    /// `12-08` of `12-8`, `9月9号`, `腊月初八`, `June 18`, `2026-12-08`.
    static func monthAndDay(_ typed: String, isLunar: Bool) -> String? {
        var text = HalfWidth.ascii(typed)
        for word in ["农历", "阴历", "公历", "阳历", "每年"] where text.hasPrefix(word) {
            text = String(text.dropFirst(word.count))
        }
        for (word, sign) in [
            ("正月", "1月"), ("冬月", "11月"), ("腊月", "12月"), ("月初", "月"), ("廿", "二十"), ("年", "-"), ("月", "-"), ("日", ""),
            ("号", ""),
            ("/", "-"), (".", "-"), (" ", "-"),
        ] {
            text = text.replacing(word, with: sign)
        }
        var parts = ChineseNumber.inDigits(text).split(separator: "-", omittingEmptySubsequences: false).map(
            String.init)
        if parts.count == 3, parts[0].utf8.count == 4 { parts.removeFirst() }
        guard parts.count == 2 else { return nil }
        let months = parts.map { NumberWord.months[$0.lowercased()] }
        let numbers = parts.map { Decimal2.wholeNumber($0) }
        guard let month = months[0] ?? months[1] ?? numbers[0],
            let day = months[0] == nil && months[1] != nil ? numbers[0] : numbers[1],
            (1...12).contains(month), day >= 1,
            day <= (isLunar ? 30 : LocalDate.length(ofMonth: month, year: 2000))
        else { return nil }
        return "\(padded(month, 2))-\(padded(day, 2))"
    }

    /// `2026-03-08 12:00` for `2026/3/8 12:00`, `2026年3月8日 9:05`, `2026.03.08 12:00:30`.
    static func dateAndTime(_ text: String) -> String? {
        let parts = HalfWidth.ascii(text).split { " T".contains($0) }.map(String.init)
        guard let first = parts.first, let date = date(first)?.date, (1...2).contains(parts.count) else { return nil }
        guard parts.count == 2 else { return date.text }
        let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(clock.count), let hour = Int(clock[0]), let minute = Int(clock[1]),
            let second = clock.count == 3 ? Int(clock[2]) : 0, (0...59).contains(second),
            let time = LocalTime(hour, minute)
        else { return nil }
        return "\(date.text) \(time.text)" + (clock.count == 3 ? ":\(padded(second, 2))" : "")
    }

    /// What `1万`, `1.5万`, `3千`, `五`, `六月` or `third` most likely stand for, as digits; nil where it is no whole number.
    static func counted(_ text: String) -> String? {
        let text = HalfWidth.ascii(text)
        if let value = NumberWord.value(text) { return String(value) }
        let units = ["万": 10_000, "千": 1000, "百": 100, "k": 1000]
        for unit in ["万元", "万", "千", "百", "k"] where text.lowercased().hasSuffix(unit) {
            let digits = String(text.dropLast(unit.count)).withoutOuterSpaces
            guard let factor = units[String(unit.prefix(1))], let hundredths = Decimal2.hundredths(digits) else {
                return nil
            }
            let (product, isTooLarge) = hundredths.multipliedReportingOverflow(by: Int64(factor))
            return isTooLarge || product % 100 != 0 ? nil : String(product / 100)
        }
        return nil
    }

    /// The days of `2w`, `两周`, `三天` or `五`, where days are counted.
    static func days(_ text: String) -> String? {
        if let value = NumberWord.value(HalfWidth.ascii(text)) { return String(value) }
        let span = Span(text: text) ?? TypedSpan(text)?.span
        switch span?.unit {
        case .days?: return span.map { "\($0.amount)" }
        case .weeks?: return span.map { "\($0.amount * 7)" }
        default: return nil
        }
    }

    /// The yuan of `5分`, `两角` or `一毛`; nil for other amounts.
    static func smallMoney(_ text: String) -> String? {
        let text = ChineseNumber.inDigits(HalfWidth.ascii(text))
        for (unit, fen) in [("分钱", 1), ("分", 1), ("角", 10), ("毛钱", 10), ("毛", 10)] where text.hasSuffix(unit) {
            let digits = String(text.dropLast(unit.count)).withoutOuterSpaces
            guard let count = Decimal2.wholeNumber(digits), (0..<1_000_000).contains(count) else { return nil }
            let (yuan, rest) = (count * fen / 100, count * fen % 100)
            return rest == 0 ? "\(yuan)" : rest % 10 == 0 ? "\(yuan).\(rest / 10)" : "\(yuan).\(padded(rest, 2))"
        }
        return nil
    }

    /// The number alone of `100元`, `¥１００`, `1,299.00`, `3次`, `66。5`, `v1`, and of `2 ＃ 注释`, whose sign begins no
    /// remark; nil for `3万`, whose unit is part of the number.
    static func number(_ text: String) -> String? {
        var text = HalfWidth.ascii(text)
        text = String(text.prefix { $0 != "#" }).replacing("。", with: ".").withoutOuterSpaces
        for sign in ["¥", "￥", "$", "v"] where text.hasPrefix(sign) { text = String(text.dropFirst(sign.count)) }
        text = withoutUnit(text)
        if text.contains(",") {
            let whole = text.split(separator: ".", omittingEmptySubsequences: false)[0]
            let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
            guard groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }), (1...3).contains(groups[0].utf8.count) else {
                return nil
            }
            text = text.replacing(",", with: "")
        }
        return Decimal2.isDecimal(text) ? text : nil
    }

    /// The text without the word behind its number.
    static func withoutUnit(_ text: String) -> String {
        for unit in countWords where text.hasSuffix(unit) {
            return String(text.dropLast(unit.count)).withoutOuterSpaces
        }
        return text
    }

    private static let countWords = [
        "元整", "人民币", "积分", "元", "块", "天", "日", "号", "次", "张", "件", "周岁", "岁", "人", "位", "名", "条", "个", "单", "笔",
        "分", "月份", "月", "倍", "版", "封", "每分钟", "/分钟", "/分", "/minute", "/min", " per minute", " a minute",
        "days", "day", "times", "yuan", "RMB", "CNY", "d",
    ]

    /// The percentage of `50％`, `５０%`, `50 %`; nil for `0.5`.
    static func percent(_ text: String) -> String? {
        var text = HalfWidth.ascii(text)
        if text.hasSuffix(" percent") { text = String(text.dropLast(" percent".count)) + "%" }
        if text.hasPrefix("百分之") { text = String(text.dropFirst(3)) + "%" }
        guard text.hasSuffix("%") else { return nil }
        let digits = String(text.dropLast()).withoutOuterSpaces
        return Decimal2.isDecimal(digits) ? digits + "%" : nil
    }
}
