import Rules

/// SQL expressions joined by `AND` or `OR` as a tree of little depth: SQLite counts a plain chain of a thousand as a
/// thousand levels, and refuses more.
enum JoinedSQL {
    /// In brackets; `parts` is not empty.
    static func balanced(_ parts: [String], _ word: String) -> String { balanced(parts[...], word) }

    private static func balanced(_ parts: ArraySlice<String>, _ word: String) -> String {
        if parts.count <= Condition.chain { return "(" + parts.joined(separator: word) + ")" }
        let middle = parts.startIndex + parts.count / 2
        return "(" + balanced(parts[..<middle], word) + word + balanced(parts[middle...], word) + ")"
    }
}
