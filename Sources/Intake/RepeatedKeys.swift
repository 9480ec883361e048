/// Tells which rows of a file share their key with a later row: the last of them wins, but each order line counts by
/// itself.
package struct RepeatedKeys {
    /// How many rows of each repeated key are still to come, by the key's hash.
    private var remaining: [Int: Int] = [:]
    /// The number of records.
    package private(set) var count = 0

    /// Reads all records; keeps eight bytes for each.
    package init(_ records: RecordReader, _ kind: ImportKind) throws {
        var records = records
        records.readOnly(kind.key)
        var hashes: [Int] = []
        while let record = try records.next() {
            count += 1
            if let key = record.key(kind) { hashes.append(key.hashValue) }
        }
        hashes.sort()
        var start = 0
        for index in hashes.indices where index + 1 == hashes.count || hashes[index + 1] != hashes[index] {
            if index > start { remaining[hashes[index]] = index - start + 1 }
            start = index + 1
        }
    }

    /// Nil for a key that occurs once; else how many rows with it follow this one.
    package mutating func pass(_ key: String) -> Int? {
        guard let count = remaining[key.hashValue] else { return nil }
        remaining[key.hashValue] = count - 1
        return count - 1
    }
}
