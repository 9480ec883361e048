import Kit
import Foundation
import Policies
import Rules

/// Words in both languages; each sentence is written where it is used, once in each.
struct Phrases {
    let language: Language

    func callAsFunction(_ english: String, _ chinese: String) -> String { language == .english ? english : chinese }

    /// `a, b or c`.
    func alternatives(_ items: [String]) -> String { joined(items, self(" or ", " 或 ")) }
    func sum(_ items: [String]) -> String { joined(items, self(" and ", " 和 ")) }
    func list(_ items: [String]) -> String { items.joined(separator: self(", ", "、")) }

    private func joined(_ items: [String], _ last: String) -> String {
        guard let end = items.last, items.count > 1 else { return items.first ?? "" }
        return list(Array(items.dropLast())) + last + end
    }

    /// `10 March`.
    func day(_ date: LocalDate) -> String {
        let (_, month, day) = date.civil
        return self("\(day) \(Phrases.months[month - 1])", "\(month)月\(day)日")
    }

    /// `六月三十`, `闰四月初八`; in English `month 6 day 30`.
    func lunarDay(_ month: Int, _ day: Int, isLeap: Bool) -> String {
        let months = ["正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊"]
        let digits = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]
        let tens = day <= 10 ? "初" : day < 20 ? "十" : day == 20 ? "二" : day < 30 ? "廿" : "三"
        return self(
            "\(isLeap ? "leap " : "")month \(month) day \(day)",
            "\(isLeap ? "闰" : "")\(months[(month + 11) % 12])月\(tens)\(digits[(day + 9) % 10])")
    }

    /// `Monday`; 1 is Monday.
    func weekday(_ day: Int) -> String {
        let english = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][(day + 6) % 7]
        return self(english, "周" + ["一", "二", "三", "四", "五", "六", "日"][(day + 6) % 7])
    }

    /// `three days before`.
    func daysBefore(_ days: Int) -> String {
        switch days {
        case 0: self("on the day", "当天")
        case 1: self("one day before", "提前 1 天")
        default: self("\(number(days)) days before", "提前 \(days) 天")
        }
    }

    /// `three days after`.
    func daysAfter(_ days: Int) -> String {
        self(days == 1 ? "one day after" : "\(number(days)) days after", "之后 \(days) 天")
    }

    /// `12h30m`; in Chinese with the units in words.
    func span(_ text: String) -> String {
        guard language == .chinese else { return text }
        let units: [Character: String] = ["m": "分钟", "h": "小时", "d": "天", "w": "周"]
        return text.matches(of: /([0-9]+)([mhdw])/).map {
            "\($0.output.1) \(units[Character(String($0.output.2))] ?? "")"
        }
        .joined(separator: " ")
    }

    func times(_ count: Int) -> String { count == 1 ? self("once", "1 次") : self("\(count) times", "\(count) 次") }

    private func number(_ count: Int) -> String {
        Phrases.numbers.indices.contains(count) ? Phrases.numbers[count] : String(count)
    }

    /// `2%`, `2.5%`.
    func share(_ basisPoints: Int) -> String {
        let rest = basisPoints % 100
        guard rest != 0 else { return "\(basisPoints / 100)%" }
        return "\(basisPoints / 100).\(rest % 10 == 0 ? String(rest / 10) : padded(rest, 2))%"
    }

    /// `2026-03-07 09:30`, with seconds only when they are not zero.
    static func clock(_ instant: Instant, _ zone: Zone) -> String {
        let text = zone.rfc3339(instant).replacing("T", with: " ")
        let seconds = text.dropFirst(16).prefix { $0 != "+" && $0 != "-" }
        return String(text.prefix(16)) + (seconds == ":00" ? "" : seconds)
    }

    private static let numbers = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
