import GRDB
import Glibc

extension MemberStore {
    /// After such an error nobody knows what is on disk: whoever goes on may send twice. A full disk or a busy store is
    /// none of these.
    package static func isBeyondRepair(_ error: any Error) -> Bool {
        switch error {
        case let error as DatabaseError:
            [.SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode.primaryResultCode)
        case let error as HighWaterMarkFile.Failure: error.code == EIO
        default: false
        }
    }

    /// An error of the machine in words for the log and for `systemctl status`: no SQL, no value of a row.
    package static func words(for error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL: return "the disk is full"
        case .SQLITE_BUSY, .SQLITE_LOCKED: return "the store is busy"
        case .SQLITE_IOERR: return "the disk fails"
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return "the store is damaged"
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: return "the store cannot be written"
        case let code: return "the store answers with error \(code.rawValue)"
        }
    }
}
