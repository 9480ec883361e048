/// Text that somebody else wrote, without what changes how the text around it is read or shown: control characters,
/// marks of text direction, and marks of no width.
package enum PlainText {
    /// On one line: line ends and tabs become single spaces.
    package static func line(_ text: String) -> String { kept(text) { isSpace($0) ? " " : $0 } }

    /// Line ends and tabs stay as they are.
    package static func lines(_ text: String) -> String { kept(text) { $0 } }

    /// For a terminal: what would move its cursor, set it otherwise or turn text around is written as its code, as in
    /// `\u{1B}`. Line ends, tabs and colours (`ESC [ … m`) stay.
    package static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isUnwanted($0) && $0 != "\n" }) else { return text }
        var scalars = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            let length = scalar == "\u{1B}" ? colour(at: rest) : 0
            if length > 0 {
                scalars.append(contentsOf: rest.prefix(length))
            } else if isUnwanted(scalar), scalar != "\n", scalar != "\t" {
                scalars.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            } else {
                scalars.append(scalar)
            }
            rest = rest.dropFirst(max(length, 1))
        }
        return String(scalars)
    }

    /// The length of the colour that begins there; 0 where none does.
    private static func colour(at rest: Substring.UnicodeScalarView) -> Int {
        let after = rest.dropFirst()
        guard after.first == "[" else { return 0 }
        let numbers = after.dropFirst().prefix { $0 == ";" || ("0"..."9").contains($0) }
        return after.dropFirst(1 + numbers.count).first == "m" ? numbers.count + 3 : 0
    }

    private static func kept(_ text: String, _ write: (Unicode.Scalar) -> Unicode.Scalar) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        guard text.unicodeScalars.contains(where: { isUnwanted($0) || isSpace($0) }) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where isSpace(scalar) || !isUnwanted(scalar) {
            let written = write(scalar)
            if written == scalar || scalars.last != written { scalars.append(written) }
        }
        return String(scalars)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    /// Joiners (U+200C, U+200D) and variation selectors belong to names and to emoji, and stay.
    private static func isUnwanted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F,
            0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }
}
