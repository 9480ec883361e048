extension Sequence<Diagnostic> {
    /// Sorted by file, place and code: the order in which every form prints them.
    package func inFileOrder() -> [Diagnostic] {
        sorted { a, b in
            if a.span.file != b.span.file { return a.span.file < b.span.file }
            if a.span.start.byte != b.span.start.byte { return a.span.start.byte < b.span.start.byte }
            if a.code != b.code { return a.code < b.code }
            return a.message < b.message
        }
    }
}

/// Limits the findings of a file; a count stands for the rest.
package enum FindingLimit {
    package static let perFile = 200

    /// `diagnostics` are of one file and in order. `alsoDropped` more, with `errors` among them, were never made.
    package static func capped(
        _ diagnostics: [Diagnostic], file: String, alsoDropped: Int = 0, errors: Int = 0
    ) -> [Diagnostic] {
        let rest = diagnostics.dropFirst(perFile)
        let hidden = rest.count + alsoDropped
        guard hidden > 0 else { return diagnostics }
        let hasErrors = errors > 0 || rest.contains { $0.severity == .error }
        let last = diagnostics.prefix(perFile).last?.span ?? .top(of: file)
        let count = Diagnostic(
            "R019", hasErrors ? .error : .warning,
            hidden == 1
                ? "one more finding in this file is not shown" : "\(hidden) more findings in this file are not shown",
            at: SourceSpan(file: file, start: last.start, end: last.start),
            help: ["correct those above first; many of the others may go with them"])
        return diagnostics.prefix(perFile) + [count]
    }
}
