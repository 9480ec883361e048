import Glibc

/// What a line that is not UTF-8 says when it is read as GBK (in its newest form, GB 18030).
package enum GBKGuess {
    /// The line without the spaces around it; nil when it is not GBK either, is too long to print, or the system
    /// has no such table.
    package static func text(of line: [UInt8]) -> String? {
        guard line.count <= 400, let converter = iconv_open("UTF-8", "GB18030"), converter != Self.failed else {
            return nil
        }
        defer { iconv_close(converter) }
        var input = line.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: line.count * 4 + 4)
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
        let text = String(
            decoding: output.prefix(output.count - outputLeft).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\t" }) else { return nil }
        return text.withoutOuterSpaces
    }

    /// `iconv_open` answers -1, not null.
    private static var failed: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: -1) }
}
