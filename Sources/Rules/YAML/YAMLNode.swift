/// A position in a file, in the three units its readers need (rule-language §4.2).
package struct Position: Hashable, Sendable, Comparable {
    /// One-based line.
    package var line: Int
    /// One-based column in Unicode scalars: for people and SARIF.
    package var column: Int
    /// Zero-based column in UTF-16 units: for language servers.
    package var utf16: Int
    /// Zero-based offset from the start of the file in bytes: for edits.
    package var byte: Int

    package init(line: Int, column: Int, utf16: Int, byte: Int) {
        self.line = line
        self.column = column
        self.utf16 = utf16
        self.byte = byte
    }
    package static let start = Position(line: 1, column: 1, utf16: 0, byte: 0)
    package static func < (a: Position, b: Position) -> Bool { a.byte < b.byte }
}

/// A stretch of one file, end exclusive.
package struct SourceSpan: Hashable, Sendable {
    /// The path as the user gave it.
    package var file: String
    package var start: Position
    package var end: Position

    package init(file: String, start: Position, end: Position) {
        self.file = file
        self.start = start
        self.end = end
    }
    package static func top(of file: String) -> SourceSpan { SourceSpan(file: file, start: .start, end: .start) }

    package var isOneLine: Bool { start.line == end.line }
    package func contains(_ other: SourceSpan) -> Bool {
        file == other.file && start.byte <= other.start.byte && other.end.byte <= end.byte
    }
}

/// A value as libyaml read it, untyped: the schema decides what a text means, so `10:30`, `010` and `no` stay as typed.
package struct YAMLNode: Sendable {
    package enum Style: Sendable { case plain, quoted, block }

    package struct Entry: Sendable {
        package var key: String
        package var keySpan: SourceSpan
        package var value: YAMLNode
        package init(key: String, keySpan: SourceSpan, value: YAMLNode) {
            self.key = key
            self.keySpan = keySpan
            self.value = value
        }
        /// The stretch from the key to the end of the value.
        package var span: SourceSpan { .init(file: keySpan.file, start: keySpan.start, end: value.span.end) }
    }

    package enum Content: Sendable {
        /// The text as typed (after unquoting). An absent value is plain and empty.
        case scalar(String, Style)
        case list([YAMLNode])
        /// The entries in file order; their keys are unique (a duplicate was reported and its first value kept).
        case map([Entry])
    }

    package var content: Content
    /// A list or map in block style reaches from its first item to the end of its last.
    package var span: SourceSpan

    package init(_ content: Content, span: SourceSpan) {
        self.content = content
        self.span = span
    }

    /// Explicit null and absent are the same thing (rule-language §3): plain empty, `null` or `~`.
    package var isNull: Bool {
        if case .scalar(let text, .plain) = content { return text.isEmpty || text == "null" || text == "~" }
        return false
    }
    package var entries: [Entry]? { if case .map(let entries) = content { entries } else { nil } }
    package var items: [YAMLNode]? { if case .list(let items) = content { items } else { nil } }
    package var text: String? { if case .scalar(let text, _) = content { text } else { nil } }
    package subscript(key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }

    /// The node on one line, without comments, quotes and order of keys: equal for two blocks that mean the same.
    package var compact: String {
        switch content {
        case .scalar(let text, _): text
        case .list(let items): "[" + items.map(\.compact).joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.compact)" }.joined(separator: ", ")
                + "}"
        }
    }

    /// The keys, and list indexes in digits, from here down to the innermost value around a place.
    package func path(to place: SourceSpan) -> [String] {
        var path: [String] = []
        var node = self
        while true {
            if let entry = node.entries?.first(where: { $0.keySpan.contains(place) || $0.value.span.contains(place) }) {
                path.append(entry.key)
                node = entry.value
            } else if let index = node.items?.firstIndex(where: { $0.span.contains(place) }), let items = node.items {
                path.append(String(index))
                node = items[index]
            } else {
                return path
            }
        }
    }
}
