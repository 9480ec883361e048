import Kit

/// Reads the cells of a sheet, and writes each row as a line of CSV. It holds one row at a time.
final class SheetReader {
    private enum Content { case number, shared, text, bool, date }

    private let strings: SharedStrings
    private let formats: [NumberFormat]
    private let calendar: SheetCalendar
    private let write: ([UInt8]) throws -> Void

    private var out: [UInt8] = []
    private var rows = 0
    /// The values of the row's cells, one after the other, and which bytes are whose.
    private var values: [UInt8] = []
    private var cells: [(column: Int, value: Range<Int>)] = []
    // The cell that is being read; columns count from 0.
    private var column = -1
    private var content = Content.number
    private var style = 0
    private var text: [UInt8] = []
    private var isInText = false
    private var isPhonetic = false
    /// Whether any cell has a value.
    private(set) var hasValues = false

    private static let lastRow = 1_048_576
    private static let lastColumn = 16_383
    private static let pieceSize = 1 << 16

    init(
        _ strings: SharedStrings, formats: [NumberFormat], calendar: SheetCalendar,
        write: @escaping ([UInt8]) throws -> Void
    ) {
        (self.strings, self.formats, self.calendar, self.write) = (strings, formats, calendar, write)
    }

    func listen(to stream: XMLStream) {
        stream.onStart = { [unowned self] tag in start(tag) }
        stream.onEnd = { [unowned self] name in end(name) }
        stream.onText = { [unowned self] piece in
            // A value longer than a row may be makes its row too long, which is said of the row.
            if isInText, text.count <= CSVReader.longestRecord { text += piece }
        }
    }

    /// Call this now and then, and with `isLast` at the end.
    func flush(isLast: Bool = false) throws {
        guard isLast || out.count >= SheetReader.pieceSize else { return }
        try write(out)
        out.removeAll(keepingCapacity: true)
    }

    private func start(_ tag: XMLStream.Tag) {
        if tag.name == "c" {
            startCell(tag)
        } else if tag.name == "v" {
            isInText = true
        } else if tag.name == "t" {
            isInText = !isPhonetic
        } else if tag.name == "rPh" {
            isPhonetic = true
        } else if tag.name == "row" {
            startRow(tag.number("r") ?? rows + 1)
        }
    }

    private func end(_ name: XMLName) {
        if name == "c" {
            endCell()
        } else if name == "v" || name == "t" {
            isInText = false
        } else if name == "rPh" {
            isPhonetic = false
        } else if name == "row" {
            endRow()
        }
    }

    // MARK: rows

    /// Rows that the sheet leaves out are blank, so that rows keep their numbers.
    private func startRow(_ number: Int) {
        while rows + 1 < min(number, SheetReader.lastRow) { writeBlank() }
        values.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        column = -1
    }

    private func writeBlank() {
        out += [UInt8(ascii: ","), 0x0A]
        rows += 1
    }

    private func endRow() {
        guard !cells.isEmpty else { return writeBlank() }
        cells.sort { $0.column < $1.column }
        var place = 0
        for cell in cells {
            while place < cell.column {
                out.append(UInt8(ascii: ","))
                place += 1
            }
            writeValue(values[cell.value])
        }
        out.append(0x0A)
        rows += 1
        hasValues = true
    }

    private func writeValue(_ value: ArraySlice<UInt8>) {
        let quote = UInt8(ascii: "\"")
        guard value.contains(where: { $0 == quote || $0 == UInt8(ascii: ",") || $0 == 0x0A || $0 == 0x0D }) else {
            out += value
            return
        }
        out.append(quote)
        for byte in value {
            if byte == quote { out.append(quote) }
            out.append(byte)
        }
        out.append(quote)
    }

    // MARK: cells

    private func startCell(_ tag: XMLStream.Tag) {
        column = tag.bytes("r").flatMap(SheetReader.column) ?? column + 1
        style = tag.number("s") ?? 0
        text.removeAll(keepingCapacity: true)
        content = .number
        guard let type = tag.bytes("t") else { return }
        switch String(cString: type) {
        case "s": content = .shared
        case "str", "inlineStr", "e": content = .text
        case "b": content = .bool
        case "d": content = .date
        default: content = .number
        }
    }

    /// The column of a reference such as `AB12`.
    private static func column(_ reference: UnsafePointer<CChar>) -> Int? {
        var column = 0
        var index = 0
        while (0x41...0x5A).contains(reference[index]), index < 4 {
            column = column * 26 + Int(reference[index] - 0x40)
            index += 1
        }
        return index == 0 ? nil : column - 1
    }

    private func endCell() {
        guard !text.isEmpty, column <= SheetReader.lastColumn, values.count <= CSVReader.longestRecord else { return }
        let start = values.count
        switch content {
        case .number: values += number()
        case .shared:
            if let index = Int(String(decoding: text, as: UTF8.self)), let shared = strings[index] { values += shared }
        case .text: values += WorkbookText.unescaped(text)
        case .bool: values += Array((text == [UInt8(ascii: "0")] ? "FALSE" : "TRUE").utf8)
        case .date:
            let written = String(decoding: text, as: UTF8.self)
            values += Array((written.hasSuffix("T00:00:00") ? String(written.dropLast(9)) : written).utf8)
        }
        if values.count > start { cells.append((column, start..<values.count)) }
    }

    private func number() -> [UInt8] {
        let format = formats.indices.contains(style) ? formats[style] : .general
        let isWhole = text.allSatisfy { (0x30...0x39).contains($0) }
        if format == .general, isWhole { return text }
        let written = String(decoding: text, as: UTF8.self)
        switch format {
        case .general: return Array(SheetNumber.text(written).utf8)
        case .padded(let count):
            let digits = Array(SheetNumber.text(written).utf8)
            let isNumber = digits.allSatisfy { (0x30...0x39).contains($0) }
            return isNumber ? Array(repeating: 0x30, count: max(count - digits.count, 0)) + digits : digits
        case .date, .time:
            let shown = Double(written).flatMap { calendar.text($0, format) }
            return Array((shown ?? SheetNumber.text(written)).utf8)
        }
    }
}
