import Kit

/// Findings for people, in the layout of qa-tools §3.3.
package enum FindingsText {
    /// The findings in file order, an empty line between two and a line break at the end; empty without findings. A
    /// file that is not in `sources` is shown without an excerpt.
    package static func render(
        _ diagnostics: [Diagnostic], sources: [String: SourceText], colour: Bool = false, language: Language = .english
    ) -> String {
        diagnostics.inFileOrder()
            .map { FindingText($0, sources[$0.span.file], colour ? .some(Paint()) : nil, language: language).text }
            .joined(separator: "\n")
    }
}

/// Terminal colours: red and yellow for what is wrong, blue for the frame.
struct Paint {
    enum Colour: String {
        case error = "1;31"
        case warning = "1;33"
        case frame = "1;34"
        case bold = "1"
    }
    func callAsFunction(_ text: String, _ colour: Colour) -> String { "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" }
}

private struct FindingText {
    /// Codes whose notes explain the finding before the help says what to do; elsewhere they come last.
    private static let notesFirst: Set<String> = ["R001", "R211", "R231", "R240"]

    private let finding: Diagnostic
    private let excerpt: Excerpt?
    private let paint: Paint?
    private let language: Language
    /// Spaces before `-->`; the bars stand one further.
    private let margin: String

    init(_ finding: Diagnostic, _ source: SourceText?, _ paint: Paint?, language: Language) {
        self.finding = finding
        self.paint = paint
        self.language = language
        // An inline secret is never shown again (R107).
        let excerpt = finding.code == "R107" ? nil : source.map { Excerpt(finding, in: $0, language) }
        self.excerpt = excerpt.flatMap { $0.isShown ? $0 : nil }
        margin = String(repeating: " ", count: String(excerpt?.lastLine ?? finding.span.start.line).count)
    }

    var text: String {
        var lines = [heading, margin + frame("--> ") + place(finding.span)]
        lines += excerptLines
        for label in finding.related where label.span.file != finding.span.file {
            lines.append(margin + frame("::: ") + place(label.span) + ": " + translate(label.text))
        }
        return (lines + remarks).joined(separator: "\n") + "\n"
    }

    private var heading: String {
        let word = "\(language.word(finding.severity))[\(finding.code)]"
        return coloured(word, finding.severity == .error ? .error : .warning)
            + coloured(": " + finding.message(in: language), .bold)
    }

    private func place(_ span: SourceSpan) -> String {
        let place = "\(span.file):\(span.start.line):\(span.start.column)"
        return finding.code == "R001" ? place + " (byte \(span.start.byte))" : place
    }

    private var excerptLines: [String] {
        guard let excerpt else { return [] }
        var lines = [margin + frame(" |")]
        for row in excerpt.rows() {
            if row.isGap {
                lines.append(frame(row.text))
            } else if let number = row.number {
                let digits = String(number)
                let padding = String(repeating: " ", count: max(0, margin.count - digits.count))
                lines.append(frame(padding + digits + " |") + (row.text.isEmpty ? "" : " " + row.text))
            } else {
                let colour: Paint.Colour =
                    row.kind == .secondary ? .frame : finding.severity == .error ? .error : .warning
                let indent = row.text.prefix { $0 == " " }
                lines.append(
                    margin + frame(" |") + " " + indent + coloured(String(row.text.dropFirst(indent.count)), colour))
            }
        }
        return lines
    }

    private var remarks: [String] {
        let notes = finding.notes.map(translate).filter { !$0.isEmpty }.map { remark(language.note + $0) }
        var help = finding.help.map { remark(language.help + translate($0)) }
        if !finding.fix.isEmpty { help.append(remark(language.fix)) }
        return Self.notesFirst.contains(finding.code) ? notes + help : help + notes
    }

    private func remark(_ text: String) -> String { margin + frame(" = ") + text }
    private func translate(_ text: String) -> String { MessageCatalogue.translate(text, into: language) }
    private func frame(_ text: String) -> String { coloured(text, .frame) }
    private func coloured(_ text: String, _ colour: Paint.Colour) -> String { paint.map { $0(text, colour) } ?? text }
}
