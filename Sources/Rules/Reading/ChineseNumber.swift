/// Numbers from 0 to 99 in Chinese characters: `八`, `十二`, `二十一`, `两`.
enum ChineseNumber {
    private static let digits: [Character: Int] = [
        "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    ]

    static func value(_ text: String) -> Int? {
        let parts = text.split(separator: "十", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return digit(text)
        case 2:
            let tens = parts[0].isEmpty ? 1 : digit(parts[0])
            let ones = parts[1].isEmpty ? 0 : digit(parts[1])
            guard let tens, let ones, tens > 0 else { return nil }
            return tens * 10 + ones
        default: return nil
        }
    }

    private static func digit(_ text: String) -> Int? { text.count == 1 ? text.first.flatMap { digits[$0] } : nil }

    /// The text with every such number in digits: `晚上八点` is `晚上8点`.
    static func inDigits(_ text: String) -> String {
        var (result, run) = ("", "")
        for letter in text + "\u{0}" {
            if digits[letter] != nil || letter == "十" {
                run.append(letter)
                continue
            }
            if !run.isEmpty { result += value(run).map(String.init) ?? run }
            run = ""
            result.append(letter)
        }
        return String(result.dropLast())
    }
}
