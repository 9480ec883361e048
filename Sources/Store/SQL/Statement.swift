import Foundation
import GRDB
import GRDBSQLite

/// A prepared statement, usually kept by its connection. Values are bound and cells read directly through SQLite; an
/// error has SQLite's message, and neither the text nor the values.
final class PreparedStatement {
    private let statement: GRDB.Statement
    private let connection: OpaquePointer?
    /// The names of the parameters without the colon, in the order of their numbers.
    private lazy var names: [String] = (0..<sqlite3_bind_parameter_count(pointer)).map {
        sqlite3_bind_parameter_name(pointer, $0 + 1).map { String(cString: $0 + 1) } ?? "?"
    }
    private var pointer: OpaquePointer { statement.sqliteStatement }

    init(_ db: Database, _ sql: String, keeps: Bool) throws {
        let sql = Dialect.sqlite(sql, keeps: keeps)
        statement = try Connections.translating {
            try keeps ? db.cachedStatement(sql: sql) : db.makeStatement(sql: sql)
        }
        connection = db.sqliteConnection
    }

    /// How many rows the last statement of the connection changed.
    var changes: Int { connection.map { Int(sqlite3_changes($0)) } ?? 0 }

    func columns(_ damage: DamageNote) -> SQLRow.Columns {
        let names = (0..<sqlite3_column_count(pointer)).map { String(cString: sqlite3_column_name(pointer, $0)) }
        return SQLRow.Columns(names, damage)
    }

    // MARK: binding

    func bind(_ arguments: SQLArguments) throws {
        sqlite3_reset(pointer)
        guard arguments.named.isEmpty, arguments.tables.isEmpty else { return try bindByName(arguments) }
        let count = sqlite3_bind_parameter_count(pointer)
        guard count == Int32(arguments.positional.count) else {
            throw SQLFault(
                code: SQLITE_MISUSE,
                message: "\(arguments.positional.count) values for \(count) parameters of a statement")
        }
        for (index, value) in arguments.positional.enumerated() { try bind(value, at: Int32(index + 1)) }
    }

    private func bindByName(_ arguments: SQLArguments) throws {
        for (offset, name) in names.enumerated() {
            let index = Int32(offset + 1)
            if let value = arguments.named[name] {
                try bind(value, at: index)
            } else if let table = arguments.tables[name] {
                try bind(table, at: index)
            } else {
                throw SQLFault(code: SQLITE_MISUSE, message: "a statement's parameter \(name) has no value")
            }
        }
    }

    private func bind(_ table: SQLTable, at index: Int32) throws {
        let code = sqlite3_bind_pointer(
            pointer, index, Unmanaged.passRetained(table).toOpaque(), SQLTable.pointerType,
            { $0.map { Unmanaged<SQLTable>.fromOpaque($0).release() } })
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func bind(_ value: SQLValue, at index: Int32) throws {
        let code =
            switch value {
            case .null: sqlite3_bind_null(pointer, index)
            case .int(let number): sqlite3_bind_int64(pointer, index, number)
            case .real(let number): sqlite3_bind_double(pointer, index, number)
            case .text(var text):
                text.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        sqlite3_bind_text(pointer, index, $0.baseAddress ?? emptyText, Int32($0.count), copied)
                    }
                }
            case .blob(let data):
                data.withUnsafeBytes { bytes in
                    bytes.isEmpty
                        ? sqlite3_bind_zeroblob(pointer, index, 0)
                        : sqlite3_bind_blob(pointer, index, bytes.baseAddress, Int32(bytes.count), copied)
                }
            }
        guard code == SQLITE_OK else { throw failure(code) }
    }

    // MARK: stepping

    /// Whether there is a row now. At the end and after an error the statement is ready to be run again.
    func step() throws -> Bool {
        let code = sqlite3_step(pointer)
        if code == SQLITE_ROW { return true }
        let failure = code == SQLITE_DONE ? nil : failure(code)
        reset()
        if let failure { throw failure }
        return false
    }

    func reset() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    private func failure(_ code: Int32) -> SQLFault {
        SQLFault(
            code: connection.map { sqlite3_extended_errcode($0) } ?? code,
            message: connection.map { String(cString: sqlite3_errmsg($0)) })
    }

    // MARK: reading

    func row(_ columns: SQLRow.Columns) -> SQLRow {
        SQLRow(columns: columns, values: (0..<Int32(columns.names.count)).map(cell))
    }

    func cell(_ index: Int32) -> SQLValue {
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return .int(sqlite3_column_int64(pointer, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT:
            let bytes = UnsafeRawBufferPointer(
                start: sqlite3_column_text(pointer, index), count: Int(sqlite3_column_bytes(pointer, index)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            guard let start = sqlite3_column_blob(pointer, index) else { return .blob(Data()) }
            return .blob(Data(bytes: start, count: Int(sqlite3_column_bytes(pointer, index))))
        default: return .null
        }
    }
}

/// A text without bytes has no address of its own, and no address would be NULL.
nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    text.initialize(to: 0)
    return UnsafePointer(text)
}()

/// SQLITE_TRANSIENT: SQLite copies the bytes.
nonisolated(unsafe) let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
