/// An opened import file, with its encoding and format found out before the first record.
package struct OpenedFile {
    package let source: ByteSource
    package let encoding: TextEncoding
    /// The offset after the byte order mark.
    let textOffset: Int64
    package let isNDJSON: Bool
    /// The sheet of a workbook, whose rows are read as CSV; nil for every other file.
    package let sheet: ReadSheet?

    /// How much is looked at to tell what a file is.
    private static let longestBeginning = 4096

    /// Reads the whole file once when neither a mark nor the caller names the encoding. A workbook is written to a
    /// temporary file as CSV. Throws an `ImportRefusal`.
    /// - Parameter sheet: of a workbook; without one, the first.
    package init(path: String, encoding wanted: TextEncoding?, sheet: String? = nil) throws {
        let file = try ByteSource(path: path)
        let front = try file.read()
        if ZipArchive.begins(front) {
            (source, self.sheet) = try OpenedFile.rows(of: file, sheet)
            (encoding, textOffset, isNDJSON) = (.utf8, 0, false)
            return
        }
        source = file
        self.sheet = nil
        if let foreign = ForeignFile(front: front) { throw ImportRefusal.foreign(foreign) }
        guard sheet == nil else { throw ImportRefusal.workbook(.notWorkbook) }
        let mark = TextEncoding.mark(of: front)
        let encoding = try wanted ?? mark?.encoding ?? OpenedFile.census(of: source, front)
        self.encoding = encoding
        textOffset = mark.flatMap { $0.encoding == encoding ? Int64($0.bytes) : nil } ?? 0
        var bytes = RecordBytes(source, encoding, from: textOffset)
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

    private static func rows(of file: ByteSource, _ name: String?) throws -> (ByteSource, ReadSheet) {
        do {
            let workbook = try Workbook(file)
            let sheet = try workbook.sheet(named: name)
            let rows = try ByteSource { try workbook.writeRows(of: sheet, $0) }
            let others = workbook.sheets.filter { $0.isVisible && $0 != sheet }.map(\.name)
            return (rows, ReadSheet(name: sheet.name, others: others))
        } catch let fault as WorkbookFault {
            throw ImportRefusal.workbook(fault)
        }
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
