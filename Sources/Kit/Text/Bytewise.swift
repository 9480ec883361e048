import Glibc

extension String {
    /// Strings are sorted by their UTF-8 bytes (semantics), not by Unicode collation.
    package func isBytewise(before other: String) -> Bool {
        utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { theirs -> Bool in
                guard let a = mine.baseAddress, let b = theirs.baseAddress else { return mine.count < theirs.count }
                let order = memcmp(a, b, min(mine.count, theirs.count))
                return order == 0 ? mine.count < theirs.count : order < 0
            }
        }.flatMap { $0 } ?? utf8.lexicographicallyPrecedes(other.utf8)
    }
}
