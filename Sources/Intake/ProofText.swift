import Kit
import Rules

/// Whether a text can be what a consent rests on.
package enum ProofText {
    /// False for an empty text, a word that says there is nothing, a no, and signs alone.
    package static func isOne(_ text: String?) -> Bool {
        guard let text else { return false }
        let plain = Width.folded(Invisible.removed(from: text))
        return [plain, plain.lowercased()].allSatisfy { word in
            let bare = CellText.bare(word)
            return bare.unicodeScalars.contains(where: isSpoken) && !CellText.isNothing(bare)
                && ValueWords.bool[bare] != false
        }
    }

    /// A letter of any script, or a digit other than 0.
    private static func isSpoken(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil && scalar != "0"
    }
}
