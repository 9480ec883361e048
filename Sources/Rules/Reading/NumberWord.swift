/// Numbers that are written as words: `五`, `六月`, `third`, `May`.
enum NumberWord {
    static func value(_ text: String) -> Int? {
        let word = text.lowercased()
        if let value = months[word] ?? numerals[word] ?? ordinals[word] { return value }
        let counted = Repaired.withoutUnit(text.hasPrefix("第") ? String(text.dropFirst()) : text)
        return ChineseNumber.value(text) ?? ChineseNumber.value(counted)
    }

    /// The months by their English names, in full and in three letters.
    static let months: [String: Int] = {
        let names = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november",
            "december",
        ]
        var table = ["sept": 9]
        for (index, name) in names.enumerated() {
            table[name] = index + 1
            table[String(name.prefix(3))] = index + 1
        }
        return table
    }()

    private static let numerals = table("one two three four five six seven eight nine ten eleven twelve")
    private static let ordinals: [String: Int] = {
        let words = table("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
        return words.merging(table("1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th")) { first, _ in first }
    }()

    private static func table(_ words: String) -> [String: Int] {
        words.split(separator: " ").enumerated().reduce(into: [:]) { $0[String($1.element)] = $1.offset + 1 }
    }
}
