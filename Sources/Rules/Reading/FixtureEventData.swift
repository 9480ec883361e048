/// The `data` of an event, from YAML to the JSON text that the store keeps.
package enum EventData {
    /// Compact, keys in file order; `{}` for an absent value. A plain `199`, `-1` or `49.90` is a number as typed,
    /// plain `true` and `false` are booleans. Everything else is text as typed: what is quoted, `010`, `1_000`, `1e3`,
    /// and digits beyond the 15 that every JSON reader keeps.
    package static func json(_ node: YAMLNode) -> String {
        if node.isNull { return "{}" }
        var text = ""
        write(node, to: &text)
        return text
    }

    private static func write(_ node: YAMLNode, to text: inout String) {
        switch node.content {
        case .map(let entries):
            text += "{"
            for (index, entry) in entries.enumerated() {
                if index > 0 { text += "," }
                writeString(entry.key, to: &text)
                text += ":"
                write(entry.value, to: &text)
            }
            text += "}"
        case .list(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                write(item, to: &text)
            }
            text += "]"
        case .scalar(let scalar, let style):
            if node.isNull {
                text += "null"
            } else if style == .plain, scalar == "true" || scalar == "false" || isNumber(scalar) {
                text += scalar
            } else {
                writeString(scalar, to: &text)
            }
        }
    }

    static func isNumber(_ text: String) -> Bool {
        guard Decimal2.isDecimal(text) else { return false }
        let digits = text.utf8.filter { (48...57).contains($0) }
        let whole = text.drop { $0 == "-" }.prefix { $0 != "." }
        return digits.count <= 15 && (whole == "0" || !whole.hasPrefix("0"))
    }

    private static func writeString(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
