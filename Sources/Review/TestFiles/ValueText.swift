import Kit
import Rules

/// A value as a test file writes it, on one line.
enum ValueText {
    /// In quotes when the written value is, and whenever plain text could be read as something else.
    static func of(_ value: JSONText, like written: YAMLNode? = nil) -> String {
        switch value {
        case .text(let text):
            if case .scalar(_, let style) = written?.content, style != .plain { return value.rendered }
            return isPlain(text) ? text : value.rendered
        case .list(let items): return "[" + items.map { of($0) }.joined(separator: ", ") + "]"
        case .object(let members):
            return "{" + members.map { "\(of(.text($0.key))): \(of($0.value))" }.joined(separator: ", ") + "}"
        case .null, .bool, .int, .number: return value.rendered
        }
    }

    private static let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

    /// Names and plain numbers need no quotes.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !words.contains(text.lowercased()) else { return false }
        if Decimal2.isDecimal(text) { return !(text.hasPrefix("0") && text.count > 1 && !text.hasPrefix("0.")) }
        return first.properties.isAlphabetic
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-./".unicodeScalars.contains(scalar)
            }
    }
}
