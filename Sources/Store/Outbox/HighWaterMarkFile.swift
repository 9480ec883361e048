import Glibc

/// `<database>.mark`: one short line, written in place.
package struct HighWaterMarkFile: Sendable {
    let path: String

    package struct Failure: Error, CustomStringConvertible {
        package let path: String
        package let code: Int32
        package var description: String { "cannot write \(path): \(String(cString: strerror(code)))" }
    }

    package enum Content: Equatable {
        case none, empty, unreadable
        case mark(HighWaterMark)
    }

    func read() -> Content {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return errno == ENOENT ? .none : .unreadable }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { return .unreadable }
        guard count > 0 else { return .empty }
        let words = String(decoding: bytes[..<count], as: UTF8.self).split { $0 == " " || $0 == "\n" }
        let numbers = words.compactMap { Int64($0) }
        // A version without tokens wrote three numbers.
        guard (3...4).contains(words.count), numbers.count == words.count, bytes[count - 1] == UInt8(ascii: "\n") else {
            return .unreadable
        }
        return .mark(
            HighWaterMark(
                generation: numbers[0], epoch: numbers[1], sequence: numbers[2],
                token: numbers.count > 3 ? numbers[3] : 0))
    }

    /// The mark is on disk when this returns. The line is shorter than a sector and always of the same length, so it is
    /// never half old, half new.
    func write(_ mark: HighWaterMark) throws {
        let line = [mark.generation, mark.epoch, mark.sequence, mark.token].map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits
        }
        let bytes = Array((line.joined(separator: " ") + "\n").utf8)
        let file = StoreFile.open(path, O_WRONLY)
        guard file >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(file) }
        var about = stat()
        guard fstat(file, &about) == 0 else { throw Failure(path: path, code: errno) }
        errno = 0
        guard pwrite(file, bytes, bytes.count, 0) == bytes.count else {
            throw Failure(path: path, code: errno == 0 ? ENOSPC : errno)
        }
        // The same bytes of the same file each time: its data are all there is to sync.
        guard about.st_size == off_t(bytes.count) || ftruncate(file, off_t(bytes.count)) == 0, fdatasync(file) == 0
        else {
            throw Failure(path: path, code: errno)
        }
        // A new file is there for good only once its folder is synced.
        guard about.st_size > 0 || StoreFile.syncFolder(of: path) else { throw Failure(path: path, code: errno) }
    }
}

extension MemberStore {
    /// Nil for a store in memory.
    package var markFile: HighWaterMarkFile? { path.map { HighWaterMarkFile(path: $0 + ".mark") } }
}
