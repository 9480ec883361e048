import Foundation

/// The bytes of an import file in pieces, as often as needed. What can be read only once, such as a pipe, is kept in a
/// `Spool` meanwhile, because a file is read more than once.
package final class ByteSource {
    private enum Storage {
        case file(FileHandle, path: String)
        case spool(Spool)
    }

    static let pieceSize = 1 << 18

    package let size: Int64
    private let storage: Storage
    private var place: Int64 = 0

    /// `-` is standard input.
    init(path: String) throws {
        storage = path == "-" ? try ByteSource.spooled(.standardInput, of: path) : try ByteSource.opened(path)
        switch storage {
        case .file(let handle, _): size = Int64(try handle.seekToEnd())
        case .spool(let spool): size = spool.size
        }
    }

    /// The bytes that `fill` writes piece by piece, kept as those of a pipe.
    init(filledBy fill: (_ write: @escaping ([UInt8]) throws -> Void) throws -> Void) throws {
        let spool = try Spool()
        try fill { try spool.write($0) }
        try spool.finish()
        storage = .spool(spool)
        size = spool.size
    }

    /// The next piece; empty at the end.
    func read() throws -> [UInt8] {
        let piece = try bytes(at: place, most: ByteSource.pieceSize)
        place += Int64(piece.count)
        return piece
    }

    func seek(to offset: Int64) { place = offset }

    /// Bytes from an offset on, so many or fewer; empty at the end.
    func bytes(at offset: Int64, most: Int) throws -> [UInt8] {
        switch storage {
        case .spool(let spool): return Array(try spool.bytes(at: offset).prefix(most))
        case .file(let handle, let path):
            return try [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
                var got = -1
                repeat {
                    got = pread(handle.fileDescriptor, buffer.baseAddress, most, off_t(offset))
                } while got < 0 && errno == EINTR
                guard got >= 0 else { throw ImportRefusal.unreadable(path) }
                count = got
            }
        }
    }

    deinit { if case .file(let handle, _) = storage { try? handle.close() } }

    /// Opens a regular file as it is; spools what can be read only once (a pipe, a FIFO, `/dev/stdin` of a pipe).
    private static func opened(_ path: String) throws -> Storage {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? ImportRefusal.noFile(path) : ImportRefusal.unreadable(path)
        }
        if status.st_mode & S_IFMT == S_IFDIR { throw ImportRefusal.directory(path) }
        guard [S_IFREG, S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT) else { throw ImportRefusal.noStream(path) }
        guard let handle = FileHandle(forReadingAtPath: path) else { throw ImportRefusal.unreadable(path) }
        return lseek(handle.fileDescriptor, 0, SEEK_END) >= 0 && status.st_mode & S_IFMT == S_IFREG
            ? .file(handle, path: path) : try spooled(handle, of: path)
    }

    private static func spooled(_ input: FileHandle, of name: String) throws -> Storage {
        let spool = try Spool()
        while true {
            let piece: Data
            do { piece = try input.read(upToCount: pieceSize) ?? Data() } catch { throw ImportRefusal.unreadable(name) }
            if piece.isEmpty { break }
            try spool.write([UInt8](piece))
        }
        try spool.finish()
        return .spool(spool)
    }
}
