/// What a value in Chinese typing most likely means, in the form that its place takes; nil when that is not plain.
enum Repaired {
    /// Full-width letters, digits and signs as ASCII, without quotes and spaces around: `“０９：３０”` is `09:30`.
    static func ascii(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF01...0xFF5E: result.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
            case 0x201C, 0x201D, 0x2018, 0x2019, 0x300C, 0x300D, 0x3000, 0xA0: continue
            default: result.append(scalar)
            }
        }
        return String(result).withoutOuterSpaces
    }

    /// `9:30`, `09：30`, `09:30:00`, `9点半`.
    static func time(_ text: String) -> String? {
        var text = ascii(text).lowercased()
        var isAfternoon = false
        for (word, later) in TimesOfDay.words {
            guard text.hasPrefix(word) || text.hasSuffix(word) else { continue }
            text = text.replacing(word, with: "").withoutOuterSpaces
            isAfternoon = later
            break
        }
        for (word, sign) in [("点半", ":30"), ("点整", ":00"), ("点", ":"), ("时", ":"), ("分", "")] {
            text = text.replacing(word, with: sign)
        }
        if text.hasSuffix(":") { text += "00" }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[1].utf8.count == 2, parts.count == 2 || parts[2] == "00",
            let hour = Int(parts[0]), let minute = Int(parts[1])
        else { return nil }
        return LocalTime(isAfternoon && hour < 12 ? hour + 12 : hour, minute)?.text
    }

    private enum TimesOfDay {
        static let words = [
            ("上午", false), ("早上", false), ("早", false), ("下午", true), ("晚上", true), ("傍晚", true), ("晚", true),
            ("am", false),
            ("pm", true),
        ]
    }

    /// `7天`, `24 hours`, `３０分钟`.
    static func span(_ text: String) -> Span? {
        let text = ascii(text).lowercased()
        if text == "半天" { return Span(12, .hours) }
        if let first = text.first, let number = "一二三四五六七八九".firstIndex(of: first == "两" ? "二" : first) {
            let count = "一二三四五六七八九".distance(from: "一二三四五六七八九".startIndex, to: number) + 1
            return units[String(text.dropFirst())].flatMap { Span(text: "\(count)\($0)") }
        }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = String(text.dropFirst(digits.count)).withoutOuterSpaces
        guard let letter = units[unit] else { return nil }
        return Span(text: "\(digits)\(letter)")
    }

    private static let units: [String: String] = {
        var table: [String: String] = [:]
        let words = [
            "m": "m min mins minute minutes 分 分钟", "h": "h hr hrs hour hours 小时 个小时 时",
            "d": "d day days 天 日", "w": "w week weeks 周 个周 星期 个星期 礼拜",
        ]
        for (unit, names) in words { for name in names.split(separator: " ") { table[String(name)] = unit } }
        return table
    }()

    /// `2026/3/8`, `2026年3月8日`, `２０２６-０３-０８`.
    static func date(_ text: String) -> LocalDate? {
        var text = ascii(text)
        for (word, sign) in [("年", "-"), ("月", "-"), ("日", ""), ("号", ""), ("/", "-"), (".", "-")] {
            text = text.replacing(word, with: sign)
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4,
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (0...9999).contains(year), (1...99).contains(month), (1...99).contains(day)
        else { return nil }
        return LocalDate(text: "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))")
    }

    /// The number alone of `100元`, `¥１００`, `1,299.00`, `3次`; not of `3万`, and `unit` must suit the place.
    static func number(_ text: String) -> String? {
        var text = ascii(text)
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

    /// `50％`, `５０%`, `50 %`, `0.5` not.
    static func percent(_ text: String) -> String? {
        let text = ascii(text)
        guard text.hasSuffix("%") else { return nil }
        let digits = String(text.dropLast()).withoutOuterSpaces
        return Decimal2.isDecimal(digits) ? digits + "%" : nil
    }
}
