/// The `# nudged: allow R211 reason` comments of one file.
///
/// Such a comment silences warnings of that code on its own line, or, when it stands alone, on the next line that is
/// no comment. Errors cannot be allowed: the faulty part would be loaded.
package struct Suppressions: Sendable {
    private struct Permission: Sendable {
        var code: String
        var reason: String
        /// The line whose findings it silences.
        var line: Int
        var span: SourceSpan
    }

    private let path: String
    private let permissions: [Permission]

    /// `root` tells comments from quoted and block texts that look like one; without it every `#` counts.
    package init(_ source: SourceText, root: YAMLNode?) {
        path = source.path
        // Bytes that are not UTF-8 are read as other characters, so nothing in such a file has a sure place.
        guard String(validating: source.bytes, as: UTF8.self) != nil else {
            permissions = []
            return
        }
        // Few files have such a comment; only then are the texts looked through.
        lazy var texts = root.map(Self.texts) ?? []
        var found: [Permission] = []
        var lineBelow = source.lineCount
        for number in (1...source.lineCount).reversed() {
            let shape = source.shape(ofLine: number)
            if !shape.isBlank { lineBelow = number }
            for (start, code, reason) in Self.comment(in: shape, of: source)
            where !texts.contains(where: { $0.contains(start) }) {
                let span = source.span(start..<shape.textEnd)
                found.append(Permission(code: code, reason: reason, line: lineBelow, span: span))
            }
        }
        permissions = found.reversed()
    }

    package init(_ file: YAMLFile) { self.init(file.source, root: file.root) }

    /// The findings without the allowed ones, and R021 for a comment that allows nothing or gives no reason. Findings
    /// of other files pass through. A comment that allows a code only a store or all rules together can show is unused only
    /// where that code is among `asked`.
    package func apply(to diagnostics: [Diagnostic], asked: Set<String> = []) -> [Diagnostic] {
        let unasked = StoreFindings.countedCodes.union([EventDataAdvice.code]).subtracting(asked)
        var used = Set<Int>()
        var kept = diagnostics.filter { finding in
            guard finding.span.file == path, finding.severity == .warning else { return true }
            let matches = permissions.indices.filter {
                permissions[$0].code == finding.code && permissions[$0].line == finding.span.start.line
            }
            used.formUnion(matches)
            return !matches.contains { !permissions[$0].reason.isEmpty }
        }
        var room = FindingLimit.perFile
        for (index, permission) in permissions.enumerated() where room > 0 {
            let before = kept.count
            defer { room -= kept.count - before }
            if permission.reason.isEmpty {
                kept.append(noReason(permission))
            } else if !used.contains(index) {
                let isError = diagnostics.contains { self.isError($0, at: permission) }
                if isError || !unasked.contains(permission.code) { kept.append(unused(permission, isError: isError)) }
            }
        }
        return kept.inFileOrder()
    }

    private func isError(_ finding: Diagnostic, at permission: Permission) -> Bool {
        finding.severity == .error && finding.code == permission.code && finding.span.file == path
            && finding.span.start.line == permission.line
    }

    private func noReason(_ permission: Permission) -> Diagnostic {
        Diagnostic(
            "R021", .warning, "this comment allows `\(permission.code)` without a reason", at: permission.span,
            help: ["say why behind the code:  # nudged: allow \(permission.code) missing regions are domestic"])
    }

    private func unused(_ permission: Permission, isError: Bool) -> Diagnostic {
        Diagnostic(
            "R021", .warning,
            isError
                ? "`\(permission.code)` is an error, and only warnings can be allowed"
                : "this comment allows `\(permission.code)`, and line \(permission.line) has no such finding",
            at: permission.span, help: ["remove the comment"])
    }

    /// The parts of a `# nudged: allow CODE reason` in the line.
    private static func comment(in line: LineShape, of source: SourceText) -> [(
        start: Int, code: String, reason: String
    )] {
        var index = line.range.lowerBound
        while index < line.range.upperBound {
            defer { index += 1 }
            guard source.bytes[index] == UInt8(ascii: "#"),
                index == line.range.lowerBound || source.bytes[index - 1] <= 0x20
            else { continue }
            let words = source.text(index + 1..<line.range.upperBound).split(whereSeparator: { $0 == " " || $0 == "\t" }
            )
            guard words.count >= 3, words[0] == "nudged:", words[1] == "allow" else { continue }
            return [(index, String(words[2]), words.dropFirst(3).joined(separator: " "))]
        }
        return []
    }

    /// The quoted and block texts that could hold a `#`.
    private static func texts(of root: YAMLNode) -> [Range<Int>] {
        var open = [root]
        var found: [Range<Int>] = []
        while let node = open.popLast() {
            switch node.content {
            case .scalar(let text, let style):
                if style != .plain, text.contains("nudged:") { found.append(node.span.start.byte..<node.span.end.byte) }
            case .list(let items): open += items
            case .map(let entries): open += entries.map(\.value)
            }
        }
        return found
    }
}
