import Kit

/// A file as an editor sees it: the tree with the types that a YAML 1.2 reader (core schema) gives unquoted texts. The
/// daemon reads the same texts by the type that their place wants; the schema has to agree with both.
package enum CoreScalar {
    package static func json(_ node: YAMLNode) -> JSONText {
        switch node.content {
        case .map(let entries): .object(entries.map { .init($0.key, json($0.value)) })
        case .list(let items): .list(items.map(json))
        case .scalar(let text, .plain): plain(text)
        case .scalar(let text, _): .text(text)
        }
    }

    static func plain(_ text: String) -> JSONText {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return number(text) ?? .text(text)
        }
    }

    private static func number(_ text: String) -> JSONText? {
        if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16).map { .int($0) } }
        if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8).map { .int($0) } }
        var rest = text.utf8[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
        let whole = digits(&rest)
        if rest.isEmpty, whole > 0 { return Int(text).map { .int($0) } ?? Double(text).map { .number($0) } }
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = digits(&rest)
        }
        guard whole + fraction > 0 else { return nil }
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
            guard digits(&rest) > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        // YAML reads `1.` and `.5` as numbers, Swift does not.
        return Double(text).map { .number($0) } ?? Double("0" + text + "0").map { .number($0) }
    }

    private static func digits(_ rest: inout Substring.UTF8View) -> Int {
        var count = 0
        while let digit = rest.first, (48...57).contains(digit) {
            rest.removeFirst()
            count += 1
        }
        return count
    }
}
