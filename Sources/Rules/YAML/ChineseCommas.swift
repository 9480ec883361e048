/// Finds R112: `[金卡，银卡]` is one item to YAML.
struct ChineseCommas {
    let source: SourceText

    /// The finding for a list in brackets, and the items that were meant; nil when no unquoted item has such a comma.
    func split(_ items: [YAMLNode]) -> (items: [YAMLNode], finding: Diagnostic)? {
        var meant: [YAMLNode] = []
        var firstBad: YAMLNode?
        for item in items {
            let parts = parts(of: item)
            if parts.count > 1, firstBad == nil { firstBad = item }
            meant += parts
        }
        guard let bad = firstBad else { return nil }
        let text = source.text(bad.span.start.byte..<bad.span.end.byte)
        let comma = ChineseCommas.name(in: text)
        let shown = meant.map { source.text($0.span.start.byte..<$0.span.end.byte) }.joined(separator: ", ")
        let finding = Diagnostic(
            "R112", .error, "this list has \(CountWord.text(items.count, "item")), not \(CountWord.text(meant.count))",
            at: bad.span, label: "one item, because \(comma) does not separate items",
            help: ["use an ASCII comma:  [\(shown)]"])
        return (meant, finding)
    }

    private func parts(of item: YAMLNode) -> [YAMLNode] {
        guard case .scalar(_, .plain) = item.content else { return [item] }
        let range = item.span.start.byte..<item.span.end.byte
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound {
            if isComma(at: index) {
                parts.append(start..<index)
                index += 3
                start = index
            } else {
                index += 1
            }
        }
        guard !parts.isEmpty else { return [item] }
        parts.append(start..<range.upperBound)
        return parts.map(trim).filter { !$0.isEmpty }.map {
            YAMLNode(.scalar(source.text($0), .plain), span: source.span($0))
        }
    }

    /// The first sign in `text` that was meant as a comma, in words.
    static func name(in text: String) -> String {
        switch text.first(where: { "，、；,".contains($0) }) {
        case ",": "`,` outside of brackets"
        case "、": "`、` (U+3001)"
        case "；": "`；` (U+FF1B)"
        default: "`，` (U+FF0C)"
        }
    }

    /// True for `，`, `、` or `；`.
    func isComma(at index: Int) -> Bool {
        switch source.bytes[index] {
        case 0xEF: source.at(index + 1) == 0xBC && (source.at(index + 2) == 0x8C || source.at(index + 2) == 0x9B)
        case 0xE3: source.at(index + 1) == 0x80 && source.at(index + 2) == 0x81
        default: false
        }
    }

    private func trim(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, source.bytes[start] <= 0x20 { start += 1 }
        while end > start, source.bytes[end - 1] <= 0x20 { end -= 1 }
        return start..<end
    }
}
