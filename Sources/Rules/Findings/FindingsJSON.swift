import Kit

/// Findings as one versioned JSON object (qa-tools §3.2), for editors and pipelines.
package enum FindingsJSON {
    /// One line with a line break. `files` and `rules` are the numbers that were read.
    package static func render(_ diagnostics: [Diagnostic], files: Int, rules: Int) -> String {
        value(diagnostics, files: files, rules: rules).rendered + "\n"
    }

    package static func value(_ diagnostics: [Diagnostic], files: Int, rules: Int) -> JSONText {
        let verdict = FindingsVerdict(diagnostics, files: files)
        return .object([
            "version": .int(1),
            "summary": .object([
                "errors": .int(verdict.errors), "warnings": .int(verdict.warnings), "files": .int(files),
                "rules": .int(rules),
            ]),
            "diagnostics": list(diagnostics),
        ])
    }

    /// The `diagnostics` array alone, for reports that carry it beside other things.
    package static func list(_ diagnostics: [Diagnostic]) -> JSONText { .list(diagnostics.inFileOrder().map(finding)) }

    private static func finding(_ finding: Diagnostic) -> JSONText {
        .object([
            "code": .text(finding.code),
            "severity": .text(finding.severity.rawValue),
            "message": .text(finding.message),
            "file": .text(finding.span.file),
            "rule": finding.rule.map(JSONText.text) ?? .null,
            "path": .list(finding.path.map(step)),
            "range": range(finding.span),
            "label": .text(finding.label),
            "related": .list(finding.related.filter { !$0.text.isEmpty }.map(related)),
            "help": .list(finding.help.map(JSONText.text)),
            "notes": .list(finding.notes.map(JSONText.text)),
            "fix": fix(finding.fix),
        ])
    }

    private static func step(_ step: String) -> JSONText {
        let isIndex = !step.isEmpty && step.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if isIndex, let index = Int(step), String(index) == step { return .int(index) }
        return .text(step)
    }

    private static func range(_ span: SourceSpan) -> JSONText {
        .object(["start": position(span.start), "end": position(span.end)])
    }

    private static func position(_ position: Position) -> JSONText {
        .object([
            "line": .int(position.line), "column": .int(position.column), "utf16": .int(position.utf16),
            "byte": .int(position.byte),
        ])
    }

    private static func related(_ label: Diagnostic.Label) -> JSONText {
        .object(["message": .text(label.text), "file": .text(label.span.file), "range": range(label.span)])
    }

    private static func fix(_ edits: [Diagnostic.Edit]) -> JSONText {
        if edits.isEmpty { return .null }
        return .object([
            "safe": .bool(true),
            "edits": .list(
                edits.map { .object(["start": .int($0.start), "end": .int($0.end), "text": .text($0.text)]) }),
        ])
    }
}
