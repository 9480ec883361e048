import Kit
import Foundation
import Policies
import Rules

/// The words of `explain` in both languages: each sentence stands where it is used, once in each.
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

    /// `three days before`.
    func daysBefore(_ days: Int) -> String {
        switch days {
        case 0: self("on the day", "当天")
        case 1: self("one day before", "提前 1 天")
        default: self("\(number(days)) days before", "提前 \(days) 天")
        }
    }

    /// `12h30m`; in Chinese with its units in words.
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

    func outcome(_ outcome: Outcome) -> String {
        guard language == .chinese else { return outcome.rawValue.replacing("_", with: " ") }
        switch outcome {
        case .sent: return "已发送"
        case .taskCreated: return "已派任务"
        case .done: return "已完成"
        case .waiting: return "等待中"
        case .held: return "暂缓"
        case .skipped: return "跳过"
        case .cancelled: return "已取消"
        case .suppressed: return "不发"
        case .heldOut: return "对照组"
        case .missed: return "错过"
        case .failed: return "失败"
        case .notDue: return "未到时间"
        }
    }

    private static let numbers = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}

/// Values as people read them: money in yuan, times on the member's clock, addresses masked.
struct ShownValues {
    let zone: Zone

    func text(_ value: Value, of field: Field) -> String { masked(text(value), field.name) }

    func text(_ value: Value) -> String {
        switch value {
        case .text(let text): text
        case .number(let number): JSONText.number(number).rendered
        case .money(let fen): fen % 100 == 0 ? String(fen / 100) : Value.money2(fen)
        case .date(let date): date.text
        case .instant(let instant): TestWording.clock(instant, zone)
        case .list(let items): items.joined(separator: ", ")
        case .bool(let flag): flag ? "true" : "false"
        }
    }

    /// By the field's name, and by what looks like an address wherever it stands.
    func masked(_ text: String, _ field: String) -> String {
        switch field {
        case "member.phone": Mask.phone(text)
        case "member.display_name": text.prefix(1) + "**"
        case "member.email": Mask.email(text)
        case "member.wechat_openid", "member.wecom_external_userid": Mask.id(text)
        default: ShownValues.masked(text)
        }
    }

    static func masked(_ text: String) -> String {
        text.replacing(/[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+/) { Mask.email(String($0.output.0)) }
            .replacing(/(?:\+86)?1[3-9][0-9]{9}/) { Mask.phone(String($0.output)) }
    }
}
