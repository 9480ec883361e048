import Foundation
import Glibc
import Kit

/// The trouble behind an error of a store, in words for an operator: no SQL and no values. The texts of SQLite and of the
/// system, which stand in brackets, are theirs.
package enum StoreTrouble: Sendable, Hashable {
    /// The contents of the file cannot be relied on; the text says where.
    case damaged(Bilingual)
    case full
    case busy
    case denied
    /// The disk itself fails.
    case disk(String)
    /// The file at that path was removed or replaced while the daemon had it.
    case gone(String)
    /// Another error of SQLite, which is not the fault of the file.
    case other(String)

    /// Nil for an error that does not come from the store.
    package init?(_ error: any Error) {
        switch error {
        case let fault as SQLFault: self = StoreTrouble(fault)
        case let error as OpenedStoreFile.Gone: self = .gone(error.path)
        case let error as DamagedCell: self = .damaged(error.words)
        case let error as HighWaterMarkFile.Failure:
            self = error.code == ENOSPC ? .full : error.code == EACCES ? .denied : .disk("\(error)")
        default: return nil
        }
    }

    private init(_ fault: SQLFault) {
        let message = StatementFault.withoutDigits(fault.description)
        switch fault.kind {
        case _ where fault.isOfWrongType: self = .damaged(Bilingual(ofSQLite: message))
        case .damaged: self = .damaged(Bilingual(ofSQLite: message))
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
    package func sentence(_ path: String?) -> Bilingual {
        let store = Bilingual(path.map { "the store \($0)" } ?? "the store", path.map { "数据库 \($0) " } ?? "数据库")
        switch self {
        case .damaged(let what):
            if let path, let stray = StrayFile(path: path) { return stray.sentence(path) }
            return Bilingual(
                "\(store) is damaged (\(what)); restore a backup", "\(store.chinese)已损坏（\(what.chinese)），请恢复备份")
        case .full:
            return Bilingual(
                "the disk of \(store) is full; nothing is lost, make room and try again",
                "\(store.chinese)所在磁盘已满；数据没有丢失，请腾出空间后重试")
        case .busy:
            return Bilingual(
                "\(store) is busy: another process has been writing to it for too long; try again",
                "\(store.chinese)正忙：另一个进程写入太久，请稍后重试")
        case .denied:
            return path.map(StoreTrouble.denied)
                ?? Bilingual("the store may not be read or written by this user", "当前用户无权读写数据库")
        case .disk(let what):
            return Bilingual(
                "\(store) cannot be relied on (\(what)); check the disk",
                "\(store.chinese)不再可靠（\(Bilingual(ofSQLite: what).chinese)），请检查磁盘")
        case .gone(let path):
            return Bilingual(
                "the store \(path) was removed or replaced while the daemon ran; put its file back, or a backup by "
                    + "`nudged restore`, and start again",
                "数据库 \(path) 在守护进程运行时被删除或替换；请放回原来的文件，或用 `nudged restore` 恢复备份，然后重新启动")
        case .other(let what):
            return Bilingual(
                "\(store) cannot be used: \(what)", "\(store.chinese)无法使用：\(Bilingual(ofSQLite: what).chinese)")
        }
    }

    /// Says which file or folder denies what, whose it is, and which user we are.
    static func denied(_ path: String) -> Bilingual {
        let own = user(geteuid())
        for name in [path, path + "-wal", path + "-shm", path + ".lock", path + ".mark"] {
            var status = stat()
            guard stat(name, &status) == 0, access(name, R_OK | W_OK) != 0 else { continue }
            let (owner, canRead) = (user(status.st_uid), access(name, R_OK) == 0)
            let (verb, chinese) = canRead ? ("write", "写入") : ("read", "读取")
            return Bilingual(
                "\(name) belongs to \(owner) and \(own) may not \(verb) it; give it to the owner of the service (chown)",
                "\(name) 属于 \(owner)，\(own) 无权\(chinese)；请用 chown 改为服务所用的用户")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var status = stat()
        guard stat(folder, &status) == 0 else {
            return errno == EACCES
                ? Bilingual("\(own) may not look into the folders above \(folder)", "\(own) 无权进入 \(folder) 的上级目录")
                : Bilingual("there is no folder \(folder) for the store", "存放数据库的目录 \(folder) 不存在")
        }
        let owner = user(status.st_uid)
        guard access(folder, X_OK) == 0 else {
            return Bilingual(
                "the folder \(folder) belongs to \(owner) and \(own) may not look into it",
                "目录 \(folder) 属于 \(owner)，\(own) 无权进入")
        }
        guard access(folder, W_OK) != 0 else {
            return Bilingual("the store \(path) cannot be opened", "数据库 \(path) 打不开")
        }
        return Bilingual(
            "the folder \(folder) belongs to \(owner) and \(own) has no permission to write there",
            "目录 \(folder) 属于 \(owner)，\(own) 无权在其中写入")
    }

    private static func user(_ id: uid_t) -> String {
        Typist.name(of: id) ?? "user \(id)"
    }
}

extension MemberStore.OpenError {
    init(_ error: any Error, path: String?) {
        let trouble = StoreTrouble(error)?.at(path)
        let kind = "\(type(of: error))"
        self.init(
            trouble?.sentence(path)
                ?? Bilingual(
                    "the store \(path ?? "in memory") cannot be used (\(kind))",
                    "\(path.map { "数据库 \($0) " } ?? "内存数据库")无法使用（\(kind)）"),
            trouble: trouble)
    }
}
