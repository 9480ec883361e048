import Foundation
import Glibc
import Kit

/// `<database>.erasures`: one line for each erasure, on disk before it is committed, so that a backup from before it is
/// cleaned when it is put back. It holds keyed hashes and instants only; nobody can be read from it without the store.
struct ErasureJournal {
    struct Entry: Hashable {
        /// See `ErasedMember.key`.
        var key: Data
        var at: Instant
    }

    let path: String

    init(ofStore path: String) { self.path = path + ".erasures" }

    /// Bytes of a line, without its end.
    private static let length = 32 + 1 + 20

    /// The entry is on disk when this returns.
    func append(_ entry: Entry) throws {
        let digits = String(entry.at.micros)
        let line =
            Hex.text(entry.key) + " " + String(repeating: "0", count: max(0, 20 - digits.utf8.count)) + digits + "\n"
        let file = StoreFile.open(path, O_RDWR | O_APPEND)
        guard file >= 0 else { throw StoreFile.trouble(path) }
        defer { close(file) }
        // A line that a crash cut short is ended first.
        var last: UInt8 = 0
        let end = lseek(file, 0, SEEK_END)
        let isCut = end > 0 && pread(file, &last, 1, end - 1) == 1 && last != UInt8(ascii: "\n")
        let bytes = Array(((isCut ? "\n" : "") + line).utf8)
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else { throw StoreFile.trouble(path) }
        guard end > 0 || StoreFile.syncFolder(of: path) else { throw StoreFile.trouble(path) }
    }

    /// The entries in their order; none where there is no file. A line that was cut short belongs to an erasure that was
    /// not committed. Throws for any other that cannot be read: somebody would be in the store again.
    func entries() throws -> [Entry] {
        guard StoreFile.isThere(path) else { return [] }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try text.split(separator: "\n").enumerated().compactMap { index, line in
            guard line.utf8.count >= ErasureJournal.length else { return nil }
            let parts = line.split(separator: " ")
            guard parts.count == 2, let key = ErasureJournal.bytes(parts[0]), let micros = Int64(parts[1]) else {
                throw MemberStore.OpenError(
                    Bilingual(
                        "line \(index + 1) of the erasure journal \(path) cannot be read: put it right from a copy first",
                        "删除记录 \(path) 的第 \(index + 1) 行无法识别：请先用副本修正"))
            }
            return Entry(key: key, at: Instant(micros: micros))
        }
    }

    private static func bytes(_ text: Substring) -> Data? {
        let digits = Array(text.utf8)
        guard digits.count == 32 else { return nil }
        var data = Data()
        for index in stride(from: 0, to: 32, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            data.append(byte)
        }
        return data
    }
}

extension MemberStore {
    /// Nil for a store in memory.
    var erasureJournal: ErasureJournal? { path.map(ErasureJournal.init(ofStore:)) }
}
