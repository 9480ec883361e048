import Rules

/// Joins SQL expressions by `AND` or `OR` as a shallow tree: SQLite counts a plain chain of a thousand as a thousand
/// levels, and refuses more.
enum JoinedSQL {
    /// The joined expression in brackets; `parts` must not be empty.
    static func balanced(_ parts: [String], _ word: String) -> String { balanced(parts[...], word) }

    private static func balanced(_ parts: ArraySlice<String>, _ word: String) -> String {
        if parts.count <= Condition.chain { return "(" + parts.joined(separator: word) + ")" }
        let middle = parts.startIndex + parts.count / 2
        return "(" + balanced(parts[..<middle], word) + word + balanced(parts[middle...], word) + ")"
    }
}
