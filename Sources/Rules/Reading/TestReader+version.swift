import Kit

/// Numbers of versions in the data of events: `2.10` is a decimal, and therefore less than `2.9`.
extension TestReader {
    private var isVersion: Bool {
        let word = SameWord.folded(name.split(separator: ".").last.map(String.init) ?? name)
        return word == "ver" || word.hasSuffix("_ver") || word.hasSuffix("version") || word.hasSuffix("版本")
            || word.hasSuffix("版本号")
    }

    private func versionHelp(_ text: String) -> [String] {
        [
            "versions have no order here: name those that are meant, in quotes:  \(name): [\"\(text)\"]",
            "or compare a number that grows with each version",
        ]
    }

    /// Reports R265 once for a test that reads a version as a decimal.
    func warnOfVersion(_ node: YAMLNode, _ findings: inout Findings) {
        guard type == .any, isVersion, let read = versions(in: node).first, let text = read.text else { return }
        findings.report(
            "R265", .warning, "`\(name)` is compared as a decimal number, and `\(text)` looks like a version",
            at: read.span, help: versionHelp(text), notes: ["as numbers, 2.10 is 2.1 and less than 2.9"])
    }

    /// The values that are read as decimals: bare ones, and any beside a comparison of order.
    private func versions(in node: YAMLNode) -> [YAMLNode] {
        func isDecimal(_ node: YAMLNode, quoted: Bool) -> Bool {
            guard case .scalar(let text, let style) = node.content, quoted || style == .plain else { return false }
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy(TestReader.isDigits)
        }
        guard let entries = node.entries else { return (node.items ?? [node]).filter { isDecimal($0, quoted: false) } }
        return entries.flatMap { entry in
            let isOrder = Operator(rawValue: entry.key).map { $0.takes == .bound || $0.takes == .ends } ?? false
            return (entry.value.items ?? [entry.value]).filter { isDecimal($0, quoted: isOrder) }
        }
    }

    /// Reports R103 for `2.10.0`, where a number is wanted.
    func refusesVersion(_ node: YAMLNode, _ findings: inout Findings) -> Bool {
        guard isVersion, let text = node.text else { return false }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 2, parts.allSatisfy(TestReader.isDigits) else { return false }
        findings.wrongKind(node, wanted: "a number", help: versionHelp(text))
        return true
    }

    private static func isDigits(_ part: Substring) -> Bool {
        !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) }
    }
}
