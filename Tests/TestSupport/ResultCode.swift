import Store

/// SQLite's result codes, by its own names (https://sqlite.org/rescode.html).
package struct ResultCode: Sendable, CustomStringConvertible {
    package let number: Int32
    package let description: String

    private init(_ number: Int32, _ description: String) { (self.number, self.description) = (number, description) }

    package static let SQLITE_ERROR = ResultCode(1, "error")
    package static let SQLITE_BUSY = ResultCode(5, "busy")
    package static let SQLITE_NOMEM = ResultCode(7, "no memory")
    package static let SQLITE_READONLY = ResultCode(8, "read only")
    package static let SQLITE_IOERR = ResultCode(10, "disk")
    package static let SQLITE_IOERR_READ = ResultCode(10 | 1 << 8, "disk, reading")
    package static let SQLITE_IOERR_FSYNC = ResultCode(10 | 4 << 8, "disk, making sure")
    package static let SQLITE_CORRUPT = ResultCode(11, "corrupt")
    package static let SQLITE_FULL = ResultCode(13, "full")
    package static let SQLITE_TOOBIG = ResultCode(18, "too big")
    package static let SQLITE_CONSTRAINT = ResultCode(19, "constraint failed")
    package static let SQLITE_MISMATCH = ResultCode(20, "type mismatch")
    package static let SQLITE_NOTADB = ResultCode(26, "not a database")
}

extension SQLFault {
    package init(_ code: ResultCode, message: String? = nil) { self.init(code: code.number, message: message) }
}
