import Kit
import Rules

/// A cell with a value that its column cannot have: another type, or NULL where a value is required.
package struct MisplacedCell: Hashable, Sendable, CustomStringConvertible {
    package let table: String
    package let column: String
    /// The row's key, such as `member lin, id o1`, with addresses masked.
    package let key: String

    package var words: Bilingual {
        Bilingual(
            "the cell `\(column)` of \(key) in the table `\(table)` is damaged",
            "表 `\(table)` 中 \(key) 的 `\(column)` 已损坏")
    }
    package var description: String { words.description }

    /// The first such cell, or nil. Reads every row of every table once, in the memory of one page.
    ///
    /// - Parameter column: tables that have a column of this name are read first.
    static func first(in db: Session, suspecting column: String? = nil) throws -> MisplacedCell? {
        let tables: [String] = try db.values(
            """
            SELECT t.name FROM sqlite_schema t WHERE t.type = 'table' AND t.name NOT GLOB 'sqlite_*'
              AND t.name NOT GLOB 'grdb_*'
              ORDER BY NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = ?), t.name
            """, [column])
        for table in tables {
            if let cell = try first(in: table, db) { return cell }
        }
        return nil
    }

    static func first(in table: String, _ db: Session) throws -> MisplacedCell? {
        let columns = try db.columns(in: table)
        let cases = columns.enumerated().compactMap { index, column in
            test(column, in: table).map { "WHEN \($0) THEN \(index)" }
        }
        guard !cases.isEmpty else { return nil }
        let keys = columns.filter { $0.placeInKey > 0 }.sorted { $0.placeInKey < $1.placeInKey }
        let picked = ["CASE \(cases.joined(separator: " ")) END AS misplaced"] + keys.map(\.sqlText)
        let found = try db.first(
            "SELECT \(picked.joined(separator: ", ")) FROM \(table) WHERE misplaced IS NOT NULL LIMIT 1")
        guard let found, let index = try found[0] as Int? else { return nil }
        let values = keys.indices.map { "\(keys[$0].name) \(shown(found.values[$0 + 1]))" }
        return MisplacedCell(table: table, column: columns[index].name, key: values.joined(separator: ", "))
    }

    /// An SQL condition that holds for a cell the column cannot have; nil for a column that takes anything.
    private static func test(_ column: TableColumn, in table: String) -> String? {
        let type = column.type.lowercased()
        guard ["integer", "text", "real", "blob"].contains(type) else { return nil }
        let furthest = SQLValue.furthest
        // `meta` also has random numbers, which may be of any size.
        let isOfAnother =
            type == "integer" && table != "meta"
            ? "(typeof(\(column.sqlText)) <> 'integer' OR \(column.sqlText) NOT BETWEEN \(-furthest) AND \(furthest))"
            : "typeof(\(column.sqlText)) <> '\(type)'"
        let isRequired = column.isRequired || column.placeInKey > 0
        return isRequired ? isOfAnother : "\(isOfAnother) AND \(column.sqlText) IS NOT NULL"
    }

    private static func shown(_ value: SQLValue) -> String {
        switch value {
        case .int(let number): return String(number)
        case .text(let text): return Mask.key(text)
        default: return "?"
        }
    }
}

extension TableColumn {
    fileprivate var sqlText: String { "\"\(name)\"" }
}
