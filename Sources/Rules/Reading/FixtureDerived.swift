/// Derived fields written on a member of a fixture: they replace the computed ones (semantics §8).
struct FixtureDerived {
    let block: BlockReader
    let times: FixtureTimes
    let customFields: [CustomField]

    func read(_ findings: inout Findings) -> [String: String] {
        var result: [String: String] = [:]
        for field in FixtureDerived.fields(customFields) where !field.name.hasPrefix("rfm.") {
            result[field.name] = block.read(field.name, &findings) { checked(field, &$0, $1) }
        }
        _ = block.block("rfm", &findings) { rfm, findings -> Bool? in
            for field in FixtureDerived.fields([]) where field.name.hasPrefix("rfm.") {
                result[field.name] = rfm.read(String(field.name.dropFirst(4)), &findings) { checked(field, &$0, $1) }
            }
            return true
        }
        return result
    }

    /// The value as typed, once it fits its type; an instant in UTC.
    private func checked(_ field: FieldDeclaration, _ findings: inout Findings, _ node: YAMLNode) -> String? {
        if !field.words.isEmpty { return findings.word(node, among: field.words) }
        return switch field.type {
        case .number where field.name.hasPrefix("rfm."): findings.int(node, in: 1...5).map(String.init)
        case .number: findings.number(node).flatMap { _ in node.text }
        case .money: findings.amount(node).flatMap { _ in node.text }
        case .bool: findings.bool(node).map(String.init)
        case .date: findings.date(node)?.text
        case .instant: times.instant(&findings, node)?.utcText
        case .text, .code, .list, .any: findings.text(node)
        }
    }
}

extension FixtureDerived {
    /// The derived fields of a member by name without `member.`: the built-in ones, then those that SQL computes. A
    /// custom attribute is not derived: it is written under `attr`.
    static func fields(_ customFields: [CustomField]) -> [FieldDeclaration] {
        let custom = customFields.filter { $0.sqliteSQL != nil && !$0.id.hasPrefix("member.attr.") }
            .map { FieldDeclaration($0.id, $0.type, missing: $0.canBeMissing, $0.description, chinese: $0.description) }
        return (FieldCatalogue.derived + custom).compactMap { field in
            guard field.name.hasPrefix("member.") else { return nil }
            var field = field
            field.name = String(field.name.dropFirst("member.".count))
            return field
        }
    }

    /// The fields as keys of a member: `lifetime_spend`, and `rfm` with its scores inside.
    static func declarations(_ customFields: [CustomField]) -> [KeyDeclaration] {
        let plain = fields(customFields).filter { !$0.name.hasPrefix("rfm.") }.map { key($0.name, $0) }
        let rfm = KeyDeclaration(
            "rfm",
            .block {
                let scores = fields([]).filter { $0.name.hasPrefix("rfm.") }
                return BlockDeclaration("rfm", scores.map { key(String($0.name.dropFirst(4)), $0) })
            }, "recency, frequency and monetary scores", chinese: "RFM 得分", examples: ["{segment: core}"])
        return plain + [rfm]
    }

    private static func key(_ name: String, _ field: FieldDeclaration) -> KeyDeclaration {
        KeyDeclaration(name, keyType(field), field.description, chinese: field.chinese)
    }

    private static func keyType(_ field: FieldDeclaration) -> KeyType {
        if !field.words.isEmpty { return .choice(field.words.map { .init($0) }) }
        return switch field.type {
        case .number where field.name.hasPrefix("rfm."): .int(1...5)
        case .number: .number(-1e15...1e15)
        case .money: .money
        case .bool: .bool
        case .date: .date
        case .text, .code, .instant, .list, .any: .text
        }
    }
}
