import Kit

/// Reads `coupon_stock` of a condition: whether codes of a pool are left.
struct StockReader {
    static let key = "coupon_stock"
    static let declaration = BlockDeclaration(
        key, foreign: ["coupon": "template", "min": "at_least", "count": "at_least", "is": "at_least"],
        [
            .init(
                "template", .reference(.coupon), required: true, "id of a coupon template with `codes: pool`",
                chinese: "券模板（codes: pool）", examples: ["BDAY-30OFF"]),
            .init("at_least", .count, "so many codes are left, default 1", chinese: "至少剩余张数，默认 1", examples: ["1"]),
        ])

    /// Words that people write where `coupon_stock` is meant.
    static let foreign: Set = [
        "stock", "coupons_left", "coupon_left", "coupon_codes", "codes_left", "coupon.stock", "库存", "券库存",
    ]

    let coupons: Registry<CouponTemplate>
    /// Where the condition is written, and where the key.
    let keySpan: SourceSpan

    func read(_ node: YAMLNode, _ findings: inout Findings) -> FieldTest? {
        guard let block = BlockReader(node, StockReader.declaration, &findings) else { return nil }
        let template = block.read("template", &findings) {
            $0.reference($1, in: coupons, "R220", "coupon template")
        }
        let least = block.int("at_least", &findings) ?? 1
        guard let template else { return nil }
        if coupons[template]?.codes == .generated, let node = block["template"] {
            findings.report(
                "R104", "`\(template)` has no stock: each of its codes is made when it is given", at: node.span,
                help: ["take `coupon_stock` away, or give the template  codes: pool"], key: "template")
            return nil
        }
        return FieldTest(
            field: .stock(of: template), tests: [.atLeast(.number(Double(least)))],
            place: .init(key: keySpan, value: node.span, operators: []))
    }
}

extension Condition {
    /// The coupon templates whose stock it asks for.
    package var stocks: Set<String> {
        switch self {
        case .all(let children), .any(let children), .none(let children):
            return children.reduce(into: []) { $0.formUnion($1.stocks) }
        case .field(let test):
            if case .stock(let template) = test.field.source { return [template] }
            return []
        case .history: return []
        }
    }
}
