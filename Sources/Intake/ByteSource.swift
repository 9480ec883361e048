import Foundation

/// The bytes of an import file in pieces, as often as needed. Input from a pipe is kept in an unlinked temporary file
/// meanwhile, because a file is read more than once.
package final class ByteSource {
    static let pieceSize = 1 << 20

    package let size: Int64
    private let handle: FileHandle

    /// `-` is standard input.
    init(path: String) throws {
        handle = path == "-" ? try ByteSource.spooledInput() : try ByteSource.opened(path)
        size = Int64(try handle.seekToEnd())
        try handle.seek(toOffset: 0)
    }

    /// The bytes that `fill` writes piece by piece, kept as those of a pipe.
    init(filledBy fill: (_ write: @escaping ([UInt8]) throws -> Void) throws -> Void) throws {
        let (handle, directory) = try ByteSource.temporary()
        var written: Int64 = 0
        try fill { piece in
            do { try handle.write(contentsOf: Data(piece)) } catch { throw ImportRefusal.cannotSpool(directory) }
            written += Int64(piece.count)
        }
        self.handle = handle
        size = written
        try handle.seek(toOffset: 0)
    }

    /// Gives `body` the file, for a library that reads it by itself.
    func withHandle<Value>(_ body: (FileHandle) throws -> Value) throws -> Value { try body(handle) }

    /// The next piece; empty at the end.
    func read() throws -> [UInt8] {
        try handle.read(upToCount: ByteSource.pieceSize).map { [UInt8]($0) } ?? []
    }

    func seek(to offset: Int64) throws { try handle.seek(toOffset: UInt64(offset)) }

    deinit { try? handle.close() }

    /// Opens a regular file as it is; spools what can be read only once (a pipe, a FIFO, `/dev/stdin` of a pipe).
    private static func opened(_ path: String) throws -> FileHandle {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? ImportRefusal.noFile(path) : ImportRefusal.unreadable(path)
        }
        if status.st_mode & S_IFMT == S_IFDIR { throw ImportRefusal.directory(path) }
        guard [S_IFREG, S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT) else { throw ImportRefusal.noStream(path) }
        guard let handle = FileHandle(forReadingAtPath: path) else { throw ImportRefusal.unreadable(path) }
        return lseek(handle.fileDescriptor, 0, SEEK_END) >= 0 && status.st_mode & S_IFMT == S_IFREG
            ? handle : try spooled(handle, of: path)
    }

    private static func spooledInput() throws -> FileHandle { try spooled(.standardInput, of: "-") }

    private static func spooled(_ input: FileHandle, of name: String) throws -> FileHandle {
        let (handle, directory) = try temporary()
        while true {
            let piece: Data
            do { piece = try input.read(upToCount: pieceSize) ?? Data() } catch { throw ImportRefusal.unreadable(name) }
            if piece.isEmpty { return handle }
            do { try handle.write(contentsOf: piece) } catch { throw ImportRefusal.cannotSpool(directory) }
        }
    }

    /// A file that is gone when it is closed, and the folder that has it.
    private static func temporary() throws -> (handle: FileHandle, directory: String) {
        let directory = FileManager.default.temporaryDirectory
        let path = directory.appendingPathComponent("nudged-import-\(UUID())").path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forUpdatingAtPath: path)
        else { throw ImportRefusal.cannotSpool(directory.path) }
        do { try FileManager.default.removeItem(atPath: path) } catch {
            throw ImportRefusal.cannotSpool(directory.path)
        }
        return (handle, directory.path)
    }
}
