import Kit
import Rules

/// One record of an import file, its cells under their columns.
package struct ImportRecord {
    package enum Cell: Equatable {
        case text(String)
        /// A list or an object of an NDJSON line.
        case json(StrictJSON)
    }

    /// From 1; the header is not counted.
    package var number: Int
    package var cells: [Column: Cell] = [:]
    var attributes: [String: String] = [:]
    /// The cells that the rejected file shows, one for each of its own columns.
    var originals: [String] = []
    /// Why the record cannot be read at all.
    package var damage: Rejection?
    /// Names in this record without a meaning.
    package var unknown: [String] = []

    /// Identifies rows that are the same row; nil when the record lacks a required part of the key.
    package func key(_ kind: ImportKind) -> String? {
        guard damage == nil else { return nil }
        var parts: [String] = []
        for column in kind.key {
            guard case .text(let text)? = cells[column], !text.isEmpty else {
                if kind.required.contains(column) || kind == .events { return nil }
                parts.append("")
                continue
            }
            parts.append(RowID.canonical(text))
        }
        return parts.joined(separator: "\u{1F}")
    }
}

/// Removes what spreadsheets and databases wrap around a value.
enum CellText {
    /// Strips white space, the apostrophe or `="…"` by which Excel marks text, and the words for nothing.
    static func bare(_ text: String) -> String {
        var bare = trimmed(text)
        if bare.hasPrefix("'") { bare = trimmed(bare.dropFirst()) }
        if bare.hasPrefix("=\""), bare.hasSuffix("\""), bare.utf8.count > 2 {
            bare = trimmed(bare.dropFirst(2).dropLast())
        }
        return bare.utf8.count <= longestNothing && nothing.contains(bare) ? "" : bare
    }

    private static let nothing: Set<String> = ["NULL", "null", "\\N", "(null)", "#N/A", "N/A"]
    private static let longestNothing = 6

    private static func trimmed(_ text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF: true
        default: false
        }
    }
}
