import Glibc

/// Converts a file that an old editor saved as GBK (GB 18030 is its newest form) to UTF-8.
package enum GBKText {
    package enum Reading: Sendable, Equatable {
        /// The bytes were UTF-8 already.
        case already
        case converted([UInt8])
        /// The bytes are neither of the two, or the system has no such table.
        case unreadable
    }

    package static func read(_ bytes: [UInt8]) -> Reading {
        if String(validating: bytes, as: UTF8.self) != nil { return .already }
        return converted(bytes).map(Reading.converted) ?? .unreadable
    }

    /// Converts GBK to UTF-8; nil for bytes that are not GBK, or where the system has no such table.
    static func converted(_ bytes: [UInt8]) -> [UInt8]? {
        guard let converter = iconv_open("UTF-8", "GB18030"), converter != failed else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: bytes.count * 3 + 16)
        var inputLeft = input.count
        var outputLeft = output.count
        let result = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress
                var into = target.baseAddress
                return iconv(converter, &from, &inputLeft, &into, &outputLeft)
            }
        }
        guard result != -1, inputLeft == 0 else { return nil }
        return output.prefix(output.count - outputLeft).map { UInt8(bitPattern: $0) }
    }

    /// `iconv_open` answers -1, not null.
    private static var failed: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: -1) }
}
