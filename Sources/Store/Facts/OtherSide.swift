import Rules

/// The SQL of a comparison with another field, in the arithmetic of `Comparison.holds(_:against:)`.
struct OtherSide {
    let type: FieldType
    let field: Field
    let times: Factor

    /// Nil for an operator that compares with no field.
    func sql(_ word: Operator, _ value: String, _ other: String) -> String? {
        let sign: String? =
            switch word {
            case .equals: "="
            case .atLeast: ">="
            case .moreThan, .after: ">"
            case .atMost: "<="
            case .lessThan, .before: "<"
            default: nil
            }
        guard type == .number || type == .money else { return sign.map { "\(value) \($0) \(other)" } }
        let isMixed = type != field.type
        let left = isMixed && type == .number ? "\(value) * 100.0 * 10000.0" : "\(value) * 10000.0"
        let factor = "\(times.tenThousandths).0"
        let right = isMixed && field.type == .number ? "\(other) * 100.0 * \(factor)" : "\(other) * \(factor)"
        return sign.map { "\(left) \($0) \(right)" }
    }
}
