import GRDB
import GRDBSQLite

extension Session {
    /// Reads the file of the database as it is on disk, without the write-ahead log, by SQLite's own descriptor.
    ///
    /// Nobody may open the file of a store a second time in the process that has the store: closing it takes away the
    /// locks of every connection (POSIX), and the next program to leave the store removes the log that is still in use.
    /// - Parameter take: called with one piece after the other.
    func fileBytes(inPiecesOf most: Int, _ take: ([UInt8]) throws -> Void) throws {
        var found: UnsafeMutablePointer<sqlite3_file>?
        let code = withUnsafeMutablePointer(to: &found) {
            sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, $0)
        }
        guard code == SQLITE_OK, let file = found, let methods = file.pointee.pMethods?.pointee,
            let sizeOf = methods.xFileSize, let read = methods.xRead
        else { throw SQLFault(code: code == SQLITE_OK ? SQLITE_CANTOPEN : code) }
        var size: Int64 = 0
        try Session.check(sizeOf(file, &size))
        var place: Int64 = 0
        while place < size {
            var piece = [UInt8](repeating: 0, count: Int(min(Int64(most), size - place)))
            try piece.withUnsafeMutableBytes { try Session.check(read(file, $0.baseAddress, Int32($0.count), place)) }
            try take(piece)
            place += Int64(piece.count)
        }
    }

    /// A file that became shorter meanwhile is read as zeros.
    private static func check(_ code: Int32) throws {
        let isShort = code == SQLITE_IOERR | 2 << 8
        guard code == SQLITE_OK || isShort else { throw SQLFault(code: code) }
    }
}
