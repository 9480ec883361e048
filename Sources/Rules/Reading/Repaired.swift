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

    /// What `1万`, `1.5万`, `3千` or `五` most likely stand for, as digits; nil where it is no whole number.
    static func counted(_ text: String) -> String? {
        let text = HalfWidth.ascii(text)
        if let value = ChineseNumber.value(text) { return String(value) }
        let units = ["万": 10_000, "千": 1000, "百": 100, "w": 10_000, "k": 1000]
        for unit in ["万元", "万", "千", "百", "w", "k"] where text.lowercased().hasSuffix(unit) {
            let digits = String(text.dropLast(unit.count)).withoutOuterSpaces
            guard let factor = units[String(unit.prefix(1))], let hundredths = Decimal2.hundredths(digits) else {
                return nil
            }
            let (product, isTooLarge) = hundredths.multipliedReportingOverflow(by: Int64(factor))
            return isTooLarge || product % 100 != 0 ? nil : String(product / 100)
        }
        return nil
    }

    /// The number alone of `100元`, `¥１００`, `1,299.00`, `3次`; nil for `3万`, whose unit is part of the number.
    static func number(_ text: String) -> String? {
        var text = HalfWidth.ascii(text)
        for sign in ["¥", "￥", "$"] where text.hasPrefix(sign) { text = String(text.dropFirst(sign.count)) }
        for unit in countWords where text.hasSuffix(unit) {
            text = String(text.dropLast(unit.count))
            break
        }
        text = text.withoutOuterSpaces
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

    private static let countWords = [
        "元整", "人民币", "积分", "元", "块", "天", "日", "次", "张", "件", "岁", "人", "位", "名", "条", "个", "单", "笔",
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
