/// A JSON value that keeps the order of its keys, for output that people compare.
package enum JSONText: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    /// A number that is not finite is written as null.
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

    /// A text without quotes, every other value as JSON writes it.
    package var plain: String {
        if case .text(let text) = self { return text }
        return rendered
    }

    /// The value as it is printed: the phone numbers and mail addresses in its texts masked, wherever they stand, and those
    /// that a number is. Keys stay.
    ///
    /// - Parameter field: whose value it is; the name of a field tells which texts are openids.
    package func masked(of field: String = "") -> JSONText {
        switch self {
        case .text(let text): return .text(Mask.value(text, of: field))
        case .int, .number:
            let shown = Mask.value(rendered, of: field)
            return shown == rendered ? self : .text(shown)
        case .list(let items): return .list(items.map { $0.masked(of: field) })
        case .object(let members):
            return .object(members.map { Member($0.key, $0.value.masked(of: "\(field).\($0.key)")) })
        case .null, .bool: return self
        }
    }

    /// The value as compact JSON on one line.
    package var rendered: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): bytes.append(contentsOf: String(value).utf8)
        case .number(let value): bytes.append(contentsOf: Self.number(value).utf8)
        case .text(let value): Self.write(value, to: &bytes)
        case .list(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                item.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// Copies what needs no escape in stretches: most texts are one.
    private static func write(_ value: String, to bytes: inout [UInt8]) {
        var value = value
        value.withUTF8 { text in
            bytes.append(UInt8(ascii: "\""))
            var (written, index) = (0, 0)
            while index < text.count {
                guard mayNeedEscape(text[index]), let (scalar, length) = escaped(text[index...]) else {
                    index += 1
                    continue
                }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[written..<index]))
                write(escaped: scalar, to: &bytes)
                index += length
                written = index
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[written...]))
            bytes.append(UInt8(ascii: "\""))
        }
    }

    /// True for each byte with which an escaped character begins; most texts have none.
    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F || byte == 0xC2 || byte == 0xE2
    }

    /// The character at the beginning of these bytes, and how many they are; nil unless it is escaped. Line separators
    /// are, too: some readers of NDJSON split at them.
    private static func escaped(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> (scalar: UInt32, length: Int)? {
        let first = text[text.startIndex]
        switch (first, text.count) {
        case (0xC2, 2...):
            let second = text[text.startIndex + 1]
            return second < 0xA0 ? (UInt32(second), 2) : nil
        case (0xE2, 3...):
            let (second, third) = (text[text.startIndex + 1], text[text.startIndex + 2])
            return second == 0x80 && (third == 0xA8 || third == 0xA9) ? (0x2000 + UInt32(third) - 0x80, 3) : nil
        default: return (UInt32(first), 1)
        }
    }

    private static func write(escaped scalar: UInt32, to bytes: inout [UInt8]) {
        switch scalar {
        case 0x22: bytes.append(contentsOf: "\\\"".utf8)
        case 0x5C: bytes.append(contentsOf: "\\\\".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        default:
            bytes.append(contentsOf: "\\u".utf8)
            bytes.append(contentsOf: Hex.text(scalar, digits: 4).utf8)
        }
    }
}

extension JSONText: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
}
