/// An opened import file, with its encoding and format found out before the first record.
package struct OpenedFile {
    package let source: ByteSource
    package let encoding: TextEncoding
    /// The offset after the byte order mark.
    let textOffset: Int64
    package let isNDJSON: Bool

    /// How much is looked at to tell what a file is.
    private static let longestBeginning = 4096

    /// Reads the whole file once when neither a mark nor the caller names the encoding.
    package init(path: String, encoding wanted: TextEncoding?) throws {
        source = try ByteSource(path: path)
        let front = try source.read()
        if let foreign = ForeignFile(front: front) { throw ImportRefusal.foreign(foreign) }
        let mark = TextEncoding.mark(of: front)
        let encoding = try wanted ?? mark?.encoding ?? OpenedFile.census(of: source, front)
        self.encoding = encoding
        textOffset = mark.flatMap { $0.encoding == encoding ? Int64($0.bytes) : nil } ?? 0
        var bytes = try RecordBytes(source, encoding, from: textOffset)
        var first: UInt8?
        var offset = 0
        while first == nil {
            if offset >= bytes.count, try !bytes.extend() { break }
            if offset < bytes.count, !" \r\n\t".utf8.contains(bytes[offset]) { first = bytes[offset] }
            if offset < bytes.count { offset += 1 }
        }
        if first == UInt8(ascii: "<") {
            let beginning = bytes.text(offset - 1..<min(bytes.count, OpenedFile.longestBeginning)).text
            if let foreign = ForeignFile(text: beginning) { throw ImportRefusal.foreign(foreign) }
        }
        if first == UInt8(ascii: "[") { throw ImportRefusal.jsonArray }
        isNDJSON = first == UInt8(ascii: "{")
        if first == nil { throw ImportRefusal.noHeader }
    }

    private static func census(of source: ByteSource, _ front: [UInt8]) throws -> TextEncoding {
        var census = UTF8Census()
        var piece = front
        while !piece.isEmpty {
            census.feed(piece)
            piece = try source.read()
        }
        return census.verdict()
    }
}
