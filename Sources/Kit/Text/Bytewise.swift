extension String {
    /// Strings are sorted by their UTF-8 bytes (semantics), not by Unicode collation.
    package func isBytewise(before other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
