import Kit
import Rules

/// Columns for people: text on the left, numbers aligned right, padded by terminal width.
struct TextTable {
    private var rows: [[String]]
    private let textColumns: Int

    /// - Parameter textColumns: how many of the first columns are aligned left.
    init(_ head: [String], textColumns: Int = 1) {
        rows = [head]
        self.textColumns = textColumns
    }

    mutating func add(_ row: [String]) { rows.append(row) }
    /// A blank line.
    mutating func addGap() { if rows.last != [] { rows.append([]) } }

    var width: Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }

    var lines: [String] {
        let widths = widths
        return rows.map { row in
            let cells = row.enumerated().map { index, cell -> String in
                let pad = String(repeating: " ", count: max(0, widths[index] - Columns.width(cell)))
                return index < textColumns ? cell + pad : pad + cell
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private var widths: [Int] {
        (rows.first ?? []).indices.map { column in
            rows.map { $0.indices.contains(column) ? Columns.width($0[column]) : 0 }.max() ?? 0
        }
    }
}
