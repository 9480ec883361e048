/// Rows that a statement reads as a table, bound as one parameter: `{rows :name}` has the columns `i`, from 0, and `c0`
/// to `c5`. Nothing is written as text and read again.
package final class SQLTable: Sendable {
    /// The most columns of a row.
    static let width = 6
    let cells: [SQLValue]
    let rowCount: Int

    /// - Parameter rows: of `width` cells at most; what is missing in a row is NULL.
    package init(_ rows: some Collection<[SQLValue]>) {
        var cells: [SQLValue] = []
        cells.reserveCapacity(rows.count * SQLTable.width)
        for row in rows {
            precondition(row.count <= SQLTable.width, "a row has too many cells")
            cells += row
            for _ in row.count..<SQLTable.width { cells.append(.null) }
        }
        self.cells = cells
        rowCount = rows.count
    }
}
