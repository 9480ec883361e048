import Kit

/// The possible meaning of a text as a time of day: one reading without doubt, or several to choose from.
enum TypedTime: Equatable {
    /// One reading: `9:30`, `09：30`, `09:30:00`, `15点`.
    case same(LocalTime)
    /// A clock of twelve hours, `9点半` without a part of the day, or `24:00`: the author has to choose.
    case readings([LocalTime])

    init?(_ typed: String) {
        var text = ChineseNumber.inDigits(HalfWidth.ascii(typed).lowercased())
        if let time = TypedTime.named[text] {
            self = .readings([time])
            return
        }
        let part = PartOfDay.taken(from: &text)
        let isChinese = text.contains("点") || text.contains("时")
        // A point between hours and minutes may be one of a number.
        let isDotted = text.contains(".") && !text.contains(":")
        if isDotted { text = text.replacing(".", with: ":") }
        guard let (hour, minute) = TypedTime.clock(text) else { return nil }
        if hour == 24, minute == 0 {
            self = .readings([LocalTime(0, 0)].compactMap { $0 })
            return
        }
        guard let time = LocalTime(hour, minute) else { return nil }
        if let part {
            let hours = part.hours(hour)
            self = .readings(hours.compactMap { LocalTime($0, minute) })
        } else if isDotted {
            self = .readings([time])
        } else if isChinese, hour <= 12, hour > 0 {
            self = .readings([hour, (hour + 12) % 24].compactMap { LocalTime($0, minute) })
        } else {
            self = .same(time)
        }
    }

    /// Times of day that have a name.
    private static let named: [String: LocalTime] = {
        var table: [String: LocalTime] = [:]
        for word in ["中午", "正午", "noon", "midday"] { table[word] = LocalTime(12, 0) }
        for word in ["半夜", "午夜", "零点", "midnight"] { table[word] = LocalTime(0, 0) }
        return table
    }()

    var times: [LocalTime] {
        switch self {
        case .same(let time): [time]
        case .readings(let times): times
        }
    }

    /// Hours and minutes of `9:30`, `09:30:00`, `9点半`, `9时30分`, `9`, where the last needs a part of the day.
    private static func clock(_ text: String) -> (hour: Int, minute: Int)? {
        var text = text
        for (word, sign) in [
            ("点半", ":30"), ("点一刻", ":15"), ("点三刻", ":45"), ("点整", ":00"), ("点钟", ":00"), ("点", ":"), ("时", ":"),
            ("分", ""),
        ] {
            text = text.replacing(word, with: sign)
        }
        if text.hasSuffix(":") { text += "00" }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.count == 2 || parts[2] == "00", parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1])
        else { return nil }
        return (hour, minute)
    }
}

/// The half or quarter of a day that a clock of twelve hours is about.
private enum PartOfDay {
    case am, morning, dawn, noon, afternoon, evening

    /// The part that the text begins or ends with, which is removed from it.
    static func taken(from text: inout String) -> PartOfDay? {
        for (word, part) in words where text.hasPrefix(word) || text.hasSuffix(word) {
            text = text.replacing(word, with: "").withoutOuterSpaces
            // `9 pm`, `9pm`
            if text.utf8.count <= 2, Int(text) != nil { text += ":00" }
            return part
        }
        return nil
    }

    private static let words: [(String, PartOfDay)] = [
        ("上午", .morning), ("早上", .morning), ("早晨", .morning), ("清晨", .morning), ("凌晨", .dawn), ("中午", .noon),
        ("下午", .afternoon), ("傍晚", .afternoon), ("晚上", .evening), ("夜里", .evening), ("夜间", .evening), ("半夜", .evening),
        ("早", .morning), ("晚", .evening), ("a.m.", .am), ("p.m.", .afternoon), ("am", .am), ("pm", .afternoon),
    ]

    /// The possible hours of the day for `hour` in this part.
    func hours(_ hour: Int) -> [Int] {
        if hour > 12 { return [hour] }
        switch self {
        case .am, .dawn: return [hour % 12]
        case .morning: return hour == 12 ? [12, 0] : [hour]
        case .noon: return [hour < 4 ? hour + 12 : hour]
        case .afternoon: return [hour == 12 ? 12 : hour + 12]
        case .evening: return [hour == 12 || hour == 0 ? 0 : hour < 5 ? hour : hour + 12]
        }
    }
}
