/// Reads one JSON value from valid UTF-8, byte by byte.
struct JSONReader {
    private let bytes: [UInt8]
    private let takesNUL: Bool
    private var index = 0
    private var depth = 0

    init(bytes: [UInt8], takesNUL: Bool = false) {
        self.bytes = bytes
        self.takesNUL = takesNUL
    }

    mutating func document() throws -> StrictJSON {
        let value = try value()
        skipSpace()
        guard index == bytes.count else { throw StrictJSON.Failure.syntax(index) }
        return value
    }

    private mutating func value() throws -> StrictJSON {
        skipSpace()
        guard let byte = peek else { throw StrictJSON.Failure.syntax(index) }
        switch byte {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func nested(_ body: (inout JSONReader) throws -> StrictJSON) throws -> StrictJSON {
        depth += 1
        guard depth <= 128 else { throw StrictJSON.Failure.tooDeep }
        index += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws -> StrictJSON {
        var members: [StrictJSON.Member] = []
        var keys = Keys()
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw StrictJSON.Failure.syntax(index) }
            let key = try string()
            guard keys.isNew(key, among: members) else { throw StrictJSON.Failure.duplicateKey }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw StrictJSON.Failure.syntax(index) }
            members.append(.init(key: key, value: try value()))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw StrictJSON.Failure.syntax(index) }
        }
    }

    /// Keys are compared by bytes: two spellings that Swift calls equal are two keys to SQLite. Few are compared one by one,
    /// which costs less than a set.
    private struct Keys {
        private static let few = 24
        private var set: Set<[UInt8]> = []

        mutating func isNew(_ key: String, among members: [StrictJSON.Member]) -> Bool {
            if members.count < Keys.few {
                return !members.contains { $0.key.utf8.count == key.utf8.count && $0.key.utf8.elementsEqual(key.utf8) }
            }
            if set.isEmpty { set = Set(members.map { Array($0.key.utf8) }) }
            return set.insert(Array(key.utf8)).inserted
        }
    }

    private mutating func array() throws -> StrictJSON {
        var elements: [StrictJSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw StrictJSON.Failure.syntax(index) }
        }
    }

    private mutating func string() throws -> String {
        index += 1
        var text: [UInt8] = []
        var start = index
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                defer { index += 1 }
                // Most texts have no escape, and are one stretch.
                if text.isEmpty { return String(decoding: bytes[start..<index], as: UTF8.self) }
                text += bytes[start..<index]
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += bytes[start..<index]
                index += 1
                text += String(try escape()).utf8
                start = index
            case 0: throw StrictJSON.Failure.nul
            case 1..<0x20: throw StrictJSON.Failure.syntax(index)
            default: index += 1
            }
        }
        throw StrictJSON.Failure.syntax(index)
    }

    private mutating func escape() throws -> Unicode.Scalar {
        guard let byte = peek else { throw StrictJSON.Failure.syntax(index) }
        index += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw StrictJSON.Failure.syntax(index - 1)
        }
    }

    private mutating func unicodeEscape() throws -> Unicode.Scalar {
        let unit = try hexUnit()
        if unit == 0, !takesNUL { throw StrictJSON.Failure.nul }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xD800...0xDBFF).contains(unit), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw StrictJSON.Failure.loneSurrogate
        }
        let low = try hexUnit()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw StrictJSON.Failure.loneSurrogate }
        return scalar
    }

    private mutating func hexUnit() throws -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw StrictJSON.Failure.syntax(index)
            }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }

    private mutating func number() throws -> String {
        let start = index
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        let hasExponent = take(UInt8(ascii: "e")) || take(UInt8(ascii: "E"))
        if hasExponent {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        // Without an exponent only a number of more than 308 digits is beyond a double.
        guard index - start > 300 || hasExponent else { return text }
        guard let value = Double(text), value.isFinite else { throw StrictJSON.Failure.hugeNumber }
        return text
    }

    private mutating func digits() throws {
        let start = index
        while let byte = peek, (48...57).contains(byte) { index += 1 }
        guard index > start else { throw StrictJSON.Failure.syntax(index) }
    }

    private mutating func word(_ word: String, _ value: StrictJSON) throws -> StrictJSON {
        guard bytes[index...].starts(with: word.utf8) else { throw StrictJSON.Failure.syntax(index) }
        index += word.utf8.count
        return value
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }
}
