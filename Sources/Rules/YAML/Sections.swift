/// The parts of a file that can be read one by one after a slip somewhere: each top-level key, and each item of a
/// top-level list. They are found by their columns alone.
struct Sections {
    struct Section {
        /// The bytes from its key's line up to the next section.
        var range: Range<Int>
        /// The key whose value is the list, and its items; nil when the value is no list in block style.
        var list: (key: Range<Int>, items: [Range<Int>])?
    }

    private(set) var all: [Section] = []
    /// The `---` of a second document, which ends the last section.
    private(set) var secondDocument: Int?

    init(of source: SourceText) {
        var starts: [Int] = []
        var end = source.bytes.count
        for number in 1...source.lineCount {
            let range = source.range(ofLine: number)
            if Self.isMarker(range, in: source) {
                guard !starts.isEmpty else { continue }
                end = range.lowerBound
                if source.at(end) == UInt8(ascii: "-") { secondDocument = end }
                break
            }
            if Self.startsSection(range, in: source) { starts.append(number) }
        }
        for (index, number) in starts.enumerated() {
            let from = source.range(ofLine: number).lowerBound
            let isLast = index + 1 == starts.count
            let next = isLast ? source.lineNumber(atByte: end) + 1 : starts[index + 1]
            let to = isLast ? end : source.range(ofLine: next).lowerBound
            all.append(Section(range: from..<to, list: Self.list(from: number, before: next, end: to, in: source)))
        }
    }

    /// The index of the list item that holds a byte, with its section.
    func item(holding byte: Int) -> (section: Section, index: Int)? {
        guard let section = all.first(where: { $0.range.contains(byte) || $0.range.upperBound == byte }),
            let items = section.list?.items, let index = items.lastIndex(where: { $0.lowerBound <= byte })
        else { return nil }
        return (section, index)
    }

    private static func isMarker(_ range: Range<Int>, in source: SourceText) -> Bool {
        let bytes = source.bytes[range]
        guard bytes.starts(with: "---".utf8) || bytes.starts(with: "...".utf8) else { return false }
        return bytes.count == 3 || bytes.dropFirst(3).first == 0x20
    }

    /// True for a line that begins in column one, and is neither a comment, nor an item, nor the end of brackets.
    private static func startsSection(_ range: Range<Int>, in source: SourceText) -> Bool {
        guard let first = source.bytes[range].first, first > 0x20 else { return false }
        if first == UInt8(ascii: "-") || "#]}".utf8.contains(first) { return false }
        return OddSpace.length(in: source, at: range.lowerBound, before: range.upperBound) == nil
    }

    private static func list(
        from first: Int, before next: Int, end: Int, in source: SourceText
    ) -> (key: Range<Int>, items: [Range<Int>])? {
        let head = source.shape(ofLine: first)
        guard let key = head.key, let value = head.value,
            value.isEmpty || source.at(value.lowerBound) == UInt8(ascii: "#")
        else { return nil }
        var column: Int?
        var starts: [Int] = []
        for number in first + 1..<max(next, first + 1) {
            let shape = source.shape(ofLine: number)
            if shape.isBlank { continue }
            let isDash = source.at(shape.content) == UInt8(ascii: "-")
            if column == nil {
                guard isDash else { return nil }
                column = shape.indent
            }
            if isDash, shape.indent == column { starts.append(shape.range.lowerBound) }
        }
        guard !starts.isEmpty else { return nil }
        let items = starts.indices.map { starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : end) }
        return (key, items)
    }
}
