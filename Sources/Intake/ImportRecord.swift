import Kit
import Rules

/// One record of an import file, its cells under their columns.
package struct ImportRecord {
    package enum Cell: Equatable {
        case text(String)
        /// A list or an object of an NDJSON line.
        case json(StrictJSON)

        var isBlank: Bool { if case .text(let text) = self { text.utf8.allSatisfy { $0 <= 0x20 } } else { false } }
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

        /// The columns that have a value.
        package var filled: ColumnSet { columns { !$0.isBlank } }
        /// The columns of the file, with a value or not.
        package var present: ColumnSet { columns { _ in true } }
        package var blanks: Int { cells.count(where: \.isBlank) }

        private func columns(where isWanted: (Cell) -> Bool) -> ColumnSet {
            var set: ColumnSet = []
            for (column, cell) in zip(columns, cells) where isWanted(cell) { set.insert(column) }
            return set
        }

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

    /// The columns whose stored values the row replaces: those that are not empty, or all of the file.
    package func stated(_ blanks: BlankCells) -> ColumnSet { blanks == .keep ? cells.filled : cells.present }

    /// The number of empty cells under columns that have a meaning.
    package var blanks: Int { cells.blanks + attributes.values.count { $0.isEmpty } }

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

/// What an empty cell does to what the store holds.
package enum BlankCells: String, CaseIterable, Sendable { case keep, clear }
