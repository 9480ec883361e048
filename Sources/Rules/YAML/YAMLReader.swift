/// Reads one file of the rule set into an untyped tree with exact places (rule-language §4).
///
/// Pure: bytes in, tree and findings out. Never traps and never recurses on what it reads.
package enum YAMLReader {
    /// `path` is the name of the file that findings show.
    package static func read(bytes: [UInt8], path: String) -> YAMLFile {
        let source = SourceText(bytes: bytes, path: path)
        if bytes.count > YAMLLimits.fileBytes {
            return YAMLFile(path: path, root: nil, diagnostics: [Refusal.size(source)], source: source, isWhole: false)
        }
        if let finding = EncodingCheck.finding(in: source) {
            return YAMLFile(path: path, root: nil, diagnostics: [finding], source: source, isWhole: false)
        }
        var whole = TreeBuilder(
            source: source, base: source.start, findings: FindingList(), valuesLeft: YAMLLimits.values)
        switch whole.run(until: bytes.count) {
        case .refused: return file(source, nil, whole.findings, isWhole: false)
        case .complete: return complete(source, whole)
        case .failure(let failure):
            var pieces = PieceReader(source)
            let root = pieces.read(after: failure)
            return file(source, root, pieces.findings, isWhole: false)
        }
    }

    private static func complete(_ source: SourceText, _ builder: TreeBuilder) -> YAMLFile {
        var findings = builder.findings
        guard let root = builder.root, !root.isNull else {
            if builder.isWhole {
                let hasText = source.bytes.contains { $0 > 0x20 } && source.bytes.count > source.start
                findings.add(
                    Diagnostic(
                        "R020", .warning, hasText ? "this file has nothing but comments" : "this file is empty",
                        at: .top(of: source.path),
                        help: ["remove the file, or write `version: 1` and what belongs in it"]))
            }
            return file(source, nil, findings, isWhole: builder.isWhole)
        }
        return file(source, root, findings, isWhole: builder.isWhole)
    }

    private static func file(_ source: SourceText, _ root: YAMLNode?, _ found: FindingList, isWhole: Bool) -> YAMLFile {
        var diagnostics = found.kept
        if !diagnostics.isEmpty { FindingPlaces(source).complete(&diagnostics) }
        diagnostics = FindingLimit.capped(
            diagnostics.inFileOrder(), file: source.path, alsoDropped: found.dropped, errors: found.droppedErrors)
        return YAMLFile(path: source.path, root: root, diagnostics: diagnostics, source: source, isWhole: isWhole)
    }
}

/// Adds the rule and the path to findings that lie inside an item of a top-level list.
private struct FindingPlaces {
    private let source: SourceText
    private let sections: Sections

    init(_ source: SourceText) {
        self.source = source
        sections = Sections(of: source)
    }

    func complete(_ diagnostics: inout [Diagnostic]) {
        for index in diagnostics.indices where diagnostics[index].path.isEmpty {
            let byte = diagnostics[index].span.start.byte
            guard let (section, item) = sections.item(holding: byte), let list = section.list else { continue }
            let key = source.text(list.key)
            diagnostics[index].path = [key, String(item)]
            if key == "rules" { diagnostics[index].rule = id(in: list.items[item]) }
        }
    }

    /// The text after `id:` in the item's own column.
    private func id(in item: Range<Int>) -> String? {
        let first = source.lineNumber(atByte: item.lowerBound)
        let column = source.shape(ofLine: first).keyColumn
        var number = first
        while number <= source.lineCount, number - first < 60 {
            let line = source.shape(ofLine: number)
            if line.range.lowerBound >= item.upperBound { return nil }
            if line.keyColumn == column, line.keyText == "id", let value = line.value {
                let text = source.text(value)
                return text.utf8.allSatisfy(TypingSlip.isNameByte) && !text.isEmpty ? text : nil
            }
            number += 1
        }
        return nil
    }
}
