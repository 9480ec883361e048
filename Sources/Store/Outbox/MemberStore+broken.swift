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
}
