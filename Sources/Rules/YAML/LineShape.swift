/// One line as its author sees it: indentation, dashes, a key. It is read from the bytes alone, so that it also
/// describes a line that libyaml could not place.
struct LineShape {
    let number: Int
    /// The bytes of the line without the line break.
    let range: Range<Int>
    /// First byte that is not an ASCII space.
    let content: Int
    /// The dashes of list items before the key: `- - key`.
    let dashes: [Int]
    /// First byte after the dashes and their spaces.
    let keyStart: Int
    /// The bytes up to the colon that ends the key; nil when there is none.
    let key: Range<Int>?
    private let source: SourceText

    init(_ number: Int, of source: SourceText) {
        self.number = number
        self.source = source
        let range = source.range(ofLine: number)
        let bytes = source.bytes
        func skipSpaces(_ from: Int) -> Int {
            var index = from
            while index < range.upperBound, bytes[index] == 0x20 { index += 1 }
            return index
        }
        content = skipSpaces(range.lowerBound)
        var dashes: [Int] = []
        var index = content
        while index < range.upperBound, bytes[index] == UInt8(ascii: "-"), dashes.count < YAMLLimits.depth {
            guard index + 1 == range.upperBound || bytes[index + 1] == 0x20 else { break }
            dashes.append(index)
            index = skipSpaces(index + 1)
        }
        self.range = range
        self.dashes = dashes
        keyStart = index
        key = Self.key(in: bytes, from: index, to: range.upperBound)
    }

    /// True for a line that is empty or only a comment.
    var isBlank: Bool { content == range.upperBound || source.bytes[content] == UInt8(ascii: "#") }

    /// The zero-based column of the content, in bytes: every byte before it is a space.
    var indent: Int { content - range.lowerBound }
    var keyColumn: Int { keyStart - range.lowerBound }

    var keyText: String? { key.map { source.text($0) } }

    /// The bytes after the key's colon, without the spaces before and after them.
    var value: Range<Int>? {
        guard let key else { return nil }
        var start = min(key.upperBound + 1, range.upperBound)
        while start < range.upperBound, source.bytes[start] == 0x20 { start += 1 }
        return start..<max(start, textEnd)
    }

    /// The end of the line without the blanks before it.
    var textEnd: Int {
        var end = range.upperBound
        while end > range.lowerBound, source.bytes[end - 1] == 0x20 || source.bytes[end - 1] == 0x09 { end -= 1 }
        return end
    }

    /// The part by which the author would name this line: its key, its dash, or its first word.
    var name: Range<Int> {
        if let dash = dashes.first { return dash..<dash + 1 }
        if let key { return key }
        var end = keyStart
        while end < range.upperBound, source.bytes[end] != 0x20 { end += 1 }
        return keyStart..<end
    }

    private static func key(in bytes: [UInt8], from start: Int, to end: Int) -> Range<Int>? {
        guard start < end else { return nil }
        var index = start
        if bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
            index += 1
            while index < end, bytes[index] != bytes[start] { index += 1 }
        }
        while index < end {
            if bytes[index] == UInt8(ascii: "#"), index > start, bytes[index - 1] == 0x20 { return nil }
            if bytes[index] == UInt8(ascii: ":"), index + 1 == end || bytes[index + 1] == 0x20 {
                return index > start ? start..<index : nil
            }
            index += 1
        }
        return nil
    }
}

extension SourceText {
    func shape(ofLine number: Int) -> LineShape { LineShape(number, of: self) }

    /// The nearest line above that is neither empty nor a comment; nil when there is none within reach.
    func significantLine(above number: Int) -> LineShape? {
        var line = number - 1
        while line >= 1, number - line < 200 {
            let shape = shape(ofLine: line)
            if !shape.isBlank { return shape }
            line -= 1
        }
        return nil
    }
}

extension String {
    /// The text without ` # remark` at the end. A number sign before a letter is a topic, which people mean as text.
    var withoutComment: String {
        let bytes = Array(utf8)
        let start = bytes.indices.first { index in
            guard index > 0, bytes[index] == UInt8(ascii: "#"), bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09
            else {
                return false
            }
            return index + 1 == bytes.count || bytes[index + 1] <= 0x20 || bytes[index + 1] == UInt8(ascii: "#")
        }
        return start.map { String(decoding: bytes[..<$0], as: UTF8.self).withoutOuterSpaces } ?? self
    }
}
