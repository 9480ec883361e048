/// Characters that nobody sees, which come along when a number is copied from an address book or a chat: marks of text
/// direction (U+202A, U+200E), joiners (U+200B, U+2060), variation selectors (U+FE0F), soft hyphens (U+00AD).
package enum Invisible {
    /// The text without the code points that Unicode lists as Default_Ignorable_Code_Point.
    package static func removed(from text: String) -> String {
        guard text.utf8.contains(where: mayBegin) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint {
            scalars.append(scalar)
        }
        return String(scalars)
    }

    /// Whether one of them may begin with the byte. Chinese characters begin with others, so that they cost nothing.
    private static func mayBegin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2, 0xCD, 0xD8, 0xE1, 0xE2, 0xE3, 0xEF, 0xF0, 0xF3: true
        default: false
        }
    }
}
