import Kit

/// An Excel workbook (.xlsx): a ZIP archive of XML parts (ECMA-376), read part by part.
struct Workbook {
    struct Sheet: Equatable {
        let name: String
        /// The name of its part in the archive.
        let part: String
        let isVisible: Bool
    }

    /// In bytes, of the file.
    static let largest: Int64 = 100 << 20

    private let archive: ZipArchive
    private(set) var sheets: [Sheet] = []
    private var calendar = SheetCalendar()

    private static let main = "xl/workbook.xml"
    private static let sharedStrings = "xl/sharedStrings.xml"
    private static let styles = "xl/styles.xml"

    /// Reads which sheets there are. Throws a `WorkbookFault`.
    init(_ file: ByteSource) throws {
        guard file.size <= Workbook.largest else { throw WorkbookFault.tooLarge }
        archive = try ZipArchive(file)
        guard archive.has(Workbook.main) else {
            if archive.has("xl/workbook.bin") { throw WorkbookFault.binary }
            throw archive.has("content.xml") ? WorkbookFault.openDocument : .noWorkbook
        }
        let parts = archive.has("xl/_rels/workbook.xml.rels") ? try worksheetParts() : [:]
        var sheets: [Sheet] = []
        var isOf1904 = false
        try read(Workbook.main) { stream in
            stream.onStart = { tag in
                if tag.name == "workbookPr" {
                    isOf1904 = ["1", "true"].contains(tag.text("date1904") ?? "")
                } else if tag.name == "sheet", let name = tag.text("name"), let part = parts[tag.text("id") ?? ""] {
                    sheets.append(Sheet(name: name, part: part, isVisible: tag.text("state") ?? "visible" == "visible"))
                }
            }
        }
        self.sheets = sheets
        calendar.isOf1904 = isOf1904
    }

    /// The sheet of a name, also in another case or width; without one the first that is visible. Throws a
    /// `WorkbookFault`.
    func sheet(named name: String?) throws -> Sheet {
        guard let name else {
            guard let first = sheets.first(where: \.isVisible) ?? sheets.first else { throw WorkbookFault.noSheet }
            return first
        }
        let key = { (name: String) in Width.folded(name).lowercased().filter { !$0.isWhitespace } }
        guard let sheet = sheets.first(where: { $0.name == name }) ?? sheets.first(where: { key($0.name) == key(name) })
        else { throw WorkbookFault.noSuchSheet(name, among: sheets.map(\.name)) }
        return sheet
    }

    /// Gives `write` the rows of a sheet as CSV in UTF-8, piece by piece. Throws a `WorkbookFault`, or what `write`
    /// throws.
    func writeRows(of sheet: Sheet, _ write: @escaping ([UInt8]) throws -> Void) throws {
        let reader = SheetReader(try strings(), formats: try formats(), calendar: calendar, write: write)
        try read(sheet.part, reader.listen) { try reader.flush() }
        try reader.flush(isLast: true)
        guard reader.hasValues else { throw WorkbookFault.emptySheet(sheet.name) }
    }

    // MARK: parts

    /// Reads a part with the closures that `prepare` sets, and calls `afterPiece` in between.
    private func read(
        _ part: String, _ prepare: (XMLStream) -> Void, afterPiece: () throws -> Void = {}
    ) throws {
        let stream = try XMLStream()
        prepare(stream)
        let entry = try archive.open(part)
        while try entry.next({ try stream.feed($0, of: part) }) { try afterPiece() }
        try stream.finish(part)
    }

    /// The parts of the worksheets by the ids of their relationships; charts are left out.
    private func worksheetParts() throws -> [String: String] {
        var parts: [String: String] = [:]
        try read("xl/_rels/workbook.xml.rels") { stream in
            stream.onStart = { tag in
                guard tag.name == "Relationship", let id = tag.text("Id"), let target = tag.text("Target"),
                    tag.text("Type")?.hasSuffix("/worksheet") ?? false
                else { return }
                parts[id] = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target
            }
        }
        return parts
    }

    private func strings() throws -> SharedStrings {
        guard archive.has(Workbook.sharedStrings) else { return SharedStrings() }
        var strings = SharedStrings(reserving: archive.size(of: Workbook.sharedStrings))
        var text: [UInt8] = []
        var isInText = false
        var isPhonetic = false
        var fault: (any Error)?
        try read(
            Workbook.sharedStrings,
            { stream in
                stream.onStart = { tag in
                    if tag.name == "t" { isInText = !isPhonetic } else if tag.name == "rPh" { isPhonetic = true }
                }
                stream.onText = { piece in if isInText, text.count <= CSVReader.longestRecord { text += piece } }
                stream.onEnd = { name in
                    if name == "t" {
                        isInText = false
                    } else if name == "rPh" {
                        isPhonetic = false
                    } else if name == "si" {
                        do { try strings.append(WorkbookText.unescaped(text)) } catch { fault = error }
                        text.removeAll(keepingCapacity: true)
                    }
                }
            }, afterPiece: { if let fault { throw fault } })
        if let fault { throw fault }
        return strings
    }

    /// The number format of each cell style.
    private func formats() throws -> [NumberFormat] {
        guard archive.has(Workbook.styles) else { return [] }
        var custom: [Int: NumberFormat] = [:]
        var formats: [NumberFormat] = []
        var isInCellStyles = false
        try read(Workbook.styles) { stream in
            stream.onStart = { tag in
                if tag.name == "numFmt", let id = tag.number("numFmtId"), let code = tag.text("formatCode") {
                    custom[id] = NumberFormat(code: code)
                } else if tag.name == "cellXfs" {
                    isInCellStyles = true
                } else if tag.name == "xf", isInCellStyles {
                    let id = tag.number("numFmtId") ?? 0
                    formats.append(custom[id] ?? NumberFormat(builtIn: id) ?? .general)
                }
            }
            stream.onEnd = { name in if name == "cellXfs" { isInCellStyles = false } }
        }
        return formats
    }
}

/// The sheet that the rows of a file are of.
package struct ReadSheet: Equatable, Sendable {
    let name: String
    /// The visible sheets that were not read.
    let others: [String]
}
