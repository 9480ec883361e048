import Glibc

extension MemberStore {
    /// Whether the contents of the disk are uncertain after this error, or gone, so that carrying on might send twice. A
    /// full disk or a busy store is no such error.
    package static func isBeyondRepair(_ error: any Error) -> Bool {
        switch error {
        case let fault as SQLFault: fault.kind == .disk || fault.kind == .damaged
        case is DamagedCell, is OpenedStoreFile.Gone: true
        case let error as HighWaterMarkFile.Failure: error.code == EIO
        default: false
        }
    }

    /// Describes an error of the machine for the log and for `systemctl status`, in English, without SQL or values of rows.
    package static func words(for error: any Error) -> String {
        StoreTrouble(error)?.sentence(nil).english ?? "\(error)"
    }
}
