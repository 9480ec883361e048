import Rules

/// Where the keys of a written block and the items of a written list are, so that one can be removed or added.
struct ItemLayout {
    let source: SourceText

    /// True for `{a: b}` and `[a, b]`, as opposed to one line each.
    func isFlow(_ node: YAMLNode) -> Bool {
        source.bytes.indices.contains(node.span.start.byte)
            && [0x7B, 0x5B].contains(source.bytes[node.span.start.byte])
    }

    /// Replaces a value; the line break at the end of a block text stays.
    func replacement(of node: YAMLNode, by text: String) -> Diagnostic.Edit {
        var end = node.span.end.byte
        while end > node.span.start.byte, [0x0A, 0x0D].contains(source.bytes[end - 1]) { end -= 1 }
        return .init(start: node.span.start.byte, end: end, text: text)
    }

    /// Removes these keys of a block; at least one stays.
    func removal(of keys: Set<String>, from node: YAMLNode) -> [Diagnostic.Edit] {
        let entries = node.entries ?? []
        return runs(entries.indices.filter { keys.contains(entries[$0].key) }).map { run in
            removal(
                run, of: entries.map { (start: $0.keySpan.start, end: $0.value.span.end) }, isFlow: isFlow(node),
                isList: false)
        }
    }

    /// Removes these items of a list; at least one stays.
    func removal(of items: [Int], from list: YAMLNode) -> [Diagnostic.Edit] {
        let spans = (list.items ?? []).map { (start: $0.span.start, end: $0.span.end) }
        return runs(items).map { removal($0, of: spans, isFlow: isFlow(list), isList: true) }
    }

    private func removal(
        _ run: ClosedRange<Int>, of spans: [(start: Position, end: Position)], isFlow: Bool, isList: Bool
    ) -> Diagnostic.Edit {
        let (first, last) = (run.lowerBound, run.upperBound)
        if isFlow {
            return first > 0
                ? .init(start: spans[first - 1].end.byte, end: spans[last].end.byte, text: "")
                : .init(start: spans[first].start.byte, end: spans[last + 1].start.byte, text: "")
        }
        // The first key of a list item shares its line with the dash.
        if first == 0, !isList {
            return .init(start: spans[first].start.byte, end: spans[last + 1].start.byte, text: "")
        }
        return .init(
            start: source.range(ofLine: spans[first].start.line).lowerBound, end: endOfLines(through: spans[last].end),
            text: "")
    }

    /// Adds a key after another one.
    func insertion(of text: String, after entry: YAMLNode.Entry, in node: YAMLNode) -> Diagnostic.Edit {
        let end = entry.value.span.end
        if isFlow(node) { return .init(start: end.byte, end: end.byte, text: ", \(text)") }
        let indent = String(repeating: " ", count: max(0, entry.keySpan.start.column - 1))
        let place = source.range(ofLine: lastLine(of: end)).upperBound
        // A first key follows its dash: its column is that of the others.
        return .init(start: place, end: place, text: "\(newline)\(indent)\(text)")
    }

    /// Adds an item after another one; nil when the list has a layout we do not know.
    func insertion(of text: String, after item: YAMLNode, in list: YAMLNode) -> Diagnostic.Edit? {
        if isFlow(list) { return .init(start: item.span.end.byte, end: item.span.end.byte, text: ", \(text)") }
        let line = source.range(ofLine: item.span.start.line)
        let before = source.text(line.lowerBound..<item.span.start.byte)
        let indent = before.prefix { $0 == " " }
        guard before.dropFirst(indent.count).first == "-", before.dropFirst(indent.count + 1).allSatisfy({ $0 == " " })
        else { return nil }
        let place = source.range(ofLine: lastLine(of: item.span.end)).upperBound
        return .init(start: place, end: place, text: "\(newline)\(indent)- \(text)")
    }

    /// Fills a key whose list is empty, or that has nothing behind it.
    func filling(_ entry: YAMLNode.Entry, in node: YAMLNode, with items: [String]) -> Diagnostic.Edit {
        let colon = entry.keySpan.end.byte + 1
        let isWritten = entry.value.items != nil || entry.value.text?.isEmpty == false
        let end = isWritten ? max(colon, entry.value.span.end.byte) : colon
        if isFlow(node) { return .init(start: colon, end: end, text: " [\(items.joined(separator: ", "))]") }
        let indent = String(repeating: " ", count: max(0, entry.keySpan.start.column - 1) + 2)
        return .init(start: colon, end: end, text: items.map { "\(newline)\(indent)- \($0)" }.joined())
    }

    // MARK: lines

    private var newline: String { source.bytes.contains(0x0D) ? "\r\n" : "\n" }

    /// An end at the very beginning of a line belongs to the line before.
    private func lastLine(of end: Position) -> Int { end.column == 1 && end.line > 1 ? end.line - 1 : end.line }

    private func endOfLines(through end: Position) -> Int {
        let line = lastLine(of: end)
        return line < source.lineCount ? source.range(ofLine: line + 1).lowerBound : source.bytes.count
    }

    private func runs(_ indices: [Int]) -> [ClosedRange<Int>] {
        var runs: [ClosedRange<Int>] = []
        for index in indices.sorted() {
            if let last = runs.last, last.upperBound == index - 1 {
                runs[runs.count - 1] = last.lowerBound...index
            } else {
                runs.append(index...index)
            }
        }
        return runs
    }
}
