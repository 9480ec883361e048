import GRDB
import GRDBSQLite

/// One connection to the database, for the length of a block that reads or writes. Every statement is kept prepared by
/// its text, and every value is bound. `source` is the source file of a statement, for the recorder of the tests.
package struct Session {
    /// Not used outside this folder.
    let db: Database
    let damage: DamageNote
    private let statements: BlockStatements

    init(_ db: Database) {
        self.db = db
        damage = DamageNote()
        statements = BlockStatements(damage)
    }

    /// Runs a statement to its end, and returns how many rows it changed.
    @discardableResult
    package func run(
        _ sql: String, _ arguments: SQLArguments = [], from source: StaticString = #fileID
    ) throws -> Int {
        let statement = try statements.prepared(db, sql, from: source).statement
        try statement.bind(arguments)
        while try statement.step() {}
        return statement.changes
    }

    /// - Parameter keeps: false for a text that is unlikely to be run again: it is not kept prepared.
    package func all(
        _ sql: String, _ arguments: SQLArguments = [], keeps: Bool = true, from source: StaticString = #fileID
    ) throws -> [SQLRow] {
        var rows: [SQLRow] = []
        let cursor = try cursor(sql, arguments, keeps: keeps, from: source)
        while let row = try cursor.next() { rows.append(row) }
        return rows
    }

    package func first(
        _ sql: String, _ arguments: SQLArguments = [], from source: StaticString = #fileID
    ) throws -> SQLRow? {
        let (statement, columns) = try statements.prepared(db, sql, from: source)
        try statement.bind(arguments)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return statement.row(columns)
    }

    /// The first cell of the first row; nil where there is no row, or the cell is NULL.
    package func value<Value: SQLReadable>(
        _ sql: String, _ arguments: SQLArguments = [], from source: StaticString = #fileID
    ) throws -> Value? {
        try first(sql, arguments, from: source).flatMap { try Session.read($0) as Value? }
    }

    /// Single values have no limit of size: random numbers may be any `Int64`.
    private static func read<Value: SQLReadable>(_ row: SQLRow) throws -> Value {
        guard let value = Value.read(row.values[0]) else {
            throw row.columns.damage.note(DamagedCell(column: row.names[0]))
        }
        return value
    }

    /// The first cell of each row.
    package func values<Value: SQLReadable>(
        _ sql: String, _ arguments: SQLArguments = [], from source: StaticString = #fileID
    ) throws -> [Value] {
        var values: [Value] = []
        try each(sql, arguments, from: source) { values.append(try Session.read($0)) }
        return values
    }

    /// Hands the rows over one by one; no more than one is in memory. The statement must not be run again meanwhile.
    package func each(
        _ sql: String, _ arguments: SQLArguments = [], from source: StaticString = #fileID,
        _ body: (SQLRow) throws -> Void
    ) throws {
        let rows = try cursor(sql, arguments, from: source)
        while let row = try rows.next() { try body(row) }
    }

    package func cursor(
        _ sql: String, _ arguments: SQLArguments = [], keeps: Bool = true, from source: StaticString = #fileID
    ) throws -> SQLCursor {
        let (statement, columns) = try statements.prepared(db, sql, keeps: keeps, from: source)
        try statement.bind(arguments)
        return SQLCursor(statement, columns)
    }

    /// Runs `body` in a savepoint, which alone is rolled back when `body` throws or returns `takeBack`.
    /// Its statements are kept prepared, because each event that comes in and each occurrence of a tick has one.
    package func savepoint(_ body: () throws -> SavepointEnd) throws {
        try Connections.translating {
            // Where there is no transaction, this makes one.
            guard db.isInsideTransaction else {
                return try db.inSavepoint { try body() == .keep ? .commit : .rollback }
            }
            try db.cachedStatement(sql: "SAVEPOINT step").execute()
            let end: SavepointEnd
            do { end = try body() } catch {
                // The first error counts. One of the disk may have ended the whole transaction.
                if db.isInsideTransaction { try? leaveSavepoint(.takeBack) }
                throw error
            }
            try leaveSavepoint(end)
        }
    }

    private func leaveSavepoint(_ end: SavepointEnd) throws {
        guard db.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        if end == .takeBack { try db.cachedStatement(sql: "ROLLBACK TO step").execute() }
        try db.cachedStatement(sql: "RELEASE step").execute()
    }

    /// Runs `body` in a transaction of its own, for a block that is in none.
    package func transaction(immediate: Bool = false, _ body: () throws -> Void) throws {
        try Connections.translating {
            try db.inTransaction(immediate ? .immediate : nil) {
                try body()
                try damage.check()
                return .commit
            }
        }
    }

    /// Several statements without values, one after the other.
    package func script(_ sql: String) throws {
        // They may change the columns of what was prepared.
        statements.forgetAll()
        try Connections.translating { try db.execute(sql: sql) }
    }

    /// Prepares a statement without running it, and throws the error of the database if that fails.
    package func check(_ sql: String) throws {
        _ = try Connections.translating { try db.makeStatement(sql: Dialect.sqlite(sql, keeps: false)) }
    }

    /// Passes each statement that is run from now on to `take`, as text and with its values filled in; nil ends that.
    package func trace(_ take: ((_ sql: String, _ expanded: String) -> Void)?) {
        guard let take else { return db.trace(options: []) }
        db.trace {
            if case .statement(let statement) = $0 { take(statement.sql, statement.expandedSQL) }
        }
    }

    /// The row number of the last row that this connection inserted.
    package var lastRow: Int64 { db.sqliteConnection.map { sqlite3_last_insert_rowid($0) } ?? 0 }
}

package enum SavepointEnd { case keep, takeBack }

/// Rows that are read one by one, within the block that the session belongs to.
package final class SQLCursor {
    private let statement: PreparedStatement
    private let columns: SQLRow.Columns
    private var isOver = false

    init(_ statement: PreparedStatement, _ columns: SQLRow.Columns) {
        (self.statement, self.columns) = (statement, columns)
    }

    deinit { if !isOver { statement.reset() } }

    package func next() throws -> SQLRow? {
        guard !isOver else { return nil }
        do {
            guard try statement.step() else {
                isOver = true
                return nil
            }
        } catch {
            isOver = true
            throw error
        }
        return statement.row(columns)
    }
}
