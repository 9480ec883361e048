import Foundation
import GRDBSQLite

extension SQLTable {
    /// Under this name a statement finds a table among its parameters. SQLite compares it, and keeps the pointer.
    nonisolated(unsafe) static let pointerType: UnsafePointer<CChar> = UnsafePointer(strdup("nudged_rows"))
}

extension Session {
    /// Adds `nudged_rows(table)`, which reads a bound `SQLTable`.
    func addTables() throws {
        let code = sqlite3_create_module_v2(db.sqliteConnection, "nudged_rows", TableModule.module, nil, nil)
        guard code == SQLITE_OK else { throw SQLFault(code: code) }
    }
}

/// SQLite's side of `SQLTable`: a table-valued function whose only argument is the hidden column `input`.
private enum TableModule {
    private static let declaration = "CREATE TABLE x (i INTEGER, c0, c1, c2, c3, c4, c5, input HIDDEN)"
    private static let inputColumn = Int32(SQLTable.width + 1)

    /// SQLite knows a cursor by the address of its first member. The binding keeps the table alive.
    private struct Cursor {
        var base = sqlite3_vtab_cursor()
        var table: Unmanaged<SQLTable>?
        var row = 0
    }

    nonisolated(unsafe) static let module: UnsafePointer<sqlite3_module> = {
        var module = sqlite3_module()
        module.xConnect = { db, _, _, _, table, _ in
            let code = sqlite3_declare_vtab(db, TableModule.declaration)
            guard code == SQLITE_OK else { return code }
            let made = UnsafeMutablePointer<sqlite3_vtab>.allocate(capacity: 1)
            made.initialize(to: sqlite3_vtab())
            table?.pointee = made
            return SQLITE_OK
        }
        module.xDisconnect = { table in
            table?.deallocate()
            return SQLITE_OK
        }
        module.xBestIndex = { _, info in TableModule.plan(info) }
        module.xOpen = { _, cursor in
            let made = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
            made.initialize(to: Cursor())
            cursor?.pointee = UnsafeMutableRawPointer(made).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
            return SQLITE_OK
        }
        module.xClose = { cursor in
            TableModule.cursor(cursor)?.deallocate()
            return SQLITE_OK
        }
        module.xFilter = { cursor, _, _, _, values in
            guard let cursor = TableModule.cursor(cursor) else { return SQLITE_MISUSE }
            cursor.pointee.table = sqlite3_value_pointer(values?[0], SQLTable.pointerType)
                .map { Unmanaged<SQLTable>.fromOpaque($0) }
            cursor.pointee.row = 0
            return SQLITE_OK
        }
        module.xNext = { cursor in
            TableModule.cursor(cursor)?.pointee.row += 1
            return SQLITE_OK
        }
        module.xEof = { cursor in
            guard let cursor = TableModule.cursor(cursor)?.pointee, let table = cursor.table else { return 1 }
            return table._withUnsafeGuaranteedRef { cursor.row >= $0.rowCount ? 1 : 0 }
        }
        module.xColumn = { cursor, context, column in
            guard let cursor = TableModule.cursor(cursor)?.pointee else { return SQLITE_MISUSE }
            TableModule.write(column, of: cursor, to: context)
            return SQLITE_OK
        }
        module.xRowid = { cursor, row in
            row?.pointee = Int64(TableModule.cursor(cursor)?.pointee.row ?? 0)
            return SQLITE_OK
        }
        let kept = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        kept.initialize(to: module)
        return UnsafePointer(kept)
    }()

    private static func cursor(_ base: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> UnsafeMutablePointer<Cursor>? {
        base.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: Cursor.self) }
    }

    /// There is one way to read a table: from its first row on, with its parameter.
    private static func plan(_ info: UnsafeMutablePointer<sqlite3_index_info>?) -> Int32 {
        guard let info else { return SQLITE_MISUSE }
        for index in 0..<Int(info.pointee.nConstraint) {
            let constraint = info.pointee.aConstraint[index]
            guard constraint.iColumn == inputColumn, constraint.op == UInt8(SQLITE_INDEX_CONSTRAINT_EQ),
                constraint.usable != 0
            else { continue }
            info.pointee.aConstraintUsage[index].argvIndex = 1
            info.pointee.aConstraintUsage[index].omit = 1
            info.pointee.estimatedCost = 1
            return SQLITE_OK
        }
        return SQLITE_CONSTRAINT
    }

    private static func write(_ column: Int32, of cursor: Cursor, to context: OpaquePointer?) {
        guard column > 0, column < inputColumn, let table = cursor.table else {
            return sqlite3_result_int64(context, Int64(cursor.row))
        }
        let cell = table._withUnsafeGuaranteedRef { $0.cells[cursor.row * SQLTable.width + Int(column) - 1] }
        switch cell {
        case .null: sqlite3_result_null(context)
        case .int(let number): sqlite3_result_int64(context, number)
        case .real(let number): sqlite3_result_double(context, number)
        case .text(var text):
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_result_text(context, $0.baseAddress ?? emptyText, Int32($0.count), copied)
                }
            }
        case .blob(let data):
            data.withUnsafeBytes { bytes in
                bytes.isEmpty
                    ? _ = sqlite3_result_zeroblob64(context, 0)
                    : sqlite3_result_blob(context, bytes.baseAddress, Int32(bytes.count), copied)
            }
        }
    }
}
