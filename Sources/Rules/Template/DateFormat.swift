import Kit

/// A strftime format in the C locale, read once when the template is compiled.
struct DateFormat: Sendable {
    private enum Padding { case usual, none, zeros, blanks }
    private enum Part {
        case text(String)
        case field(UInt8, Padding, upper: Bool)
    }
    private let parts: [Part]

    /// False for a text without any code, such as `YYYY-MM-DD`, which would be printed unchanged.
    var hasCode: Bool { parts.contains { if case .field = $0 { true } else { false } } }

    /// Nil with the first unknown code as written, for instance `%Q`.
    static func read(_ format: String) -> (format: DateFormat?, unknown: String) {
        var parts: [Part] = []
        var text: [UInt8] = []
        let bytes = Array(format.utf8)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            let start = index
            index += 1
            var padding = Padding.usual
            var upper = false
            flags: while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "-"): padding = .none
                case UInt8(ascii: "0"): padding = .zeros
                case UInt8(ascii: "_"): padding = .blanks
                case UInt8(ascii: "^"): upper = true
                default: break flags
                }
                index += 1
            }
            guard index < bytes.count, known.contains(bytes[index]) else {
                return (nil, String(decoding: bytes[start..<min(index + 1, bytes.count)], as: UTF8.self))
            }
            if !text.isEmpty { parts.append(.text(String(decoding: text, as: UTF8.self))) }
            text = []
            parts.append(.field(bytes[index], padding, upper: upper))
            index += 1
        }
        if !text.isEmpty { parts.append(.text(String(decoding: text, as: UTF8.self))) }
        return (DateFormat(parts: parts), "")
    }

    /// False where every date would print the same words: no code, or only `%%`, `%n` and `%t`.
    var hasField: Bool {
        parts.isEmpty
            || parts.contains { part in
                if case .field(let code, _, _) = part { !"%nt".utf8.contains(code) } else { false }
            }
    }

    /// Our codes for the letters of other tools: `%Y-%m-%d` for `YYYY-MM-DD`; `%m月%d日` where there are none.
    static func ours(for format: String) -> String {
        var text = format
        for (theirs, code) in [
            ("yyyy", "%Y"), ("YYYY", "%Y"), ("yy", "%y"), ("YY", "%y"), ("MM", "%m"), ("dd", "%d"), ("DD", "%d"),
            ("HH", "%H"), ("hh", "%I"), ("mm", "%M"), ("ss", "%S"), ("SS", "%S"),
        ] {
            text = text.replacing(theirs, with: code)
        }
        // A letter that stood twice is a code by now.
        if !text.contains("%m") { text = text.replacing("M月", with: "%-m月") }
        if !text.contains("%d") { text = text.replacing("d日", with: "%-d日").replacing("D日", with: "%-d日") }
        let isWhole = read(text).format?.hasField == true
        return isWhole ? text : "%m月%d日"
    }

    private static let known = Set("YCymdejHkIlMSpPaAbBhuwFDTRnt%".utf8)
    private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// - Parameter micros: Microseconds since local midnight.
    func text(_ date: LocalDate, _ micros: Int64) -> String {
        let moment = Fields(date, micros)
        var out = ""
        for part in parts {
            switch part {
            case .text(let text): out += text
            case .field(let code, let padding, let upper):
                let text = DateFormat.field(code, padding, moment)
                out += upper ? text.uppercased() : text
            }
        }
        return out
    }

    private struct Fields {
        let date: LocalDate
        let year, month, day, hour, minute, second: Int
        init(_ date: LocalDate, _ micros: Int64) {
            self.date = date
            (year, month, day) = date.civil
            let seconds = Int(micros / 1_000_000)
            (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        }
    }

    private static func field(_ code: UInt8, _ padding: Padding, _ at: Fields) -> String {
        func number(_ value: Int, _ width: Int, blank: Bool = false) -> String {
            let digits = String(value)
            guard padding != .none, digits.utf8.count < width else { return digits }
            let filler = padding == .blanks || (blank && padding == .usual) ? " " : "0"
            return String(repeating: filler, count: width - digits.utf8.count) + digits
        }
        let weekday = at.date.weekday
        let hour12 = (at.hour + 11) % 12 + 1
        switch Character(Unicode.Scalar(code)) {
        case "Y": return String(at.year)
        case "C": return number(at.year / 100, 2)
        case "y": return number(at.year % 100, 2)
        case "m": return number(at.month, 2)
        case "d": return number(at.day, 2)
        case "e": return number(at.day, 2, blank: true)
        case "j": return number(at.date.days - (LocalDate(at.year, 1, 1)?.days ?? at.date.days) + 1, 3)
        case "H": return number(at.hour, 2)
        case "k": return number(at.hour, 2, blank: true)
        case "I": return number(hour12, 2)
        case "l": return number(hour12, 2, blank: true)
        case "M": return number(at.minute, 2)
        case "S": return number(at.second, 2)
        case "p": return at.hour < 12 ? "AM" : "PM"
        case "P": return at.hour < 12 ? "am" : "pm"
        case "A": return weekdays[weekday - 1]
        case "a": return String(weekdays[weekday - 1].prefix(3))
        case "B": return months[at.month - 1]
        case "b", "h": return String(months[at.month - 1].prefix(3))
        case "u": return String(weekday)
        case "w": return String(weekday % 7)
        case "F": return at.date.text
        case "D": return "\(padded(at.month, 2))/\(padded(at.day, 2))/\(padded(at.year % 100, 2))"
        case "T": return "\(padded(at.hour, 2)):\(padded(at.minute, 2)):\(padded(at.second, 2))"
        case "R": return "\(padded(at.hour, 2)):\(padded(at.minute, 2))"
        case "n": return "\n"
        case "t": return "\t"
        default: return "%"
        }
    }
}

/// The date and the clock as written, whatever the offset: `2026-03-17`, `2026-03-17 10:00`,
/// `2026-03-17T10:00:00+08:00`. Nil for anything else.
func writtenDate(_ text: String) -> (date: LocalDate, micros: Int64)? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
        guard range.upperBound <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[range] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
    guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D, let year = number(0..<4), let month = number(5..<7),
        let day = number(8..<10), let date = LocalDate(year, month, day)
    else { return nil }
    if bytes.count == 10 { return (date, 0) }
    guard bytes[10] == 0x20 || bytes[10] == 0x54, bytes.count >= 16, bytes[13] == 0x3A, let hour = number(11..<13),
        let minute = number(14..<16), hour < 24, minute < 60
    else { return nil }
    var second = 0
    if bytes.count > 16, bytes[16] == 0x3A {
        guard let written = number(17..<19), written < 60 else { return nil }
        second = written
    }
    return (date, Int64(hour * 3600 + minute * 60 + second) * 1_000_000)
}
