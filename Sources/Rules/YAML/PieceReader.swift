/// Reads a file with a slip in it piece by piece, so that one slip does not hide the findings of the other rules: every
/// item of a top-level list, and every other top-level key, by itself.
struct PieceReader {
    private let source: SourceText
    private(set) var findings = FindingList()
    private var valuesLeft = YAMLLimits.values
    private var isRefused = false
    private var entries: [YAMLNode.Entry] = []
    private var seen: [String: SourceSpan] = [:]

    init(_ source: SourceText) { self.source = source }

    /// The usable part of the file; nil when a limit was passed or nothing is left.
    mutating func read(after failure: YAMLFailure) -> YAMLNode? {
        let sections = Sections(of: source)
        for section in sections.all where !isRefused {
            if let list = section.list { read(list.key, list.items) } else { read(section.range) }
        }
        if let second = sections.secondDocument { findings.add(Refusal.secondDocument(source, at: second)) }
        // Cutting the file into pieces can make the slip itself disappear; duplicate keys never made libyaml stop.
        let isExplained = findings.kept.contains { $0.severity == .error && $0.code != "R013" }
        if !isExplained, !isRefused {
            let syntax = SyntaxFailure(source: source, base: source.start, end: source.bytes.count)
            findings.add { syntax.finding(failure) }
        }
        guard !isRefused, let first = entries.first, let last = entries.last else { return nil }
        let span = SourceSpan(file: source.path, start: first.keySpan.start, end: last.value.span.end)
        return YAMLNode(.map(entries), span: span)
    }

    private mutating func read(_ key: Range<Int>, _ items: [Range<Int>]) {
        var nodes: [YAMLNode] = []
        for item in items where !isRefused {
            if case .list(let parsed)? = parse(item)?.content { nodes += parsed }
        }
        let keyEnd = source.span(key.upperBound..<key.upperBound + 1).end
        let start = items.first.map {
            source.position(atByte: source.shape(ofLine: source.lineNumber(atByte: $0.lowerBound)).content)
        }
        let span = SourceSpan(file: source.path, start: start ?? keyEnd, end: nodes.last?.span.end ?? start ?? keyEnd)
        append(.init(key: unquoted(key), keySpan: source.span(key), value: YAMLNode(.list(nodes), span: span)))
    }

    private mutating func read(_ section: Range<Int>) {
        guard let node = parse(section) else { return }
        if let entries = node.entries {
            for entry in entries { append(entry) }
        } else if !node.isNull {
            let line = source.shape(ofLine: node.span.start.line)
            let text = line.content..<max(line.textEnd, line.content)
            if let slip = TypingSlip(source: source, certain: true).finding(in: line) {
                findings.add(slip)
            } else {
                findings.add(
                    Diagnostic(
                        "R018", .error, "this line has no colon, so it is neither a key nor a list item",
                        at: source.span(text),
                        help: ["write  key: value,  or begin an item with a dash and a space"]))
            }
        }
    }

    private mutating func append(_ entry: YAMLNode.Entry) {
        if let first = seen[entry.key] {
            findings.add(Refusal.duplicate(entry.key, first: first, again: entry.keySpan))
        } else {
            seen[entry.key] = entry.keySpan
            entries.append(entry)
        }
    }

    private mutating func parse(_ range: Range<Int>) -> YAMLNode? {
        var builder = TreeBuilder(source: source, base: range.lowerBound, findings: findings, valuesLeft: valuesLeft)
        let ending = builder.run(until: range.upperBound)
        valuesLeft = builder.valuesLeft
        switch ending {
        case .complete:
            findings = builder.findings
            return builder.root
        case .refused:
            findings = builder.findings
            isRefused = true
            return nil
        case .failure(let failure):
            findings = builder.findings
            // The slip that broke the piece already is most likely the reason why libyaml stopped.
            if builder.hasBrokenPart { return nil }
            let syntax = SyntaxFailure(source: source, base: range.lowerBound, end: range.upperBound)
            findings.add { syntax.finding(failure) }
            return nil
        }
    }

    private func unquoted(_ key: Range<Int>) -> String {
        let text = source.text(key)
        guard text.utf8.count >= 2, let first = text.first, first == "\"" || first == "'", text.last == first else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }
}
