import Kit

/// Reads `{field: OTHER, times: 0.5}` on the right-hand side of a comparison.
extension TestReader {
    static let other = BlockDeclaration(
        "another field", foreign: ["of": "field", "name": "field", "factor": "times", "rate": "times"],
        [
            .init(
                "field", .reference(.field), required: true, "a number, amount, date or time to compare with",
                chinese: "用来比较的字段", examples: ["member.average_order_value"]),
            .init(
                "times", .number(Factor.range), "what it is multiplied by, default 1; not for dates",
                chinese: "倍数，默认 1；日期不能用", examples: ["0.5"]),
        ])

    func other(
        _ word: Operator, _ node: YAMLNode, _ scope: FieldScope, findings: inout Findings
    ) -> Comparison? {
        guard let block = BlockReader(node, TestReader.other, &findings) else { return nil }
        let field = block.read("field", &findings) { $0.field($1, in: scope) }
        let times = block.has("times") ? block.read("times", &findings) { $0.factor($1) } : .one
        guard let field, let times, let place = block["field"] else { return nil }
        if findings.refusesCoupon(field, in: scope, at: place.span) { return nil }
        if !isComparable(with: field.type) {
            findings.report(
                "R202", "`\(name)` is \(type.words), and `\(field.name)` is \(field.type.words)", at: place.span,
                help: ["numbers and amounts compare with each other, dates with dates, times with times"], key: "field")
            return nil
        }
        if let entry = block.entry("times"), type == .date || type == .instant {
            findings.report(
                "R202", "a date cannot be multiplied", at: entry.keySpan, help: ["take `times` away"], key: "times")
            return nil
        }
        return Comparison(word, .field(field, times: times))
    }

    private func isComparable(with other: FieldType) -> Bool {
        switch type {
        case .number, .money: other == .number || other == .money
        case .date, .instant: other == type
        case .text, .code, .list, .bool, .any: false
        }
    }
}
