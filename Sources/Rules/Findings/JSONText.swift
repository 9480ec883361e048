/// A JSON value that keeps the order of its keys, for output that people compare.
package enum JSONText: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    /// Not finite numbers are written as null.
    case number(Double)
    case text(String)
    case list([JSONText])
    case object([Member])

    package struct Member: Sendable, Hashable {
        package var key: String
        package var value: JSONText
        package init(_ key: String, _ value: JSONText) {
            self.key = key
            self.value = value
        }
    }

    /// An object with its keys in this order.
    package static func object(_ members: KeyValuePairs<String, JSONText>) -> JSONText {
        .object(members.map { Member($0.key, $0.value) })
    }

    /// Compact, on one line.
    package var rendered: String {
        var text = ""
        text.reserveCapacity(256)
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .number(let value): text += Self.number(value)
        case .text(let value): Self.write(value, to: &text)
        case .list(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                item.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.key, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    private static func write(_ value: String, to text: inout String) {
        text += "\""
        if value.utf8.contains(where: mayNeedEscape) { escape(value, to: &text) } else { text += value }
        text += "\""
    }

    /// Of what is escaped, the first byte: most texts have none.
    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F || byte == 0xE2
    }

    private static func escape(_ value: String, to text: inout String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
                text += "\\u" + Hex.text(scalar.value, digits: 4)
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension JSONText: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
}
