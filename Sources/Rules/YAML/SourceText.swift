/// The bytes of one file with a table of its lines, so that any byte can be named in the three units of `Position`
/// in a bounded number of steps, however long its line.
///
/// Lines end with LF, CR LF or CR, as editors count them. A byte order mark belongs to no line: byte offsets count
/// it, columns do not.
package struct SourceText: Sendable {
    /// The path as the user gave it.
    package let path: String
    package let bytes: [UInt8]
    /// The first byte of each line; never empty.
    private let lineStarts: [Int]
    /// Scalars, and scalars beyond U+FFFF, before byte 0, 64, 128 …
    private let scalarsBefore: [Int32]
    private let astralsBefore: [Int32]

    private static let stride = 64

    package init(bytes: [UInt8], path: String) {
        self.path = path
        self.bytes = bytes
        var starts = [Self.markLength(bytes)]
        var scalars: [Int32] = []
        var astrals: [Int32] = []
        var scalarCount: Int32 = 0
        var astralCount: Int32 = 0
        bytes.withUnsafeBufferPointer { buffer in
            for index in 0..<buffer.count {
                if index % Self.stride == 0 {
                    scalars.append(scalarCount)
                    astrals.append(astralCount)
                }
                let byte = buffer[index]
                if byte & 0xC0 != 0x80 { scalarCount &+= 1 }
                if byte >= 0xF0 { astralCount &+= 1 }
                let endsLine =
                    byte == 0x0A || (byte == 0x0D && !(index + 1 < buffer.count && buffer[index + 1] == 0x0A))
                if endsLine { starts.append(index + 1) }
            }
        }
        lineStarts = starts
        scalarsBefore = scalars.isEmpty ? [0] : scalars
        astralsBefore = astrals.isEmpty ? [0] : astrals
    }

    package init(_ text: String, path: String) { self.init(bytes: Array(text.utf8), path: path) }

    /// 3 after a UTF-8 byte order mark, else 0.
    package var start: Int { lineStarts[0] }

    /// A file that ends with a line break has an empty last line.
    package var lineCount: Int { lineStarts.count }

    /// The bytes of a line without its line break; empty for a line that does not exist.
    package func range(ofLine number: Int) -> Range<Int> {
        guard number >= 1, number <= lineStarts.count else { return bytes.count..<bytes.count }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] : bytes.count
        while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return start..<end
    }

    /// A line as text, without its line break; broken bytes become U+FFFD.
    package func line(_ number: Int) -> String { text(range(ofLine: number)) }

    /// The text of a stretch of bytes, cut to the file.
    package func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    package func lineNumber(atByte byte: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= byte { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// The place of a byte; for a byte outside the file, the nearest end of it.
    package func position(atByte byte: Int) -> Position {
        let byte = min(max(byte, start), bytes.count)
        let line = lineNumber(atByte: byte)
        let from = lineStarts[line - 1]
        let scalars = counts(before: byte)
        let base = counts(before: from)
        let column = scalars.all - base.all
        return Position(
            line: line, column: column + 1, utf16: column + scalars.astral - base.astral, byte: byte)
    }

    package func span(_ range: Range<Int>) -> SourceSpan {
        SourceSpan(file: path, start: position(atByte: range.lowerBound), end: position(atByte: range.upperBound))
    }

    /// The byte at which the `index`th scalar after `base` starts; the end of the file when there are fewer.
    func byte(ofScalar index: Int, after base: Int) -> Int {
        let wanted = counts(before: base).all + index
        var low = 0
        var high = scalarsBefore.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(scalarsBefore[middle]) <= wanted { low = middle } else { high = middle }
        }
        var count = Int(scalarsBefore[low])
        var byte = low * Self.stride
        while byte < bytes.count {
            if bytes[byte] & 0xC0 != 0x80 {
                if count == wanted { return byte }
                count += 1
            }
            byte += 1
        }
        return bytes.count
    }

    /// One byte, or nil outside the file.
    func at(_ byte: Int) -> UInt8? { bytes.indices.contains(byte) ? bytes[byte] : nil }

    private func counts(before byte: Int) -> (all: Int, astral: Int) {
        let slot = min(byte / Self.stride, scalarsBefore.count - 1)
        var all = Int(scalarsBefore[slot])
        var astral = Int(astralsBefore[slot])
        for index in slot * Self.stride..<max(byte, slot * Self.stride) {
            if bytes[index] & 0xC0 != 0x80 { all += 1 }
            if bytes[index] >= 0xF0 { astral += 1 }
        }
        return (all, astral)
    }

    private static func markLength(_ bytes: [UInt8]) -> Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }
}
