/// Breaks Chinese text into the lines of a terminal: between any two Chinese characters and at spaces, but not before a
/// mark that closes something and not after one that opens. Words of other letters stay whole.
package enum Wrapping {
    /// - Parameter indent: columns of spaces before each line but the first. A single word may be wider than `columns`.
    package static func wrapped(_ line: String, columns: Int, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var text = ""
        var width = 0
        for piece in pieces(of: line) {
            let size = Columns.width(piece)
            if width + Columns.width(trimmed(piece)) > columns, !text.allSatisfy({ $0 == " " }) {
                lines.append(trimmed(text))
                let start = piece.drop { $0 == " " }
                text = margin + start
                width = indent + Columns.width(String(start))
            } else {
                text += piece
                width += size
            }
        }
        return (lines + [trimmed(text)]).joined(separator: "\n")
    }

    /// The parts that stay together, with the spaces that follow.
    private static func pieces(of line: String) -> [String] {
        var pieces: [String] = []
        var last: Character?
        for letter in line {
            if let before = last, !pieces.isEmpty, !mayBreak(before, letter) {
                pieces[pieces.count - 1].append(letter)
            } else {
                pieces.append(String(letter))
            }
            last = letter
        }
        return pieces
    }

    private static func mayBreak(_ before: Character, _ after: Character) -> Bool {
        if after == " " || closing.contains(after) || opening.contains(before) { return false }
        return before == " " || isWide(before) || isWide(after)
    }

    private static func isWide(_ letter: Character) -> Bool { Columns.width(String(letter)) == 2 }
    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }

    private static let closing = Set("，。；：、？！）》」』”’…)]}")
    private static let opening = Set("（《「『“‘([{")
}
