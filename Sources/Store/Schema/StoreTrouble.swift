import Foundation
import Glibc

/// The trouble behind an error of a store, in words for an operator: no SQL and no values.
package enum StoreTrouble: Sendable, Hashable {
    /// The contents of the file cannot be relied on; the text says where.
    case damaged(String)
    case full
    case busy
    case denied
    /// The disk itself fails.
    case disk(String)
    /// Another error of SQLite, which is not the fault of the file.
    case other(String)

    /// Nil for an error that does not come from the store.
    package init?(_ error: any Error) {
        switch error {
        case let fault as SQLFault: self = StoreTrouble(fault)
        case let error as DamagedCell: self = .damaged(error.description)
        case let error as HighWaterMarkFile.Failure:
            self = error.code == ENOSPC ? .full : error.code == EACCES ? .denied : .disk("\(error)")
        default: return nil
        }
    }

    private init(_ fault: SQLFault) {
        let message = StatementFault.withoutDigits(fault.description)
        switch fault.kind {
        case .damaged: self = .damaged(message)
        case .full: self = .full
        case .busy: self = .busy
        case .denied: self = .denied
        case .disk: self = .disk(message)
        case .text, .interrupted, .other: self = .other(message)
        }
    }

    /// Turns `disk` into `full` where less than 1 MiB is free: SQLite reports some failures on a full disk (of its
    /// shared memory) as failures of the disk.
    package func at(_ path: String?) -> StoreTrouble {
        guard case .disk = self, let path else { return self }
        var status = statvfs()
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard statvfs(folder, &status) == 0, UInt64(status.f_bavail) * UInt64(status.f_frsize) < 1 << 20 else {
            return self
        }
        return .full
    }

    /// One sentence for the operator; `path` is the store's, where it is known.
    package func sentence(_ path: String?) -> String {
        let store = path.map { "the store \($0)" } ?? "the store"
        switch self {
        case .damaged(let what): return "\(store) is damaged (\(what)); restore a backup"
        case .full: return "the disk of \(store) is full; nothing is lost, make room and try again"
        case .busy: return "\(store) is busy: another process has been writing to it for too long; try again"
        case .denied: return path.map(StoreTrouble.denied) ?? "the store may not be read or written by this user"
        case .disk(let what): return "\(store) cannot be relied on (\(what)); check the disk"
        case .other(let what): return "\(store) cannot be used: \(what)"
        }
    }

    /// Says which file or folder denies access, whose it is, and which user we are.
    static func denied(_ path: String) -> String {
        let own = user(geteuid())
        for name in [path, path + "-wal", path + "-shm", path + ".lock", path + ".mark"] {
            var status = stat()
            guard stat(name, &status) == 0, access(name, R_OK | W_OK) != 0 else { continue }
            return "\(name) belongs to \(user(status.st_uid)) and \(own) may not write it; "
                + "give it to the owner of the service (chown)"
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var status = stat()
        guard stat(folder, &status) == 0 else { return "there is no folder \(folder) for the store" }
        return access(folder, W_OK | X_OK) == 0
            ? "the store \(path) cannot be opened"
            : "the folder \(folder) belongs to \(user(status.st_uid)) and \(own) has no permission to write there"
    }

    private static func user(_ id: uid_t) -> String {
        getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "user \(id)"
    }
}

extension MemberStore.OpenError {
    init(_ error: any Error, path: String?) {
        let trouble = StoreTrouble(error)?.at(path)
        self.init(
            description: trouble?.sentence(path)
                ?? "the store \(path ?? "in memory") cannot be used (\(type(of: error)))",
            trouble: trouble)
    }
}
