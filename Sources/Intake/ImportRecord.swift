import Kit
import Rules

/// One record of an import file, its cells under their columns.
package struct ImportRecord {
    package enum Cell: Equatable {
        case text(String)
        /// A list or an object of an NDJSON line.
        case json(StrictJSON)
    }

    /// The cells by their columns, which are so few that a search costs less than a dictionary.
    package struct Cells {
        private var columns: [Column] = []
        private var cells: [Cell] = []

        package init() {}

        /// - Parameter columns: those that `append` fills, in their order. All rows of a file share them.
        init(of columns: [Column]) {
            self.columns = columns
            cells.reserveCapacity(columns.count)
        }

        mutating func append(_ cell: Cell) { cells.append(cell) }

        package var stated: ColumnSet { ColumnSet(columns.prefix(cells.count)) }

        package subscript(column: Column) -> Cell? { place(of: column).map { cells[$0] } }

        /// Adds the cell of a column that has none yet.
        mutating func add(_ cell: Cell, under column: Column) {
            columns.append(column)
            cells.append(cell)
        }

        private func place(of column: Column) -> Int? {
            for place in cells.indices where columns[place] == column { return place }
            return nil
        }
    }

    /// From 1; the header is not counted.
    package var number: Int
    package var cells = Cells()
    var attributes: [String: String] = [:]
    /// The cells that the rejected file shows, one for each of its own columns.
    var originals: [String] = []
    /// Why the record cannot be read at all.
    package var damage: Rejection?
    /// Names in this record without a meaning.
    package var unknown: [String] = []

    /// The record without its cells, once a row was made of them: what the rejected file needs.
    package var emptied: ImportRecord {
        var record = self
        record.cells = Cells()
        record.attributes = [:]
        return record
    }

    /// Identifies rows that are the same row; nil when the record lacks a required part of the key.
    package func key(_ kind: ImportKind) -> String? {
        guard damage == nil else { return nil }
        let columns = kind.key
        if columns.count == 1, case .text(let text)? = cells[columns[0]], !text.isEmpty {
            return RowID.canonical(text)
        }
        var parts: [String] = []
        for column in columns {
            guard case .text(let text)? = cells[column], !text.isEmpty else {
                if kind.required.contains(column) || kind == .events { return nil }
                parts.append("")
                continue
            }
            parts.append(RowID.canonical(text))
        }
        return parts.joined(separator: "\u{1F}")
    }
}

/// Removes what spreadsheets and databases wrap around a value.
enum CellText {
    /// Strips white space, the apostrophe or `="…"` by which Excel marks text, and the words for nothing.
    static func bare(_ text: String) -> String {
        if isBare(text) { return text }
        var bare = trimmed(text)
        if bare.hasPrefix("'") { bare = trimmed(bare.dropFirst()) }
        if bare.hasPrefix("=\""), bare.hasSuffix("\""), bare.utf8.count > 2 {
            bare = trimmed(bare.dropFirst(2).dropLast())
        }
        return bare.utf8.count <= longestNothing && nothing.contains(bare) ? "" : bare
    }

    /// Whether nothing can be around the value, as of nearly every cell: it begins and ends with visible ASCII or a
    /// Chinese character, and is no word for nothing.
    private static func isBare(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard let first = bytes.first else { return true }
            let chinese: ClosedRange<UInt8> = 0xE4...0xE9
            let endsPlainly =
                isVisible(bytes[bytes.count - 1]) || (bytes.count > 2 && chinese.contains(bytes[bytes.count - 3]))
            guard endsPlainly, first != UInt8(ascii: "'"), first != UInt8(ascii: "=") else { return false }
            let isNumber = (0x30...0x39).contains(first)
            return chinese.contains(first) || isVisible(first) && (isNumber || bytes.count > longestNothing)
        }
    }

    private static func isVisible(_ byte: UInt8) -> Bool { (0x21..<0x7F).contains(byte) }

    private static let nothing: Set<String> = ["NULL", "null", "\\N", "(null)", "#N/A", "N/A"]
    private static let longestNothing = 6

    private static func trimmed(_ text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF: true
        default: false
        }
    }
}
