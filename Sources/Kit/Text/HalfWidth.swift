/// Removes the traces that Chinese typing leaves in a word.
package enum HalfWidth {
    /// Full-width letters, digits and signs as ASCII, without quotes and spaces around: `“０９：３０”` is `09:30`.
    package static func ascii(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF01...0xFF5E: result.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
            case 0x201C, 0x201D, 0x2018, 0x2019, 0x300C, 0x300D, 0x3000, 0xA0: continue
            default: result.append(scalar)
            }
        }
        return String(result).withoutOuterSpaces
    }
}
