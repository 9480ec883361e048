/// Puts the keys of a rule in the order of the declarations (rule-language §1.4): whole lines move, with the comments
/// above them. A rule that is written in a way that leaves doubt stays as it is.
struct KeyOrder {
    /// One key with its lines: the comments and blank lines above it, its own line, its value.
    private struct Part {
        var rank: Int
        var lines: ClosedRange<Int>
        var keyLine: Int
    }

    private let source: SourceText
    private let entries: [YAMLNode.Entry]
    private let column: Int

    /// One edit for each rule whose keys are in another order.
    static func edits(in root: YAMLNode, _ source: SourceText) -> [Diagnostic.Edit] {
        (root["rules"]?.items ?? []).compactMap { KeyOrder($0, source)?.edit }
    }

    private init?(_ rule: YAMLNode, _ source: SourceText) {
        guard let entries = rule.entries, let first = entries.first else { return nil }
        self.source = source
        self.entries = entries
        column = first.keySpan.start.column
    }

    private var edit: Diagnostic.Edit? {
        guard let parts, let first = parts.first, let last = parts.last else { return nil }
        let ordered = parts.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
            .map(\.element)
        guard ordered.map(\.keyLine) != parts.map(\.keyLine), let newFirst = ordered.first else { return nil }
        // Its comments would have to go in front of the dash, where they would be about the whole rule.
        guard newFirst.lines.lowerBound == newFirst.keyLine else { return nil }
        let dash = prefix(of: first.keyLine)
        let spaces = String(repeating: " ", count: dash.utf8.count)
        var lines: [String] = []
        for part in ordered {
            for number in part.lines {
                guard number == part.keyLine else {
                    lines.append(source.line(number))
                    continue
                }
                let start = part.keyLine == newFirst.keyLine ? dash : spaces
                lines.append(start + source.line(number).dropFirst(dash.count))
            }
        }
        let start = source.range(ofLine: first.keyLine).lowerBound
        let end = source.range(ofLine: last.lines.upperBound).upperBound
        return .init(start: start, end: end, text: lines.joined(separator: "\n"))
    }

    /// The parts of the rule; nil when in doubt.
    private var parts: [Part]? {
        var parts: [Part] = []
        for (index, entry) in entries.enumerated() {
            let keyLine = entry.keySpan.start.line
            guard let rank = RuleKeys.rule.keys.firstIndex(where: { $0.name == entry.key }),
                entry.keySpan.start.column == column, isAlone(entry, isFirst: index == 0)
            else { return nil }
            let begin = parts.last.map { $0.lines.upperBound + 1 } ?? keyLine
            guard keyLine >= begin else { return nil }
            let end = withInnerComments(max(keyLine, entry.value.lastLine), before: index)
            guard let end else { return nil }
            parts.append(Part(rank: rank, lines: begin...end, keyLine: keyLine))
        }
        return parts
    }

    /// Comments that stand further in than the keys belong to the value above them. Nil when the next key begins
    /// before that.
    private func withInnerComments(_ end: Int, before index: Int) -> Int? {
        let limit = index + 1 < entries.count ? entries[index + 1].keySpan.start.line : source.lineCount + 1
        var end = end
        while end + 1 < limit, isComment(end + 1, deeperThan: column) { end += 1 }
        return end < limit ? end : nil
    }

    private func isComment(_ number: Int, deeperThan column: Int) -> Bool {
        let line = source.line(number)
        let indentation = line.prefix { $0 == " " }.count
        return indentation >= column && line.dropFirst(indentation).first == "#"
    }

    /// True when only spaces stand in front of the key, and a dash before the first one.
    private func isAlone(_ entry: YAMLNode.Entry, isFirst: Bool) -> Bool {
        let before = prefix(of: entry.keySpan.start.line)
        guard before.utf8.count == column - 1 else { return false }
        let dashes = before.filter { $0 == "-" }.count
        return before.allSatisfy { $0 == " " || $0 == "-" } && dashes == (isFirst ? 1 : 0)
    }

    private func prefix(of line: Int) -> String { String(source.line(line).prefix(column - 1)) }
}
