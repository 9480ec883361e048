import Glibc

/// The part of a file being cut into records. In all our encodings the marks between records are single bytes that
/// occur inside no character; UTF-16, for which that is not true, is converted to UTF-8 here.
package struct RecordBytes {
    let encoding: TextEncoding
    /// Bytes not consumed yet; `start` is the first of them.
    private(set) var bytes: [UInt8] = []
    private(set) var start = 0
    /// Bytes of the file read so far.
    private(set) var position: Int64
    private let source: ByteSource
    private var decoder = GB18030()
    /// The odd byte, or the high surrogate, that a piece of UTF-16 ended with.
    private var pending: [UInt8] = []
    private var isAtEnd = false

    /// Reads from `offset`, which is after a byte order mark.
    init(_ source: ByteSource, _ encoding: TextEncoding, from offset: Int64) {
        self.source = source
        self.encoding = encoding
        position = offset
        source.seek(to: offset)
    }

    var count: Int { bytes.count - start }
    /// The byte at an offset from `start`, which must be below `count`.
    subscript(offset: Int) -> UInt8 { bytes[start + offset] }

    mutating func consume(_ length: Int) { start += length }

    /// Appends the next piece; false at the end of the file.
    mutating func extend() throws -> Bool {
        if isAtEnd { return false }
        let piece = try source.read()
        position += Int64(piece.count)
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        if piece.isEmpty {
            isAtEnd = true
            guard !pending.isEmpty else { return false }
            pending = []
            bytes += RecordBytes.loneSurrogate
            return true
        }
        switch encoding {
        case .utf8, .gb18030: bytes += piece
        case .utf16LittleEndian, .utf16BigEndian: transcode(piece)
        }
        return true
    }

    /// The text of some of the bytes; unsound when some are not text and became U+FFFD.
    mutating func text(_ range: Range<Int>) -> (text: String, isSound: Bool) {
        let slice = bytes[(start + range.lowerBound)..<(start + range.upperBound)]
        if encoding == .gb18030 { return decoder.decode(slice) }
        if let text = String(validating: slice, as: UTF8.self) { return (text, true) }
        return (String(decoding: slice, as: UTF8.self), false)
    }

    /// Whether some of the bytes are text; most cells are ASCII.
    mutating func isSound(_ range: Range<Int>) -> Bool {
        let bits = bytes[(start + range.lowerBound)..<(start + range.upperBound)].reduce(0) { $0 | $1 }
        return bits < 0x80 || text(range).isSound
    }

    /// The first offset from `from` on at which one of the bytes is; nil when none of those read so far is one.
    func offset(ofAny a: UInt8, _ b: UInt8, _ c: UInt8, from: Int) -> Int? {
        bytes.withUnsafeBufferPointer { all in
            var index = start + from
            while index < all.count {
                let byte = all[index]
                if byte == a || byte == b || byte == c { return index - start }
                index += 1
            }
            return nil
        }
    }

    func hasNUL(_ range: Range<Int>) -> Bool {
        bytes.withUnsafeBytes { all in
            all.baseAddress.map { memchr($0 + start + range.lowerBound, 0, range.count) != nil } ?? false
        }
    }

    /// Stands for half of a surrogate pair: no reader takes it for UTF-8.
    private static let loneSurrogate: [UInt8] = [0xED, 0xA0, 0x80]

    private mutating func transcode(_ piece: [UInt8]) {
        let all = pending + piece
        pending = []
        bytes.reserveCapacity(bytes.count + all.count * 3 / 2)
        var index = 0
        while index + 1 < all.count {
            let unit = unit(all, index)
            index += 2
            if unit < 0xD800 || unit > 0xDFFF {
                append(UInt32(unit))
            } else if unit > 0xDBFF {
                bytes += RecordBytes.loneSurrogate
            } else if index + 1 >= all.count {
                index -= 2
                break
            } else {
                let low = self.unit(all, index)
                if (0xDC00...0xDFFF).contains(low) {
                    append(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
                    index += 2
                } else {
                    bytes += RecordBytes.loneSurrogate
                }
            }
        }
        pending = Array(all[index...])
    }

    private func unit(_ all: [UInt8], _ index: Int) -> UInt16 {
        let (first, second) = (UInt16(all[index]), UInt16(all[index + 1]))
        return encoding == .utf16LittleEndian ? second << 8 | first : first << 8 | second
    }

    private mutating func append(_ value: UInt32) {
        guard let scalar = Unicode.Scalar(value) else { return }
        bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
    }
}
