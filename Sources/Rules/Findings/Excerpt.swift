import Kit

/// The quoted lines of a finding with their underlines, as plain rows.
struct Excerpt {
    struct Row {
        /// The line's number; nil for rows under a line and for `...`.
        var number: Int?
        var isGap = false
        /// The line itself, or the text printed under it.
        var text: String
        var kind: Kind
        enum Kind { case source, primary, secondary }
    }

    /// Lines longer than this are shown around the underlined part.
    private static let width = 150

    private let source: SourceText
    private let finding: Diagnostic
    private let language: Language

    init(_ finding: Diagnostic, in source: SourceText, _ language: Language) {
        self.finding = finding
        self.source = source
        self.language = language
    }

    /// A finding on the file as a whole has no line to show, nor has one whose line cannot be read.
    var isShown: Bool {
        finding.code != "R001" && !(finding.span == .top(of: finding.span.file) && finding.label.isEmpty)
            && finding.span.start.line <= source.lineCount
    }

    /// The highest line number, which sets the width of the margin.
    var lastLine: Int { isShown ? marks.map(\.span.start.line).max() ?? 1 : finding.span.start.line }

    func rows() -> [Row] {
        var rows: [Row] = []
        var previous: Int?
        for (line, marks) in Dictionary(grouping: marks, by: \.span.start.line).sorted(by: { $0.key < $1.key }) {
            if let previous, line > previous + 1 { rows.append(Row(isGap: true, text: "...", kind: .source)) }
            let range = source.range(ofLine: line)
            let window = window(of: range, around: marks)
            rows.append(Row(number: line, text: shown(window, in: range), kind: .source))
            for mark in marks.sorted(by: { $0.span.start.byte < $1.span.start.byte }) where !mark.isContext {
                rows.append(Row(text: underline(mark, window, range), kind: mark.isPrimary ? .primary : .secondary))
            }
            previous = line
        }
        return rows
    }

    private struct Mark {
        var span: SourceSpan
        var text: String
        var isPrimary: Bool
        /// True for a span without width: the line is shown and nothing under it.
        var isContext: Bool { !isPrimary && span.start.byte == span.end.byte }
    }

    private var marks: [Mark] {
        let related = finding.related.filter { $0.span.file == finding.span.file }
        return [Mark(span: finding.span, text: finding.label, isPrimary: true)]
            + related.map { Mark(span: $0.span, text: $0.text, isPrimary: false) }
    }

    private func underline(_ mark: Mark, _ window: Range<Int>, _ line: Range<Int>) -> String {
        let start = min(max(mark.span.start.byte, window.lowerBound), window.upperBound)
        let end = min(max(mark.span.end.byte, start), window.upperBound)
        let lead = window.lowerBound > line.lowerBound ? 2 : 0
        let before = lead + Columns.width(Self.printable(source.text(window.lowerBound..<start)))
        let count = max(1, Columns.width(Self.printable(source.text(start..<end))))
        let row = String(repeating: " ", count: before) + String(repeating: mark.isPrimary ? "^" : "-", count: count)
        let label = MessageCatalogue.translate(mark.text, into: language)
        return label.isEmpty ? row : row + " " + label
    }

    private func shown(_ window: Range<Int>, in line: Range<Int>) -> String {
        var text = Self.printable(source.text(window))
        while text.last == " " { text.removeLast() }
        if window.lowerBound > line.lowerBound { text = "… " + text }
        return window.upperBound < line.upperBound ? text + " …" : text
    }

    /// The bytes of the line to show, cut between characters.
    private func window(of line: Range<Int>, around marks: [Mark]) -> Range<Int> {
        guard line.count > Self.width * 2 else { return line }
        let first = marks.map(\.span.start.byte).min() ?? line.lowerBound
        var start = first - line.lowerBound < Self.width ? line.lowerBound : first - 20
        var end = min(start + Self.width, line.upperBound)
        while start > line.lowerBound, source.bytes[start] & 0xC0 == 0x80 { start -= 1 }
        while end < line.upperBound, source.bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return start..<max(start, end)
    }

    /// The text with tabs as four spaces, and U+FFFD for characters that would move or hide other text.
    private static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: result.append(contentsOf: "    ".unicodeScalars)
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
                result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
