import Foundation

/// Ids as the store keeps them. Two spellings of one text (`é` as one scalar or as two) must not become two members,
/// because ids are compared, sorted and hashed by their UTF-8 bytes.
package enum RowID {
    /// Unicode normalisation form C, without surrounding white space.
    package static func canonical(_ text: String) -> String {
        if isVisibleASCII(text) { return text }
        let trimmed = text.trimmingPrefix(while: \.isWhitespace)
        guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        let bare = String(trimmed[...last])
        return bare.utf8.allSatisfy { $0 < 0x80 } ? bare : bare.precomposedStringWithCanonicalMapping
    }

    /// Whether the text has nothing to trim, to compose or to refuse, as nearly every id.
    package static func isVisibleASCII(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21..<0x7F).contains($0) } }
}
