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
        let text = HalfWidth.ascii(text)
        guard text.hasSuffix("%") else { return nil }
        let digits = String(text.dropLast()).withoutOuterSpaces
        return Decimal2.isDecimal(digits) ? digits + "%" : nil
    }
}
