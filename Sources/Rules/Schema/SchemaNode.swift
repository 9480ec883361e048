import Kit

/// A JSON object under construction; its keys keep the order in which they were set.
struct SchemaNode: Sendable {
    private(set) var members: [JSONText.Member] = []

    init(_ pairs: KeyValuePairs<String, JSONText> = [:]) {
        members = pairs.map { .init($0.key, $0.value) }
    }

    subscript(key: String) -> JSONText? {
        get { members.first { $0.key == key }?.value }
        set {
            guard let index = members.firstIndex(where: { $0.key == key }) else {
                if let newValue { members.append(.init(key, newValue)) }
                return
            }
            if let newValue { members[index].value = newValue } else { members.remove(at: index) }
        }
    }

    var json: JSONText { .object(members) }
}

extension JSONText {
    package static func texts(_ words: [String]) -> JSONText { .list(words.map { .text($0) }) }

    /// A constant of the program, written as YAML because that is easier to read than nested calls.
    package static func constant(_ yaml: String) -> JSONText {
        let file = YAMLReader.read(bytes: Array(yaml.utf8), path: "constant")
        guard let root = file.root, file.diagnostics.isEmpty else {
            preconditionFailure("a constant of the schema is not YAML: \(yaml)")
        }
        return CoreScalar.json(root)
    }

    /// The JSON with two spaces a level; what fits into 100 columns stays on one line. It ends without a line break.
    package var laidOut: String {
        var text = ""
        lay(into: &text, indentation: 0, used: 0)
        return text
    }

    private func lay(into text: inout String, indentation: Int, used: Int) {
        let short = spaced
        if indentation > 0, used + short.utf8.count <= 100 {
            text += short
            return
        }
        let inner = String(repeating: " ", count: indentation + 2)
        let outer = String(repeating: " ", count: indentation)
        switch self {
        case .list(let items) where !items.isEmpty:
            text += "[\n"
            for (index, item) in items.enumerated() {
                text += inner
                item.lay(into: &text, indentation: indentation + 2, used: inner.utf8.count)
                text += index + 1 < items.count ? ",\n" : "\n"
            }
            text += outer + "]"
        case .object(let members) where !members.isEmpty:
            text += "{\n"
            for (index, member) in members.enumerated() {
                let key = JSONText.text(member.key).rendered + ": "
                text += inner + key
                member.value.lay(into: &text, indentation: indentation + 2, used: inner.utf8.count + key.utf8.count)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += outer + "}"
        default: text += short
        }
    }

    /// The JSON on one line, with a space after each colon and comma.
    private var spaced: String {
        switch self {
        case .list(let items): "[" + items.map(\.spaced).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.map { JSONText.text($0.key).rendered + ": " + $0.value.spaced }.joined(separator: ", ") + "}"
        default: rendered
        }
    }
}
