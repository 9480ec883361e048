import Glibc
import Kit

/// The file as which a store was opened, and its write-ahead log. Once the path names another file, or none, what is
/// written is lost with the end of the process, and nobody who opens the store by its path knows of it.
package struct OpenedStoreFile: Sendable {
    /// The path does not name the file any more.
    package struct Gone: Error, Hashable, CustomStringConvertible {
        package let path: String
        package var description: String { StoreTrouble.gone(path).sentence(nil).english }

        package init(path: String) { self.path = path }
    }

    private struct Identity: Sendable, Equatable {
        let device, inode: UInt64

        /// Nil, with `errno`, where the path cannot be looked at.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        }
    }

    private let path: String
    private let identity: Identity
    private let log: Identity?

    /// Nil where no file has that path, as with a store in memory.
    init?(at path: String) {
        guard let identity = Identity(path) else { return nil }
        self.path = path
        self.identity = identity
        log = Identity(path + "-wal")
    }

    /// A path that cannot be looked at, because a folder is closed to us, is taken as unchanged.
    var isInPlace: Bool {
        guard let now = Identity(path) else { return errno != ENOENT && errno != ENOTDIR }
        return now == identity
    }

    func requireInPlace() throws(Gone) {
        guard isInPlace else { throw Gone(path: path) }
    }

    /// Moves the log away from its path, where SQLite would take it for the log of the file that is there now. Returns
    /// the new path; nil where it is empty, or the log at that path is not ours.
    fileprivate func putLogAside(at now: Instant) -> String? {
        let old = path + "-wal"
        guard let log, log == Identity(old), StoreFile.size(old) > 0 else { return nil }
        let new = "\(old).removed-\(now.micros / 1_000_000)"
        return Glibc.rename(old, new) == 0 ? new : nil
    }
}

extension MemberStore {
    /// False once the path of a store that a daemon opened names another file, or none.
    package var isInPlace: Bool { writer.file?.isInPlace ?? true }

    /// Throws `OpenedStoreFile.Gone`. Every write to a daemon's store asks this too, after its commit.
    package func requireInPlace() throws { try writer.file?.requireInPlace() }

    /// Keeps what was written last to a store that was removed or replaced, and keeps it from being applied to the file
    /// that replaced it. Returns the path of the log; nil where there is none, or the store is in its place.
    package func putLogAside(at now: Instant) -> String? {
        isInPlace ? nil : writer.file?.putLogAside(at: now)
    }
}
