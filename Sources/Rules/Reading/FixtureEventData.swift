import Kit

/// The `data` of an event, from YAML to the JSON text that the store keeps.
package enum EventData {
    /// Compact JSON, keys in file order; `{}` for an absent value. A plain `199`, `-1` or `49.90` is a number as typed,
    /// plain `true` and `false` are booleans. Everything else is text as typed: quoted values, `010`, `1_000`, `1e3`,
    /// and digits beyond the 15 that every JSON reader keeps.
    package static func json(_ node: YAMLNode) -> String { node.isNull ? "{}" : value(node).compactText }

    private static func value(_ node: YAMLNode) -> StrictJSON {
        switch node.content {
        case .map(let entries): .object(entries.map { .init(key: $0.key, value: value($0.value)) })
        case .list(let items): .array(items.map(value))
        case .scalar where node.isNull: .null
        case .scalar("true", .plain): .bool(true)
        case .scalar("false", .plain): .bool(false)
        case .scalar(let text, .plain) where isNumber(text): .number(text)
        case .scalar(let text, _): .string(text)
        }
    }

    static func isNumber(_ text: String) -> Bool {
        guard Decimal2.isDecimal(text) else { return false }
        let digits = text.utf8.filter { (48...57).contains($0) }
        let whole = text.drop { $0 == "-" }.prefix { $0 != "." }
        return digits.count <= 15 && (whole == "0" || !whole.hasPrefix("0"))
    }
}
