import Channels
import Config
import Glibc

/// A mailbox of one file for each mail. A mail server writes into `tmp` and renames into `new`, so whatever lies in `new`
/// is whole.
struct Maildir {
    let path: String

    /// The mails nobody read yet, in the order of their bytes. Throws an `Obstacle`.
    func names() throws -> [String] {
        guard let names = Configuration.Folder.names(in: path + "/new") else {
            throw FolderPlaces.Obstacle("new/ of the Maildir cannot be read", errno)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The bytes of a mail, and of one that is too large one byte too many. Nil for what is gone, closed to us, or no
    /// regular file.
    func read(_ name: String) -> [UInt8]? {
        let file = open(path + "/new/" + name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: MailReports.mostBytes + 1)
        var count = 0
        while count < bytes.count {
            let (got, room) = (count, bytes.count - count)
            let more = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress?.advanced(by: got), room) }
            if more < 0 && errno == EINTR { continue }
            guard more >= 0 else { return nil }
            if more == 0 { break }
            count += more
        }
        return Array(bytes[..<count])
    }

    /// Moves a mail that was read to `cur`. Throws an `Obstacle`.
    /// - Parameter flags: in the order of their letters: `F` for a person to look at, `S` seen.
    func putAway(_ name: String, flags: String) throws {
        let unique = name.prefix { $0 != ":" }
        guard rename(path + "/new/" + name, path + "/cur/\(unique):2,\(flags)") == 0 else {
            throw FolderPlaces.Obstacle("a mail that was read cannot be moved to cur/ of the Maildir", errno)
        }
    }
}
