import Foundation

/// The bytes of an import file in pieces, as often as they are wanted. Standard input is kept in an unlinked temporary
/// file meanwhile, because a file is read more than once.
final class ByteSource {
    static let pieceSize = 1 << 20

    let size: Int64
    private let handle: FileHandle

    /// `-` is standard input.
    init(path: String) throws {
        handle = path == "-" ? try ByteSource.spooledInput() : try ByteSource.opened(path)
        size = Int64(try handle.seekToEnd())
        try handle.seek(toOffset: 0)
    }

    /// Empty at the end.
    func read() throws -> [UInt8] {
        try handle.read(upToCount: ByteSource.pieceSize).map { [UInt8]($0) } ?? []
    }

    func seek(to offset: Int64) throws { try handle.seek(toOffset: UInt64(offset)) }

    deinit { try? handle.close() }

    private static func opened(_ path: String) throws -> FileHandle {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ImportRefusal.noFile(path)
        }
        guard !isDirectory.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
            throw ImportRefusal.unreadable(path)
        }
        return handle
    }

    private static func spooledInput() throws -> FileHandle {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("nudged-import-\(UUID())").path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forUpdatingAtPath: path)
        else { throw ImportRefusal.unreadable(path) }
        try FileManager.default.removeItem(atPath: path)
        while let piece = try FileHandle.standardInput.read(upToCount: pieceSize), !piece.isEmpty {
            try handle.write(contentsOf: piece)
        }
        return handle
    }
}
