/// Escapes by Unicode scalars. To Swift a mark followed by a combining accent is one different `Character`; to SQL, CSV
/// and YAML the mark is still the mark.
extension String {
    /// Doubles each `mark`, as inside quotes of SQL, CSV and single-quoted YAML.
    package func doubling(_ mark: Unicode.Scalar) -> String { replacingScalar(mark, with: "\(mark)\(mark)") }

    package func replacingScalar(_ mark: Unicode.Scalar, with text: String) -> String {
        guard unicodeScalars.contains(mark) else { return self }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar == mark { result.append(contentsOf: text.unicodeScalars) } else { result.append(scalar) }
        }
        return String(result)
    }

    package func without(_ mark: Unicode.Scalar) -> String { replacingScalar(mark, with: "") }
}
