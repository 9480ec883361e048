import GRDB
import GRDBSQLite

/// An error of the database with its own message, which contains no statement and no value.
package struct SQLFault: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// The text of a statement is at fault, or a row that it read or wrote.
        case text
        /// Another process has been reading or writing for too long.
        case busy
        case full
        case denied
        /// The contents of the file cannot be relied on.
        case damaged
        /// The disk itself fails.
        case disk
        /// We interrupted the statement ourselves.
        case interrupted
        case other
    }
    package let kind: Kind
    /// SQLite's primary result code.
    package let code: Int32
    package let message: String?
    /// Whether a cell had to be written that is not of its column's type. We bind what columns take, so it was copied from
    /// a damaged row.
    package let isOfWrongType: Bool

    package init(code extended: Int32, message: String? = nil) {
        code = extended & 0xff
        self.message = message
        isOfWrongType = extended == 3091  // SQLITE_CONSTRAINT_DATATYPE
        kind =
            switch ResultCode(rawValue: code) {
            case .SQLITE_ERROR, .SQLITE_MISUSE, .SQLITE_MISMATCH, .SQLITE_RANGE, .SQLITE_TOOBIG, .SQLITE_CONSTRAINT:
                .text
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_FULL: .full
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .denied
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged
            case .SQLITE_IOERR: .disk
            case .SQLITE_INTERRUPT: .interrupted
            default: .other
            }
    }

    init(_ error: DatabaseError) {
        // A copy leaves its error with neither connection: the text that SQLite then has is that of no error.
        let isMissing = error.message == String(cString: sqlite3_errstr(SQLITE_OK))
        let message = isMissing ? String(cString: sqlite3_errstr(error.resultCode.rawValue)) : error.message
        self.init(code: error.extendedResultCode.rawValue, message: message)
    }

    package var description: String { message ?? "error \(code)" }

    /// Only the statement, or a value given to it, is at fault.
    package var isOfTheText: Bool { kind == .text || ResultCode(rawValue: code) == .SQLITE_AUTH }
    /// The statement would write through a connection that only reads.
    package var isReadOnly: Bool { ResultCode(rawValue: code) == .SQLITE_READONLY }
}
