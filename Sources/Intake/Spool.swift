import Crypto
import Foundation

/// Bytes in a temporary file that has no name and is gone when it is closed. They are encrypted with a key that is only
/// in the memory of this process: rows for an encrypted store must not lie in clear beside it.
final class Spool {
    /// The bytes written so far.
    private(set) var size: Int64 = 0
    private let file: FileHandle
    private let directory: String
    private let key = SymmetricKey(size: .bits256)
    /// What is not a whole piece yet.
    private var pending: [UInt8] = []
    /// The piece that was read last.
    private var piece: (number: Int64, bytes: [UInt8])?

    /// Each piece but the last has so many bytes, and is sealed by itself.
    static let pieceSize = ByteSource.pieceSize
    /// What sealing adds to a piece: a nonce and a tag.
    private static let sealSize = 12 + 16

    /// Throws an `ImportRefusal` where TMPDIR takes no file.
    init() throws {
        let folder = FileManager.default.temporaryDirectory
        directory = folder.path
        let path = folder.appendingPathComponent("nudged-import-\(UUID())").path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forUpdatingAtPath: path)
        else { throw ImportRefusal.cannotSpool(directory) }
        self.file = file
        do { try FileManager.default.removeItem(atPath: path) } catch { throw ImportRefusal.cannotSpool(directory) }
    }

    deinit { try? file.close() }

    /// Appends bytes. Call `finish` after the last of them.
    func write(_ bytes: [UInt8]) throws {
        pending += bytes
        size += Int64(bytes.count)
        guard pending.count >= Spool.pieceSize else { return }
        var start = 0
        while pending.count - start >= Spool.pieceSize {
            try seal(pending[start..<(start + Spool.pieceSize)])
            start += Spool.pieceSize
        }
        pending.removeFirst(start)
    }

    func finish() throws {
        if !pending.isEmpty { try seal(pending[...]) }
        pending = []
    }

    private func seal(_ bytes: ArraySlice<UInt8>) throws {
        do {
            guard let sealed = try AES.GCM.seal(bytes, using: key).combined else { throw CocoaError(.fileWriteUnknown) }
            try file.write(contentsOf: sealed)
        } catch { throw ImportRefusal.cannotSpool(directory) }
    }

    /// The bytes from an offset to the end of its piece; empty at the end.
    func bytes(at offset: Int64) throws -> ArraySlice<UInt8> {
        guard offset < size else { return [] }
        let number = offset / Int64(Spool.pieceSize)
        let start = Int(offset % Int64(Spool.pieceSize))
        if let piece, piece.number == number { return piece.bytes[start...] }
        do {
            try file.seek(toOffset: UInt64(number) * UInt64(Spool.pieceSize + Spool.sealSize))
            let sealed = try file.read(upToCount: Spool.pieceSize + Spool.sealSize) ?? Data()
            let bytes = [UInt8](try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key))
            piece = (number, bytes)
            return bytes[start...]
        } catch { throw ImportRefusal.cannotSpool(directory) }
    }
}
