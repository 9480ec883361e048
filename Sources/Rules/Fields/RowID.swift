import Foundation

/// Ids as the store keeps them. Two spellings of one text (`é` as one scalar or as two) must not become two members,
/// because ids are compared, sorted and hashed by their UTF-8 bytes.
package enum RowID {
    /// Unicode normalisation form C, without surrounding white space.
    package static func canonical(_ text: String) -> String {
        let trimmed = text.trimmingPrefix(while: \.isWhitespace)
        guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        let bare = String(trimmed[...last])
        return bare.utf8.allSatisfy { $0 < 0x80 } ? bare : bare.precomposedStringWithCanonicalMapping
    }
}
