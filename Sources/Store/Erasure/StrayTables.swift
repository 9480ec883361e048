import Kit

/// Which tables still hold a value that nobody has any more, asked of the SQLite file itself.
enum StrayTables {
    /// The tables with rows that hold one of the values, sorted: it reads the whole store.
    static func holding(_ values: [String], _ db: Session) throws -> [String] {
        let columns = try db.all(
            """
            SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND c.type = 'TEXT' ORDER BY m.name
            """)
        var tables: [String: [String]] = [:]
        for row in columns { tables[try row[0], default: []].append(try row[1]) }
        return try tables.filter { table, columns in
            try values.contains { value in
                let holds = columns.map { "instr(\"\($0)\", ?1) > 0" }.joined(separator: " OR ")
                return try db.value("SELECT EXISTS (SELECT 1 FROM \"\(table)\" WHERE \(holds))", [value]) ?? false
            }
        }.keys.sorted { $0.isBytewise(before: $1) }
    }
}
