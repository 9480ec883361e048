/// `{name}` places in the texts of a test.
package enum TestFilePlaces {
    package struct Place {
        package var name: String
        package var span: SourceSpan
        /// True in a name or a note, where braces may be mere words.
        package var isInWords: Bool
    }

    /// All places of a test, without those in `cases`.
    package static func all(in test: YAMLNode) -> [Place] {
        (test.entries ?? []).filter { $0.key != "cases" }.flatMap { entry in
            texts(in: entry.value).flatMap { node in
                names(in: node.text ?? "").map {
                    Place(name: $0, span: node.span, isInWords: ["name", "note", "expect_failure"].contains(entry.key))
                }
            }
        }
    }

    private static func texts(in node: YAMLNode) -> [YAMLNode] {
        switch node.content {
        case .scalar: [node]
        case .list(let items): items.flatMap(texts)
        case .map(let entries): entries.flatMap { texts(in: $0.value) }
        }
    }

    package static func names(in text: String) -> [String] { pieces(of: text).compactMap(\.name) }

    /// A text that is one place takes the whole value, as a number if it is one; other texts take the value's text in.
    static func filled(_ node: YAMLNode, with values: [YAMLNode.Entry]) -> YAMLNode {
        var result = node
        switch node.content {
        case .list(let items): result.content = .list(items.map { filled($0, with: values) })
        case .map(let entries):
            result.content = .map(
                entries.map { .init(key: $0.key, keySpan: $0.keySpan, value: filled($0.value, with: values)) })
        case .scalar(let text, let style):
            let pieces = pieces(of: text)
            func value(_ name: String) -> YAMLNode? { values.first { $0.key == name }?.value }
            if pieces.count == 1, let name = pieces[0].name, let value = value(name) {
                result.content = value.content
            } else if pieces.contains(where: { $0.name != nil }) {
                let words = pieces.map { piece in piece.name.flatMap { value($0)?.text } ?? piece.text }
                result.content = .scalar(words.joined(), style)
            }
        }
        return result
    }

    private struct Piece {
        var text: String
        /// Nil for the text between places.
        var name: String?
    }

    private static func pieces(of text: String) -> [Piece] {
        guard text.contains("{") else { return [Piece(text: text)] }
        var pieces: [Piece] = []
        var plain = ""
        var rest = text[...]
        while let first = rest.first {
            let inner = rest.dropFirst().prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
            let after = rest[inner.endIndex...]
            if first == "{", !inner.isEmpty, after.first == "}" {
                if !plain.isEmpty { pieces.append(Piece(text: plain)) }
                plain = ""
                pieces.append(Piece(text: "{\(inner)}", name: String(inner)))
                rest = after.dropFirst()
            } else {
                plain.append(first)
                rest = rest.dropFirst()
            }
        }
        return plain.isEmpty ? pieces : pieces + [Piece(text: plain)]
    }
}
