import Kit

/// Findings as SARIF 2.1.0 with fixes, for code scanning. Columns are Unicode scalars, as in `Position.column`.
package enum FindingsSARIF {
    /// `sources` place the fixes; a fix in a file that is not among them is left out.
    package static func render(_ diagnostics: [Diagnostic], sources: [String: SourceText]) -> String {
        let findings = diagnostics.inFileOrder()
        let codes = Set(findings.map(\.code)).sorted()
        let driver: JSONText = .object([
            "name": "nudged",
            "rules": .list(codes.map { .object(["id": .text($0)]) }),
        ])
        let run: JSONText = .object([
            "tool": .object(["driver": driver]),
            "columnKind": "unicodeCodePoints",
            "results": .list(findings.map { result($0, sources[$0.span.file]) }),
        ])
        let log: JSONText = .object([
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": .list([run]),
        ])
        return log.rendered + "\n"
    }

    private static func result(_ finding: Diagnostic, _ source: SourceText?) -> JSONText {
        var members: [JSONText.Member] = [
            .init("ruleId", .text(finding.code)),
            .init("level", .text(finding.severity.rawValue)),
            .init("message", message(([finding.message] + finding.help).joined(separator: "\n"))),
            .init("locations", .list([.object(["physicalLocation": location(finding.span)])])),
        ]
        let related = finding.related.filter { !$0.text.isEmpty }
        if !related.isEmpty {
            members.append(
                .init(
                    "relatedLocations",
                    .list(
                        related.map { .object(["physicalLocation": location($0.span), "message": message($0.text)]) })))
        }
        if let source, !finding.fix.isEmpty {
            members.append(.init("fixes", .list([fix(finding, source)])))
        }
        return .object(members)
    }

    private static func fix(_ finding: Diagnostic, _ source: SourceText) -> JSONText {
        let replacements = finding.fix.map { edit -> JSONText in
            .object([
                "deletedRegion": region(source.span(edit.start..<max(edit.start, edit.end))),
                "insertedContent": .object(["text": .text(edit.text)]),
            ])
        }
        return .object([
            "description": message(finding.help.first ?? finding.message),
            "artifactChanges": .list([
                .object(["artifactLocation": artifact(finding.span.file), "replacements": .list(replacements)])
            ]),
        ])
    }

    private static func message(_ text: String) -> JSONText { .object(["text": .text(text)]) }

    private static func location(_ span: SourceSpan) -> JSONText {
        .object(["artifactLocation": artifact(span.file), "region": region(span)])
    }

    private static func region(_ span: SourceSpan) -> JSONText {
        .object([
            "startLine": .int(span.start.line), "startColumn": .int(span.start.column),
            "endLine": .int(span.end.line), "endColumn": .int(span.end.column),
        ])
    }

    /// A relative path as a URI reference.
    private static func artifact(_ path: String) -> JSONText {
        var uri = ""
        for byte in path.utf8 {
            let isPlain = TypingSlip.isNameByte(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "~")
            uri += isPlain ? String(Unicode.Scalar(byte)) : "%" + Hex.text(UInt32(byte), digits: 2)
        }
        return .object(["uri": .text(uri)])
    }
}
