import Kit

/// Comparisons as other languages write them: `">= 50"`, `{between: 50, 100}`, `50-100`.
extension TestReader {
    private static let signs = [
        ">=", "<=", "=>", "=<", "!=", "<>", "==", ">", "<", "≥", "≤", "≠", "大于等于", "小于等于", "不少于", "不超过", "大于", "小于",
        "超过", "低于",
    ]
    private static let ascii = ["≥": ">=", "≤": "<=", "≠": "!="]

    /// Reports R105 for a sign and a number in one text.
    func comparisonInText(_ node: YAMLNode, _ findings: inout Findings) -> Bool {
        guard type == .number || type == .money, let text = node.text else { return false }
        let ascii = HalfWidth.ascii(text)
        if let (word, meant, number) = TestReader.around(ascii, isMoney: type == .money) {
            findings.report(
                "R105", "`\(word)` is not a comparison here", at: node.span,
                help: ["did you mean  \(name): {\(meant.rawValue): \(number)}?"], notes: [Operator.note(on: type)])
            return true
        }
        guard let sign = TestReader.signs.first(where: { ascii.hasPrefix($0) }),
            let number = Repaired.number(String(ascii.dropFirst(sign.count)).withoutOuterSpaces),
            let meant = Operator.meant(by: TestReader.ascii[sign] ?? sign, for: type)
        else { return false }
        let written = "{\(meant.rawValue): \(number)}"
        let typed = String(ascii.dropFirst(sign.count)).withoutOuterSpaces
        let isSafe = typed == number && !SameWord.negates(sign) && (sign.utf8.first ?? 0 < 0x80 || sign.contains("于"))
        findings.report(
            "R105", "`\(sign)` is not a comparison here", at: node.span,
            help: ["say `\(meant.rawValue)`:  \(name): \(written)"],
            notes: [Operator.note(on: type)],
            fix: isSafe ? [findings.edit(node, written)] : [])
        return true
    }

    /// The comparison of `500以上`, `500+`, `至少500`: what is meant is asked, because `以上` may leave the bound out.
    static func around(_ text: String, isMoney: Bool) -> (word: String, meant: Operator, number: String)? {
        func number(_ text: Substring) -> String? {
            let text = String(text).withoutOuterSpaces
            return (isMoney ? Repaired.smallMoney(text) : nil) ?? Repaired.number(text)
        }
        for (word, meant) in behind where text.hasSuffix(word) {
            return number(text.dropLast(word.count)).map { (word, meant, $0) }
        }
        for (word, meant) in before where text.hasPrefix(word) {
            return number(text.dropFirst(word.count)).map { (word, meant, $0) }
        }
        return nil
    }

    private static let behind: [(String, Operator)] = [
        ("及以上", .atLeast), ("或以上", .atLeast), ("以上", .atLeast), ("+", .atLeast), ("起", .atLeast), ("及以下", .atMost),
        ("或以下", .atMost), ("以下", .atMost), ("以内", .atMost), (" or more", .atLeast), (" or less", .atMost),
    ]
    private static let before: [(String, Operator)] = [
        ("至少", .atLeast), ("最少", .atLeast), ("不低于", .atLeast), ("满", .atLeast), ("至多", .atMost), ("最多", .atMost),
        ("不高于", .atMost), ("at least ", .atLeast), ("at most ", .atMost), ("more than ", .moreThan),
        ("less than ", .lessThan),
    ]

    /// Reports R103 for `{between: 50, 100}`, whose second end became a key.
    func looseEnds(_ entries: [YAMLNode.Entry], _ findings: inout Findings) -> [Placed]? {
        guard entries.count == 2, entries[0].key == Operator.between.rawValue, let low = entries[0].value.text,
            entries[1].value.isNull, Operator(rawValue: entries[1].key) == nil
        else { return nil }
        let (start, end) = (entries[0].value.span, entries[1].keySpan)
        findings.inside(entries[0].key) {
            $0.report(
                "R103", "`between` takes a list, and these are two values",
                at: .init(file: start.file, start: start.start, end: end.end),
                help: ["put both ends into brackets:  \(name): {between: [\(low), \(entries[1].key)]}"])
        }
        return []
    }

    /// The two ends of `50-100`, `50~100`, `50 至 100`.
    static func ends(in text: String?) -> String? {
        guard let text else { return nil }
        let inBrackets = HalfWidth.ascii(text).first.map { "([【〔".contains($0) } ?? false
        if !inBrackets, Repaired.number(text) != nil { return nil }
        let parts = HalfWidth.ascii(text).split { "-~—–至到、,()[]【】〔〕".contains($0) }.map { Repaired.number(String($0)) }
        guard parts.count == 2, let low = parts[0], let high = parts[1] else { return nil }
        return "[\(low), \(high)]"
    }
}
