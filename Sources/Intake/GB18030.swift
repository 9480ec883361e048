import Foundation

/// Decodes GB18030 strictly, character by character, and caches each: Foundation has the tables and needs no conversion
/// modules on the target, but is slow to ask.
struct GB18030 {
    private static let encoding = String.Encoding(rawValue: 0x8000_0632)
    private static let unknown: UInt32 = .max
    private static let invalid: UInt32 = .max - 1

    /// By lead byte and trail byte, filled as characters occur.
    private var pairs = [UInt32](repeating: unknown, count: 0x80 * 0x100)
    private var quads: [UInt32: UInt32] = [:]

    /// The text, with U+FFFD for every byte outside a character; sound when there is none.
    mutating func decode(_ bytes: ArraySlice<UInt8>) -> (text: String, isSound: Bool) {
        var scalars = String.UnicodeScalarView()
        var isSound = true
        var rest = bytes
        while let lead = rest.first {
            if lead < 0x80 {
                scalars.append(Unicode.Scalar(lead))
                rest.removeFirst()
            } else if let (scalar, length) = character(rest) {
                scalars.append(scalar)
                rest.removeFirst(length)
            } else {
                scalars.append("\u{FFFD}")
                isSound = false
                rest.removeFirst()
            }
        }
        return (String(scalars), isSound)
    }

    private mutating func character(_ rest: ArraySlice<UInt8>) -> (Unicode.Scalar, length: Int)? {
        let start = rest.startIndex
        guard rest.count >= 2 else { return nil }
        let (lead, trail) = (rest[start], rest[start + 1])
        if (0x30...0x39).contains(trail) {
            guard rest.count >= 4 else { return nil }
            let bytes = rest.prefix(4)
            let code = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let value = quads[code] ?? GB18030.scalar(bytes)
            quads[code] = value
            return Unicode.Scalar(value).map { ($0, 4) }
        }
        let place = Int(lead & 0x7F) << 8 | Int(trail)
        if pairs[place] == GB18030.unknown { pairs[place] = GB18030.scalar(rest.prefix(2)) }
        return Unicode.Scalar(pairs[place]).map { ($0, 2) }
    }

    private static func scalar(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        guard bytes.first != 0x80, bytes.first != 0xFF, let text = String(data: Data(bytes), encoding: encoding),
            text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first
        else { return invalid }
        return scalar.value
    }
}
