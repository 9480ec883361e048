import GRDB

/// One table as upserts see it.
struct RowTable: Sendable {
    let keyCount: Int
    fileprivate let selectSQL: String
    fileprivate let insertSQL: String
    fileprivate let updateSQL: String

    init(_ name: String, keys: [String], columns: [String]) {
        keyCount = keys.count
        let found = keys.map { "\($0) = ?" }.joined(separator: " AND ")
        let marks = Array(repeating: "?", count: keys.count + columns.count).joined(separator: ", ")
        selectSQL = "SELECT \(columns.joined(separator: ", ")) FROM \(name) WHERE \(found)"
        insertSQL = "INSERT INTO \(name) (\((keys + columns).joined(separator: ", "))) VALUES (\(marks))"
        updateSQL = "UPDATE \(name) SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE \(found)"
    }
}

/// A value for a column, which keeps what is stored where the row does not state it.
struct RowCell {
    let value: DatabaseValue
    let isStated: Bool

    init(_ value: (any DatabaseValueConvertible)?, _ isStated: Bool = true) {
        self.value = value?.databaseValue ?? .null
        self.isStated = isStated
    }
}

extension Database {
    /// Inserts the row, or updates what is stated and differs. Returns what is stored in the end.
    func upsert(_ table: RowTable, key: [any DatabaseValueConvertible], _ cells: [RowCell]) throws
        -> (written: RowWriter.Written, stored: [DatabaseValue])
    {
        // A closure: the key path of an existential is made anew each time.
        let key = key.map { $0.databaseValue }
        guard let row = try Row.fetchOne(cachedStatement(sql: table.selectSQL), arguments: StatementArguments(key))
        else {
            let values = cells.map(\.value)
            try insert(table, key + values)
            return (.inserted, values)
        }
        let stored = Array(row.databaseValues)
        let merged = zip(cells, stored).map { $0.isStated ? $0.value : $1 }
        if merged == stored { return (.unchanged, stored) }
        try cachedStatement(sql: table.updateSQL).execute(arguments: StatementArguments(merged + key))
        return (.updated, merged)
    }

    /// For a row that is known not to be there.
    ///
    /// - Parameter values: those of the key, then those of the columns.
    func insert(_ table: RowTable, _ values: [DatabaseValue]) throws {
        try cachedStatement(sql: table.insertSQL).execute(arguments: StatementArguments(values))
    }

    /// Runs a statement that is prepared once per connection.
    func run(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws {
        try cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
    }

    /// The first row of a statement that is prepared once per connection.
    func first(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: StatementArguments(values))
    }

    func all(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: StatementArguments(values))
    }
}
