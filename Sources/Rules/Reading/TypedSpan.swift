import Kit

/// The possible meaning of a text as a duration.
enum TypedSpan: Equatable {
    /// The same duration in other signs: `7天`, `24 hours`, `24H`, `３０分钟`.
    case same(Span)
    /// The most likely duration: `两天`, `半天`, `3日`.
    case likely(Span)
    /// Months and years, which differ in length: the days are approximate. `M` may also mean minutes.
    case months(days: Span?, minutes: Span?)

    init?(_ typed: String) {
        let text = HalfWidth.ascii(typed)
        if let minutes = TypedSpan.minutes(of: text) {
            self = .likely(Span(minutes, .minutes))
            return
        }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        if digits.isEmpty {
            guard let (count, rest) = TypedSpan.chineseCount(text) else { return nil }
            self.init(count: count, unit: rest, isPlain: false)
        } else {
            guard let count = Int(digits), count > 0 else { return nil }
            self.init(
                count: Double(count), unit: String(text.dropFirst(digits.count)).withoutOuterSpaces, isPlain: true)
        }
    }

    /// The duration that is meant; nil for months, whose length is not certain.
    var span: Span? {
        switch self {
        case .same(let span), .likely(let span): span
        case .months: nil
        }
    }

    /// Words for a time that never ends.
    static func isForever(_ text: String) -> Bool {
        let words = ["forever", "always", "永远", "永久", "一直", "无限", "无限期", "不限", "不限时", "长期", "unlimited", "infinite"]
        return words.contains(SameWord.folded(text))
    }

    /// The minutes of `1h30m`, `1.5h`, `1小时30分钟`, `一个半小时`; nil for everything else, days included, which are not
    /// always as long.
    private static func minutes(of text: String) -> Int? {
        var text = ChineseNumber.inDigits(text.replacing("个半小时", with: ".5小时").replacing("半小时", with: "0.5小时"))
            .lowercased()
        let hours = ["小时", "hours", "hour", "hrs", "hr", "h"]
        let minutes = ["分钟", "分", "minutes", "minute", "mins", "min", "m"]
        func count(_ units: [String]) -> Double? {
            let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let rest = String(text.dropFirst(digits.count)).withoutOuterSpaces
            guard let count = Double(digits), let unit = units.first(where: rest.hasPrefix) else { return nil }
            text = String(rest.dropFirst(unit.count)).withoutOuterSpaces
            return count
        }
        guard let whole = count(hours) else { return nil }
        let isPlain = text.isEmpty && whole == whole.rounded()
        let more = text.isEmpty ? 0 : count(minutes)
        guard let more, text.isEmpty, !isPlain else { return nil }
        let total = whole * 60 + more
        return total == total.rounded() && total > 0 && total < 100_000 ? Int(total) : nil
    }

    private init?(count: Double, unit: String, isPlain: Bool) {
        let lowered = unit.lowercased()
        if unit == "M" {
            self = .months(days: TypedSpan.span(count * 30, "d"), minutes: TypedSpan.span(count, "m"))
        } else if let days = TypedSpan.longUnits[lowered] {
            self = .months(days: TypedSpan.span((count * days).rounded(.down), "d"), minutes: nil)
        } else if let letter = TypedSpan.units[lowered], let span = TypedSpan.span(count, letter) {
            self = isPlain ? .same(span) : .likely(span)
        } else if let letter = TypedSpan.doubtful[lowered], let span = TypedSpan.span(count, letter) {
            self = .likely(span)
        } else if count == 0.5, lowered == "天" || lowered == "日" {
            self = .likely(Span(12, .hours))
        } else {
            return nil
        }
    }

    private static func span(_ count: Double, _ letter: String) -> Span? {
        count == count.rounded() && count < 1e6 ? Span(text: "\(Int(count))\(letter)") : nil
    }

    private static func chineseCount(_ text: String) -> (Double, String)? {
        let numbers: [Character: Double] = [
            "半": 0.5, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
        ]
        guard let first = text.first, let count = numbers[first] else { return nil }
        return (count, String(text.dropFirst()).withoutOuterSpaces)
    }

    /// The unit of a duration of nothing, such as `0d`.
    static func unit(ofNothing text: String) -> Span.Unit? {
        let digits = text.prefix { $0 == "0" }
        return digits.isEmpty ? nil : Span.Unit(rawValue: String(text.dropFirst(digits.count)))
    }

    private static let units = table([
        "m": "m min mins minute minutes 分钟", "h": "h hr hrs hour hours 小时 个小时 钟头", "d": "d day days 天",
        "w": "w week weeks 周 个周 星期 个星期 礼拜 个礼拜",
    ])
    /// The units with the words of a clock and of a calendar, whose meaning is less certain.
    private static let doubtful = table(["m": "分", "h": "时", "d": "日"])
    private static let longUnits: [String: Double] = [
        "mo": 30, "mon": 30, "mos": 30, "mth": 30, "month": 30, "months": 30, "月": 30, "个月": 30, "个整月": 30, "q": 90,
        "quarter": 90, "quarters": 90, "季度": 90, "个季度": 90, "y": 365, "yr": 365, "yrs": 365, "year": 365, "years": 365,
        "年": 365, "整年": 365,
    ]

    private static func table(_ words: [String: String]) -> [String: String] {
        var table: [String: String] = [:]
        for (unit, names) in words { for name in names.split(separator: " ") { table[String(name)] = unit } }
        return table
    }
}
