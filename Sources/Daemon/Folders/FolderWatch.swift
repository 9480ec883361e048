import Glibc
import Kit

/// A file as its file system describes it. The change time cannot be set back, as a copy does with the time of
/// modification.
struct FileLook: Equatable {
    private var device, inode: UInt64
    private var size: Int64
    private var modified, changed: [Int]

    /// Nil for everything but a regular file that is there. Links are not followed: the folder may be open to others,
    /// and what a link names is not.
    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }
}

/// Tells which files of a folder are complete: those that nobody touched for a while, by a clock that nobody sets.
struct FolderWatch {
    typealias Moment = ContinuousClock.Instant

    /// How long a file must be unchanged before it is read.
    static let quiet = Duration.seconds(5)

    private var known: [String: (look: FileLook, since: Moment)] = [:]

    /// The names that are to be read now, in the order of their bytes.
    mutating func ready(_ files: [String: FileLook], at moment: Moment) -> [String] {
        known = files.reduce(into: [:]) { next, file in
            let before = known[file.key]
            next[file.key] = before?.look == file.value ? before : (file.value, moment)
        }
        let complete = known.filter { moment - $0.value.since >= FolderWatch.quiet }.keys
        return complete.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
