import Glibc

/// Reads a line that is not UTF-8 as GBK (in its newest form, GB 18030).
package enum GBKGuess {
    /// The line without the spaces around it; nil when it is not GBK either, is too long to print, or the system
    /// has no such table.
    package static func text(of line: [UInt8]) -> String? {
        guard line.count <= 400, let bytes = GBKText.converted(line) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\t" }) else { return nil }
        return text.withoutOuterSpaces
    }
}
