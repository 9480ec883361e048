import Foundation
import Glibc

/// The file of a store and those beside it. They hold what belongs to members, so they are made for the owner of their
/// folder and for nobody else, whoever makes them; SQLite makes its own (`-wal`, `-shm`) as the store's is.
package enum StoreFile {
    /// The file itself, through links, so that one store has one name and one lock.
    ///
    /// - Throws: `MemberStore.OpenError`.
    package static func resolve(_ path: String) throws -> String {
        guard path != ":memory:" else { return path }
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == EACCES { throw MemberStore.OpenError(description: StoreTrouble.denied(path)) }
            var link = stat()
            guard lstat(path, &link) != 0 else {
                throw MemberStore.OpenError(description: "\(path) is a link to nothing; there is no store")
            }
            let url = URL(fileURLWithPath: path)
            let folder = real(url.deletingLastPathComponent().path)
            return folder.map { $0 + ($0 == "/" ? "" : "/") + url.lastPathComponent } ?? path
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw MemberStore.OpenError(description: "\(path) is not a file; there is no store")
        }
        guard status.st_nlink <= 1 else {
            throw MemberStore.OpenError(
                description: "the store \(path) has \(status.st_nlink) names (hard links), and SQLite keeps a journal "
                    + "for each of them; remove all names but one")
        }
        return real(path) ?? path
    }

    /// As `open(2)`. A file that is not there is made: 0600, and of the owner of its folder where root makes it.
    package static func open(_ path: String, _ flags: Int32) -> Int32 {
        let made = Glibc.open(path, flags | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard made >= 0 else { return errno == EEXIST ? Glibc.open(path, flags | O_CLOEXEC) : -1 }
        var folder = stat()
        if geteuid() == 0, stat(URL(fileURLWithPath: path).deletingLastPathComponent().path, &folder) == 0 {
            _ = fchown(made, folder.st_uid, folder.st_gid)
        }
        return made
    }

    /// A file of no length is one that a first start ended before it was written.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    /// Bytes; 0 when it is not there.
    static func size(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
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
                description: trouble?.sentence(path)
                    ?? "cannot make the store \(path): \(String(cString: strerror(code)))", trouble: trouble)
        }
        // Nothing in this process has the file open yet: closing it lets go of no lock.
        close(file)
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
