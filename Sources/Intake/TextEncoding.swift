/// The text encoding of an import file.
package enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    case gb18030 = "GB18030"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"

    /// `utf-8`, `gbk`, `gb2312`, `gb18030`, `utf-16le`, `utf-16be`, `utf-16` (little-endian), in any case.
    package init?(named name: String) {
        switch name.lowercased().filter({ $0 != "-" && $0 != "_" }) {
        case "utf8": self = .utf8
        case "gb18030", "gbk", "gb2312", "cp936": self = .gb18030
        case "utf16le", "utf16", "unicode": self = .utf16LittleEndian
        case "utf16be": self = .utf16BigEndian
        default: return nil
        }
    }

    /// The byte order mark at the front of a file, and the encoding it means.
    static func mark(of front: [UInt8]) -> (encoding: TextEncoding, bytes: Int)? {
        if front.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if front.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if front.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        return nil
    }
}

/// Counts the UTF-8 characters and the flaws of a file, fed chunk by chunk.
///
/// A file without a mark is UTF-8 when all of it is. It is UTF-8 with damage, whose rows are rejected, when nearly all
/// of it is: twenty sound characters of three bytes or more for each flaw. GB18030 text never comes close, and reading
/// a damaged file as GB18030 would let one broken byte turn every name into nonsense.
struct UTF8Census {
    private var expected = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF
    private var length = 0
    private var longCharacters = 0
    private var flaws = 0

    mutating func feed(_ bytes: [UInt8]) {
        for byte in bytes { feed(byte) }
    }

    /// Ends the file: a character cut short is a flaw.
    mutating func verdict() -> TextEncoding {
        if expected > 0 { flaws += 1 }
        expected = 0
        return flaws == 0 || longCharacters / 20 >= flaws ? .utf8 : .gb18030
    }

    private mutating func feed(_ byte: UInt8) {
        if expected > 0 {
            if byte >= lowest, byte <= highest {
                (lowest, highest) = (0x80, 0xBF)
                expected -= 1
                if expected == 0, length >= 3 { longCharacters += 1 }
                return
            }
            flaws += 1
            expected = 0
        }
        (lowest, highest) = (0x80, 0xBF)
        switch byte {
        case 0..<0x80: break
        case 0xC2...0xDF: (expected, length) = (1, 2)
        case 0xE0...0xEF:
            (expected, length) = (2, 3)
            if byte == 0xE0 { lowest = 0xA0 }
            if byte == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            (expected, length) = (3, 4)
            if byte == 0xF0 { lowest = 0x90 }
            if byte == 0xF4 { highest = 0x8F }
        default: flaws += 1
        }
    }
}
