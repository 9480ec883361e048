import Foundation
import Glibc

/// Looks for values in the bytes of files: SQLite overwrites what is deleted, but a page that was split or joined before may
/// keep a copy of a row in its unused part.
struct Residue {
    /// Values that belong to one person only; the shorter ones are left out, because they would be found by chance.
    let values: [[UInt8]]

    private static let shortest = 8
    private static let most = 8
    private static let piece = 4 << 20

    init(_ texts: [String]) {
        values = Array(Set(texts.map { Array($0.utf8) }.filter { $0.count >= Residue.shortest })).prefix(Residue.most)
            .map { $0 }
    }

    /// How many of the values stand in the file of a store or in its log.
    func count(in store: Connections, log: String) throws -> Int {
        var look = Look(values: values)
        try store.unsafeRead { db in try db.fileBytes(inPiecesOf: Residue.piece) { look.at($0) } }
        look.rest = []
        // SQLite has no lock on the log, so it may be opened once more.
        if StoreFile.isThere(log) {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: log))
            defer { try? file.close() }
            while let next = try file.read(upToCount: Residue.piece), !next.isEmpty { look.at(Array(next)) }
        }
        return look.found.count
    }

    /// What was found so far of a file that is read piece by piece.
    private struct Look {
        let values: [[UInt8]]
        var found: Set<Int> = []
        /// What stands across two pieces is found in the second, which begins with the end of the first.
        var rest: [UInt8] = []

        mutating func at(_ piece: [UInt8]) {
            let bytes = rest + piece
            for (index, value) in values.enumerated() where !found.contains(index) {
                if Residue.holds(bytes, value) { found.insert(index) }
            }
            rest = Array(bytes.suffix(values.map(\.count).max() ?? 0))
        }
    }

    private static func holds(_ bytes: [UInt8], _ value: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { whole in
            value.withUnsafeBytes { part in
                guard let first = part.first, let start = whole.baseAddress, let wanted = part.baseAddress else {
                    return false
                }
                var place = 0
                while place + part.count <= whole.count {
                    let rest = whole.count - part.count - place + 1
                    guard let hit = memchr(start + place, Int32(first), rest) else { return false }
                    if memcmp(hit, wanted, part.count) == 0 { return true }
                    place = start.distance(to: hit) + 1
                }
                return false
            }
        }
    }
}
