import Foundation
import Glibc
import Kit

/// The file of a store and those beside it. They hold members' data, so they are made for the owner of their folder
/// only, no matter who makes them; SQLite gives its own files (`-wal`, `-shm`) the same permissions.
package enum StoreFile {
    /// The path of the file itself, with links resolved, so that one store has one name and one lock.
    ///
    /// - Throws: `MemberStore.OpenError`.
    package static func resolve(_ path: String) throws -> String {
        guard path != ":memory:" else { return path }
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == EACCES { throw MemberStore.OpenError(StoreTrouble.denied(path)) }
            var link = stat()
            guard lstat(path, &link) != 0 else {
                throw MemberStore.OpenError(
                    "\(path) is a link to nothing; there is no store", "\(path) 是失效的链接，没有数据库")
            }
            let url = URL(fileURLWithPath: path)
            let folder = real(url.deletingLastPathComponent().path)
            return folder.map { $0 + ($0 == "/" ? "" : "/") + url.lastPathComponent } ?? path
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw MemberStore.OpenError("\(path) is not a file; there is no store", "\(path) 不是文件，没有数据库")
        }
        guard status.st_nlink <= 1 else {
            throw MemberStore.OpenError(
                "the store \(path) has \(status.st_nlink) names (hard links), and SQLite keeps a journal "
                    + "for each of them; remove all names but one",
                "数据库 \(path) 有 \(status.st_nlink) 个名字（硬链接），SQLite 会为每个名字各写一份日志；请只保留一个")
        }
        return real(path) ?? path
    }

    /// Works like `open(2)`. A missing file is made with mode 0600; if root makes it, it belongs to its folder's owner.
    package static func open(_ path: String, _ flags: Int32) -> Int32 {
        let made = Glibc.open(path, flags | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard made >= 0 else { return errno == EEXIST ? Glibc.open(path, flags | O_CLOEXEC) : -1 }
        var folder = stat()
        if geteuid() == 0, stat(URL(fileURLWithPath: path).deletingLastPathComponent().path, &folder) == 0 {
            _ = fchown(made, folder.st_uid, folder.st_gid)
        }
        return made
    }

    /// An empty file does not count: the first start ended before it was written.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    /// The size in bytes; 0 when there is no file.
    static func size(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// How many bytes anybody may still write to the disk of the file; nil where the system does not say.
    package static func freeBytes(of path: String) -> Int64? {
        var disk = statvfs()
        guard statvfs(path, &disk) == 0 else { return nil }
        let (bytes, overflow) = UInt64(disk.f_bavail).multipliedReportingOverflow(by: UInt64(disk.f_frsize))
        return overflow ? nil : Int64(clamping: bytes)
    }

    /// Makes an empty store for SQLite to fill.
    static func make(_ path: String) throws {
        var status = stat()
        guard path != ":memory:", stat(path, &status) != 0 else { return }
        let file = open(path, O_RDWR)
        guard file >= 0 else {
            let code = errno
            let trouble: StoreTrouble? = code == ENOSPC ? .full : code == EACCES ? .denied : nil
            throw MemberStore.OpenError(
                trouble?.sentence(path)
                    ?? Bilingual(
                        "cannot make the store \(path): \(Bilingual(errno: code))",
                        "无法创建数据库 \(path)：\(Bilingual(errno: code).chinese)"), trouble: trouble)
        }
        // Nothing in this process has the file open yet, so closing it releases no lock.
        close(file)
    }

    /// Whose a file is.
    struct Owner: Sendable, Equatable {
        fileprivate let user: uid_t
        fileprivate let group: gid_t
    }

    static func owner(of path: String) throws -> Owner {
        var status = stat()
        guard stat(path, &status) == 0 else { throw trouble(path) }
        return Owner(user: status.st_uid, group: status.st_gid)
    }

    /// Only root can; anybody else's files are their own already.
    static func give(_ path: String, to owner: Owner) throws {
        guard geteuid() == 0 else { return }
        guard chown(path, owner.user, owner.group) == 0 else { throw trouble(path) }
    }

    /// Whether anything has that name; an empty file counts.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw trouble(path) }
    }

    /// Removes the log of a database and the index of that log, which SQLite would take for those of the next file of
    /// that name.
    static func removeLog(of path: String) throws {
        for suffix in ["-wal", "-shm"] { try remove(path + suffix) }
    }

    /// Removes a database with all that SQLite keeps beside it.
    static func removeDatabase(_ path: String) throws {
        try removeLog(of: path)
        for suffix in ["-journal", ""] { try remove(path + suffix) }
    }

    /// The new name is on disk when this returns.
    static func rename(_ path: String, to target: String) throws {
        guard Glibc.rename(path, target) == 0 else { throw trouble(target) }
        guard syncFolder(of: target) else { throw trouble(target) }
    }

    /// Puts the name of a new file on disk, which its own sync does not. False, with `errno`, where that failed.
    static func syncFolder(of path: String) -> Bool {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let file = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return false }
        let isSynced = fsync(file) == 0
        let code = errno
        close(file)
        errno = code
        // Some file systems cannot sync a folder, and do not need to.
        return isSynced || code == EINVAL || code == ENOTSUP
    }

    static func sync(_ path: String) throws {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw trouble(path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw trouble(path) }
    }

    /// Writes a new file; it is on disk when this returns.
    static func write(_ bytes: [UInt8], to path: String) throws {
        try fill(path) { $0 == 0 ? bytes[...] : nil }
    }

    /// Copies a file to a new one; it is on disk when this returns.
    /// - Parameter progress: called with the share that is copied.
    static func copy(_ path: String, to target: String, _ progress: (Double) -> Void) throws {
        let size = Double(max(StoreFile.size(path), 1))
        let source = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? source.close() }
        try fill(target) { done in
            progress(Double(done) / size)
            guard let piece = try source.read(upToCount: 4 << 20), !piece.isEmpty else { return nil }
            return Array(piece)[...]
        }
    }

    /// - Parameter next: the bytes that follow so many; nil at the end.
    private static func fill(_ path: String, next: (Int64) throws -> ArraySlice<UInt8>?) throws {
        let file = open(path, O_WRONLY)
        guard file >= 0 else { throw trouble(path) }
        defer { close(file) }
        var done: Int64 = 0
        while var piece = try next(done) {
            while !piece.isEmpty {
                let count = piece.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
                guard count > 0 else { throw trouble(path) }
                piece = piece.dropFirst(count)
                done += Int64(count)
            }
        }
        guard fsync(file) == 0 else { throw trouble(path) }
    }

    /// The error that `errno` means for that file.
    static func trouble(_ path: String) -> MemberStore.OpenError {
        let code = errno
        let trouble: StoreTrouble? = code == ENOSPC ? .full : code == EACCES ? .denied : nil
        let words = Bilingual(errno: code)
        return MemberStore.OpenError(
            trouble?.sentence(path) ?? Bilingual("cannot write \(path): \(words)", "无法写入 \(path)：\(words.chinese)"),
            trouble: trouble)
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
