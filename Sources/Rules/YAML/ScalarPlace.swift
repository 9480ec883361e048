/// Finds in the file what stands in the text of a scalar, through indentation, folded lines, quotes and escapes.
///
/// A line break and its indentation may be a space, a break or nothing in the text. All else is there in the same order,
/// so the two are followed by what is not white space.
struct ScalarPlace {
    private let source: SourceText
    private let text: [UInt8]
    /// The end of the scalar in the file.
    private let end: Int
    /// The quote around the text: `'` or `"`.
    private var quote: UInt8?
    private var place: Int
    private var index = 0

    /// The bytes of the file, without white space at either end; nil for nothing but white space, and for a value that
    /// is no text or is not written there.
    static func range(of bytes: Range<Int>, in node: YAMLNode, _ source: SourceText) -> Range<Int>? {
        guard case .scalar(let text, let style) = node.content else { return nil }
        var walk = ScalarPlace(Array(text.utf8), style, at: node.span, of: source)
        return walk.find(bytes)
    }

    private init(_ text: [UInt8], _ style: YAMLNode.Style, at span: SourceSpan, of source: SourceText) {
        self.source = source
        self.text = text
        end = min(span.end.byte, source.bytes.count)
        place = span.start.byte
        switch style {
        case .plain: break
        case .quoted:
            quote = source.at(place)
            place += 1
        case .block:
            // The text begins below the line with `|` or `>`.
            while place < end, source.bytes[place] != 0x0A, source.bytes[place] != 0x0D { place += 1 }
        }
    }

    private mutating func find(_ bytes: Range<Int>) -> Range<Int>? {
        guard bytes.lowerBound >= 0, bytes.upperBound <= text.count else { return nil }
        var found: Range<Int>?
        while true {
            while index < text.count, ScalarPlace.isBlank(text[index]) { index += 1 }
            if index >= bytes.upperBound { return found }
            while place < end, ScalarPlace.isBlank(source.bytes[place]) { place += 1 }
            guard place < end, let piece = piece() else { return nil }
            let written = place..<place + piece.length
            place = written.upperBound
            if piece.bytes.allSatisfy(ScalarPlace.isBlank) { continue }
            guard text[index...].starts(with: piece.bytes) else { return nil }
            if index >= bytes.lowerBound { found = (found?.lowerBound ?? written.lowerBound)..<written.upperBound }
            index += piece.bytes.count
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// What stands at the place: its length in the file, and the bytes that it has in the text.
    private func piece() -> (length: Int, bytes: [UInt8])? {
        let byte = source.bytes[place]
        if quote == UInt8(ascii: "'"), byte == quote { return source.at(place + 1) == quote ? (2, [byte]) : nil }
        if quote == UInt8(ascii: "\""), byte == UInt8(ascii: "\\") { return escape() }
        return (1, [byte])
    }

    /// A backslash in double quotes. One before a line break stands for nothing.
    private func escape() -> (length: Int, bytes: [UInt8])? {
        guard let kind = source.at(place + 1) else { return nil }
        if ScalarPlace.isBlank(kind) { return (2, []) }
        if let digits = ScalarPlace.digits[kind] {
            let code = UInt32(source.text(place + 2..<place + 2 + digits), radix: 16)
            return code.flatMap(Unicode.Scalar.init).map { (2 + digits, Array(String($0).utf8)) }
        }
        return ScalarPlace.escapes[kind].map { (2, Array(String($0).utf8)) }
    }

    private static let digits: [UInt8: Int] = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]
    private static let escapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "0"): "\0", UInt8(ascii: "a"): "\u{7}", UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "t"): "\t",
        UInt8(ascii: "n"): "\n", UInt8(ascii: "v"): "\u{B}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "r"): "\r",
        UInt8(ascii: "e"): "\u{1B}", UInt8(ascii: "\""): "\"", UInt8(ascii: "/"): "/", UInt8(ascii: "\\"): "\\",
        UInt8(ascii: "N"): "\u{85}", UInt8(ascii: "_"): "\u{A0}", UInt8(ascii: "L"): "\u{2028}",
        UInt8(ascii: "P"): "\u{2029}",
    ]
}
