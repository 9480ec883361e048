/// A sentence with holes, and the same in Chinese.
///
/// The English side has holes: a `_` between back quotes is a word of the author, a `_` by itself a number or a date,
/// `{code}` any text that is kept as it is, `{list}` the same with commas between its items, and `{words}` a part that
/// has a translation of its own (`ChineseMessages.parts`), a word in back quotes or a number. The Chinese side uses
/// them as `{1}`, `{2}` … in the order of the English one.
package struct SentenceShape: Sendable {
    private enum Hole: Sendable { case quoted, number, code, list, words }
    private enum Piece: Sendable {
        case literal([UInt8])
        case hole(Hole)
    }

    let english: String
    private let chinese: String
    private let pieces: [Piece]
    /// The number of literal bytes: of two shapes that fit, the one with more is meant.
    package let weight: Int

    package init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
        pieces = SentenceShape.pieces(of: english)
        weight = pieces.reduce(0) { sum, piece in
            if case .literal(let bytes) = piece { sum + bytes.count } else { sum }
        }
    }

    /// The number of holes that the Chinese side can use.
    var holes: Int {
        pieces.count { if case .hole = $0 { true } else { false } }
    }

    /// Nil when the sentence has another shape, or when a part of it has no translation.
    package func translation(of sentence: [UInt8]) -> String? {
        var words: [String] = []
        if case .literal(let bytes)? = pieces.first, bytes.first != sentence.first { return nil }
        guard fits(sentence[...], from: 0, &words) else { return nil }
        var text = ""
        var rest = chinese[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            guard let number = Int(rest[rest.index(after: open)..<close]), words.indices.contains(number - 1) else {
                text += rest[...open]
                rest = rest[rest.index(after: open)...]
                continue
            }
            text = SentenceShape.joined(text + rest[..<open], words[number - 1])
            rest = rest[rest.index(after: close)...]
            if rest.first.map(SentenceShape.isHan) == true, text.last.map(SentenceShape.wantsSpace) == true {
                text += " "
            }
        }
        return text + rest
    }

    private func fits(_ text: ArraySlice<UInt8>, from index: Int, _ words: inout [String]) -> Bool {
        guard index < pieces.count else { return text.isEmpty }
        switch pieces[index] {
        case .literal(let bytes):
            return text.starts(with: bytes) && fits(text.dropFirst(bytes.count), from: index + 1, &words)
        case .hole(let hole):
            for end in ends(of: hole, in: text, before: index + 1) {
                guard let word = SentenceShape.word(hole, String(decoding: text[..<end], as: UTF8.self)) else {
                    continue
                }
                words.append(word)
                if fits(text[end...], from: index + 1, &words) { return true }
                words.removeLast()
            }
            return false
        }
    }

    /// The places where the hole may end, which is where the next piece begins.
    private func ends(of hole: Hole, in text: ArraySlice<UInt8>, before index: Int) -> [Int] {
        switch hole {
        case .quoted: return text.firstIndex(of: UInt8(ascii: "`")).map { [$0] } ?? []
        case .number:
            var end = text.prefix { (48...57).contains($0) || ",.-:".utf8.contains($0) }.endIndex
            while end > text.startIndex, !(48...57).contains(text[end - 1]) { end -= 1 }
            return end > text.startIndex ? [end] : []
        case .code, .list, .words:
            guard index < pieces.count, case .literal(let bytes) = pieces[index], let first = bytes.first else {
                return text.isEmpty ? [] : [text.endIndex]
            }
            return text.indices.dropFirst().filter { text[$0] == first && text[$0...].starts(with: bytes) }
        }
    }

    private static func word(_ hole: Hole, _ text: String) -> String? {
        switch hole {
        case .quoted, .number, .code: text
        case .list: text.replacing(", ", with: "、")
        case .words: isKept(text) ? text : MessageCatalogue.part(text)
        }
    }

    /// True for a word in quotes of either kind, or a number.
    private static func isKept(_ text: String) -> Bool {
        for mark in ["`", "'"] where text.count > 2 && text.hasPrefix(mark) && text.hasSuffix(mark) {
            return mark == "'" || !text.dropFirst().dropLast().contains("`")
        }
        return text.utf8.allSatisfy { (48...57).contains($0) }
    }

    // MARK: Chinese and other letters side by side

    private static func joined(_ text: String, _ word: String) -> String {
        let needsSpace = text.last.map(isHan) == true && word.first.map(wantsSpace) == true
        return text + (needsSpace ? " " : "") + word
    }

    private static func isHan(_ letter: Character) -> Bool {
        letter.unicodeScalars.first.map { (0x4E00...0x9FFF).contains($0.value) } ?? false
    }

    private static func wantsSpace(_ letter: Character) -> Bool {
        letter == "`" || letter.isASCII && (letter.isLetter || letter.isNumber)
    }

    // MARK: the notation

    private static func pieces(of english: String) -> [Piece] {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        func take(_ hole: Hole) {
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            pieces.append(.hole(hole))
        }
        var rest = english[...]
        while let first = rest.first {
            if let (mark, hole) = marks.first(where: { rest.hasPrefix($0.0) }) {
                take(hole)
                rest = rest.dropFirst(mark.count)
            } else if rest.hasPrefix("`_`") {
                literal.append(UInt8(ascii: "`"))
                take(.quoted)
                literal.append(UInt8(ascii: "`"))
                rest = rest.dropFirst(3)
            } else if first == "_", literal.last.map({ " (".utf8.contains($0) }) ?? true {
                take(.number)
                rest = rest.dropFirst()
            } else {
                literal += Array(String(first).utf8)
                rest = rest.dropFirst()
            }
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        return pieces
    }

    private static let marks: [(String, Hole)] = [("{code}", .code), ("{list}", .list), ("{words}", .words)]
}
