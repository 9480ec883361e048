/// The statements that an upsert of one table needs.
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

/// A value for a column; where the row does not state it, the stored value is kept.
struct RowCell {
    let value: SQLValue
    let isStated: Bool

    init<Value: SQLBindable>(_ value: Value?, _ isStated: Bool = true) {
        self.value = value?.sql ?? .null
        self.isStated = isStated
    }
}

extension Session {
    /// Inserts the row, or updates the cells that are stated and differ. Returns the cells as stored afterwards.
    ///
    /// - Parameter isNew: the row is known not to exist.
    func upsert(_ table: RowTable, key: [any SQLBindable], _ cells: [RowCell], isNew: Bool = false) throws
        -> (written: RowWriter.Written, stored: [SQLValue], before: [SQLValue]?)
    {
        // A closure, because a key path of an existential is built on each call.
        let key = key.map(\.sql)
        guard !isNew, let row = try first(table.selectSQL, SQLArguments(key)) else {
            let values = cells.map(\.value)
            try insert(table, key + values)
            return (.inserted, values, nil)
        }
        let stored = Array(row.values)
        let merged = zip(cells, stored).map { $0.isStated ? $0.value : $1 }
        if merged == stored { return (.unchanged, stored, stored) }
        try run(table.updateSQL, SQLArguments(merged + key))
        return (.updated, merged, stored)
    }

    /// Inserts a row that is known not to exist.
    ///
    /// - Parameter values: the values of the key, then those of the columns.
    func insert(_ table: RowTable, _ values: [SQLValue]) throws {
        try run(table.insertSQL, SQLArguments(values))
    }
}
