/// JSON as its text says it: numbers stay digits, keys stay in order. It refuses the things on which readers disagree:
/// duplicate keys, lone surrogates, NUL, numbers beyond a double, more than 128 levels.
package enum StrictJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The number as written.
    case number(String)
    case string(String)
    case array([StrictJSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: StrictJSON
        package init(key: String, value: StrictJSON) {
            self.key = key
            self.value = value
        }
    }

    package enum Failure: Error, Equatable, Sendable {
        case invalidBytes, nul, loneSurrogate, duplicateKey, tooDeep, hugeNumber
        /// The text is not JSON; the payload is the number of bytes before the place that cannot be read.
        case syntax(Int)

        package var english: String {
            switch self {
            case .invalidBytes: "it is not UTF-8"
            case .nul: "it holds a NUL character"
            case .loneSurrogate: "it holds half of a surrogate pair"
            case .duplicateKey: "a key is there twice"
            case .tooDeep: "it is nested more than 128 levels deep"
            case .hugeNumber: "it holds a number that is too large"
            case .syntax(let offset): "it cannot be read from byte \(offset + 1) on"
            }
        }
        package var chinese: String {
            switch self {
            case .invalidBytes: "不是 UTF-8"
            case .nul: "含有 NUL 字符"
            case .loneSurrogate: "含有不成对的代理字符"
            case .duplicateKey: "有重复的键"
            case .tooDeep: "嵌套超过 128 层"
            case .hugeNumber: "含有过大的数字"
            case .syntax(let offset): "从第 \(offset + 1) 个字节起无法识别"
            }
        }
    }

    /// Throws a `Failure`. Nothing but white space may follow the value.
    package init(parsing text: String) throws {
        var reader = JSONReader(bytes: Array(text.utf8))
        self = try reader.document()
    }

    /// Reads UTF-8 bytes, and validates that they are.
    /// - Parameter takesNUL: an escaped NUL is kept, for a caller that refuses only the part that has it.
    package init(parsing bytes: [UInt8], takesNUL: Bool = false) throws {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Failure.invalidBytes }
        var reader = JSONReader(bytes: bytes, takesNUL: takesNUL)
        self = try reader.document()
    }

    /// Whether a key or a string anywhere in the value holds a NUL.
    package var hasNUL: Bool {
        switch self {
        case .null, .bool, .number: false
        case .string(let text): text.utf8.contains(0)
        case .array(let elements): elements.contains(where: \.hasNUL)
        case .object(let members): members.contains { $0.key.utf8.contains(0) || $0.value.hasNUL }
        }
    }

    /// The value with the keys of every object in the order of their bytes: two texts of one value are the same.
    package var sorted: StrictJSON {
        switch self {
        case .null, .bool, .number, .string: self
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let members):
            .object(
                members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                    .map { Member(key: $0.key, value: $0.value.sorted) })
        }
    }

    /// The members of an object; none for everything else.
    package var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The value of a key of an object; nil for everything else.
    package subscript(key: String) -> StrictJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// A string, or a number or boolean as written; nil for null, lists and objects.
    package var scalarText: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// The value without white space, keys in their order.
    package var compactText: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let digits): bytes += digits.utf8
        case .string(let string): StrictJSON.write(string, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                StrictJSON.write(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Writes a text in quotes and escapes only the characters that must be.
    package static func write(_ string: String, to text: inout String) {
        var string = string
        if string.withUTF8({ !$0.contains(where: isEscaped) }) {
            text += "\""
            text += string
            text += "\""
        } else {
            var bytes: [UInt8] = []
            write(string, to: &bytes)
            text += String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func isEscaped(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5C }

    private static func write(_ string: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { all in
            guard all.contains(where: isEscaped) else { return bytes.append(contentsOf: all) }
            for byte in all { isEscaped(byte) ? bytes.append(contentsOf: escape(byte).utf8) : bytes.append(byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\""): return "\\\""
        case UInt8(ascii: "\\"): return "\\\\"
        case UInt8(ascii: "\n"): return "\\n"
        case UInt8(ascii: "\r"): return "\\r"
        case UInt8(ascii: "\t"): return "\\t"
        default:
            let hex = String(byte, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
    }
}
