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

    /// How many of the values stand in one of the files; a file that is not there has none.
    func count(in paths: [String]) throws -> Int {
        var found: Set<Int> = []
        for path in paths where StoreFile.isThere(path) { try look(in: path, &found) }
        return found.count
    }

    private func look(in path: String, _ found: inout Set<Int>) throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        // What stands across two pieces is found in the second, which begins with the end of the first.
        let overlap = values.map(\.count).max() ?? 0
        var rest: [UInt8] = []
        while let next = try file.read(upToCount: Residue.piece), !next.isEmpty {
            let bytes = rest + next
            for (index, value) in values.enumerated() where !found.contains(index) {
                if Residue.holds(bytes, value) { found.insert(index) }
            }
            rest = Array(bytes.suffix(overlap))
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
