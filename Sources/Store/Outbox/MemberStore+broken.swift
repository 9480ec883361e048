import Glibc

extension MemberStore {
    /// After such an error nobody knows what is on disk: whoever goes on may send twice. A full disk or a busy store is
    /// none of these.
    package static func isBeyondRepair(_ error: any Error) -> Bool {
        switch error {
        case let fault as SQLFault: fault.kind == .disk || fault.kind == .damaged
        case is DamagedCell: true
        case let error as HighWaterMarkFile.Failure: error.code == EIO
        default: false
        }
    }

    /// An error of the machine in words for the log and for `systemctl status`: no SQL, no value of a row.
    package static func words(for error: any Error) -> String {
        StoreTrouble(error)?.sentence(nil) ?? "\(error)"
    }
}
