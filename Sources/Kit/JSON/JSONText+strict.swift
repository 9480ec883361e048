extension JSONText {
    /// The same value as a text that was read.
    /// - Parameter shown: is applied to each text, keys excluded.
    package init(_ json: StrictJSON, shown: (String) -> String = { $0 }) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let digits):
            self = Int(digits).map { .int($0) } ?? Double(digits).map { .number($0) } ?? .text(digits)
        case .string(let text): self = .text(shown(text))
        case .array(let items): self = .list(items.map { JSONText($0, shown: shown) })
        case .object(let members):
            self = .object(members.map { Member($0.key, JSONText($0.value, shown: shown)) })
        }
    }
}
