import Kit

/// Removes what spreadsheets and databases wrap around a value.
enum CellText {
    /// The cell of a column: bare, without marks that nobody sees where they have no meaning, and empty for a word that
    /// says there is nothing.
    static func value(_ text: String, of column: Column) -> String {
        let type = column.type
        if type == .json { return text }
        let bare = bare(type.isPlain ? Invisible.removed(from: text) : text)
        return type.hasWordsForNothing && isNothing(bare) ? "" : bare
    }

    /// Whether a bare text stands for a value that nobody knows.
    static func isNothing(_ bare: String) -> Bool { bare.utf8.count <= longestNoValue && noValue.contains(bare) }

    /// Strips white space, the apostrophe or `="…"` by which Excel marks text, and the words for nothing.
    static func bare(_ text: String) -> String {
        if isBare(text) { return text }
        var bare = trimmed(text)
        if bare.hasPrefix("'") { bare = trimmed(bare.dropFirst()) }
        if bare.hasPrefix("=\""), bare.hasSuffix("\""), bare.utf8.count > 2 {
            bare = trimmed(bare.dropFirst(2).dropLast())
        }
        return bare.utf8.count <= longestNothing && nothing.contains(bare) ? "" : bare
    }

    /// Whether nothing can be around the value, as of nearly every cell: it begins and ends with visible ASCII or a
    /// Chinese character, and is no word for nothing.
    private static func isBare(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard let first = bytes.first else { return true }
            let chinese: ClosedRange<UInt8> = 0xE4...0xE9
            let endsPlainly =
                isVisible(bytes[bytes.count - 1]) || (bytes.count > 2 && chinese.contains(bytes[bytes.count - 3]))
            guard endsPlainly, first != UInt8(ascii: "'"), first != UInt8(ascii: "=") else { return false }
            let isNumber = (0x30...0x39).contains(first)
            return chinese.contains(first) || isVisible(first) && (isNumber || bytes.count > longestNothing)
        }
    }

    private static func isVisible(_ byte: UInt8) -> Bool { (0x21..<0x7F).contains(byte) }

    private static let nothing: Set<String> = ["NULL", "null", "\\N", "(null)", "#N/A", "N/A"]
    private static let longestNothing = 6

    /// What the programs and the people of tills write for a name, an address or a date that they do not know.
    private static let noValue: Set<String> = [
        "Null", "None", "none", "NONE", "nan", "NaN", "NAN", "NaT", "nil", "n/a", "#n/a", "#NULL!", "#REF!", "#VALUE!",
        "<null>", "<NULL>", "[null]", "undefined", "无", "未填写", "未填", "未知", "暂无", "没有", "不详", "待补",
        "-", "--", "—", "——", "－", "/",
    ]
    private static let longestNoValue = 9

    private static func trimmed(_ text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF: true
        default: false
        }
    }
}
