/// Cleans spaces at line ends, line breaks of other systems, and the end of the file, but no text over several lines.
struct Whitespace {
    private let source: SourceText
    /// Lines that belong to a quoted or block text.
    private var texts: Set<Int> = []
    private var endsInText = false

    init(_ source: SourceText, root: YAMLNode?) {
        self.source = source
        var open = root.map { [$0] } ?? []
        while let node = open.popLast() {
            open += node.items ?? node.entries?.map(\.value) ?? []
            guard node.text != nil, node.lastLine > node.span.start.line else { continue }
            texts.formUnion(node.span.start.line...node.lastLine)
            endsInText = endsInText || node.span.end.byte >= source.bytes.count
        }
    }

    var formatted: [UInt8] {
        var bytes = Array(source.bytes[..<source.start])
        for number in 1...source.lineCount {
            var line = source.bytes[source.range(ofLine: number)]
            if !texts.contains(number) {
                while let last = line.last, last == 0x20 || last == 0x09 { line.removeLast() }
            }
            bytes += line
            if number < source.lineCount { bytes.append(0x0A) }
        }
        return endsInText ? bytes : ended(bytes)
    }

    /// Ends the bytes with exactly one line break; an empty file stays empty.
    private func ended(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while bytes.count > source.start, bytes.last == 0x0A { bytes.removeLast() }
        if bytes.count > source.start { bytes.append(0x0A) }
        return bytes
    }
}

extension YAMLNode {
    /// The last line that holds a part of it. A block text ends where the next line begins.
    var lastLine: Int {
        let end = span.end
        return end.column == 1 && end.line > span.start.line ? end.line - 1 : end.line
    }
}
