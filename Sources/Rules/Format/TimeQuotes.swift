import Kit

/// Puts times of day into quotes: `10:30` is a number to YAML 1.1, and `9:30` lacks a digit.
struct TimeQuotes {
    private var edits: [Diagnostic.Edit] = []

    /// One edit for each unquoted time where the declarations want one.
    static func edits(in file: YAMLFile) -> [Diagnostic.Edit] {
        guard !file.isConfig, let root = file.root,
            let block = SchemaKind(rawValue: FileKind(of: root).schema)?.declaration(nil)
        else { return [] }
        var quotes = TimeQuotes()
        quotes.visit(root, block)
        return quotes.edits
    }

    private mutating func visit(_ node: YAMLNode, _ block: BlockDeclaration) {
        for entry in node.entries ?? [] {
            if let key = block[entry.key] { visit(entry.value, key.type) }
        }
    }

    private mutating func visit(_ node: YAMLNode, _ type: KeyType) {
        switch type {
        case .localTime: quote(node)
        case .block(let make): if node.entries != nil { visit(node, make()) }
        case .list(let item), .oneOrMany(let item): for child in node.items ?? [] { visit(child, item) }
        case .named(let item): for entry in node.entries ?? [] { visit(entry.value, item) }
        case .either(let types): for type in types { visit(node, type) }
        default: break
        }
    }

    private mutating func quote(_ node: YAMLNode) {
        guard case .scalar(let text, .plain) = node.content, let time = TimeQuotes.time(text) else { return }
        edits.append(.init(start: node.span.start.byte, end: node.span.end.byte, text: "\"\(time.text)\""))
    }

    /// Reads `09:30` and `9:30`.
    private static func time(_ text: String) -> LocalTime? {
        LocalTime(text: text) ?? (text.utf8.count == 4 ? LocalTime(text: "0" + text) : nil)
    }
}
