/// The text of one header field of a mail: RFC 5322, with RFC 2047 where it is not ASCII.
enum MailHeader {
    /// `Name: value` with its CRLF. What would end the line or is not printable becomes a space: a value can not bring
    /// fields of its own.
    static func field(_ name: String, _ value: String) -> String {
        "\(name): \(encoded(value, column: name.utf8.count + 2))\r\n"
    }

    /// An address with the name that people see, as `From` and `To` have it.
    ///
    /// - Parameter column: how much of the line is taken before it.
    static func mailbox(name: String?, address: String, column: Int) -> String {
        guard let name = name.map(clean), !name.isEmpty else { return "<\(clean(address))>" }
        return isPlain(name)
            ? "\"\(name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\" <\(clean(address))>"
            : "\(words(name, column: column).joined(separator: "\r\n "))\r\n <\(clean(address))>"
    }

    /// Plain ASCII stays, anything else becomes encoded words, one to a line.
    static func encoded(_ value: String, column: Int = 0) -> String {
        let value = clean(value)
        return isPlain(value) ? value : words(value, column: column).joined(separator: "\r\n ")
    }

    /// `=?UTF-8?B?…?=`, each at most 75 characters, none with a part of a character. A line with one has 76 at most, so
    /// the first word is as much shorter as its line is taken.
    static func words(_ text: String, column: Int = 0) -> [String] {
        // 75 less "=?UTF-8?B?" and "?=" leaves 63 characters of base64, which are 45 bytes.
        var room = max(4, (63 - max(0, column - 1)) / 4 * 3)
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        for scalar in text.unicodeScalars {
            if word.count + scalar.utf8.count > room {
                words.append(word)
                (word, room) = ([], 45)
            }
            word += scalar.utf8
        }
        if !word.isEmpty { words.append(word) }
        return words.map { "=?UTF-8?B?\(Digest.base64($0))?=" }
    }

    private static func clean(_ value: String) -> String {
        // In UTF-8 such a byte is a character of its own, and most values have none.
        guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return value }
        return String(
            String.UnicodeScalarView(value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }

    /// Short enough for one line, too, and no encoded word by chance.
    private static func isPlain(_ value: String) -> Bool {
        guard value.utf8.count <= 900 else { return false }
        var last: UInt8 = 0
        for byte in value.utf8 {
            guard (0x20...0x7E).contains(byte), last != UInt8(ascii: "=") || byte != UInt8(ascii: "?") else {
                return false
            }
            last = byte
        }
        return true
    }
}
