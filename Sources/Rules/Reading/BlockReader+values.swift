import Kit

/// Typed getters: the declaration says what is allowed, the getter's type what is returned.
extension BlockReader {
    package func text(_ key: String, _ findings: inout Findings) -> String? {
        let text = read(key, &findings) { $0.text($1) }
        if text?.isEmpty == true, findings.asksForValues, let node = self[key] {
            let isNeeded = declaration.isAlternative || declaration[key]?.required == true
            findings.report(
                "R103", isNeeded ? .error : .warning, "`\(key)` has nothing behind it", at: node.span,
                help: declaration[key]?.examples.first.map { ["such as  \(key): \($0)"] } ?? ["say what is meant"],
                key: key)
        }
        return text
    }

    /// True for the word that switches the setting off, which stands in place of its block. Another word has its finding.
    package func isSwitchedOff(_ key: String, by word: String, _ findings: inout Findings) -> Bool {
        guard let node = self[key], let text = node.text else { return false }
        if text == word { return true }
        let help: [String]
        if BlockReader.offWords.contains(SameWord.folded(text)) {
            help = ["did you mean `\(word)`?"]
        } else {
            help = ["write  \(key): \(shown(key, for: text))", "to switch this off, say  \(key): \(word)"]
        }
        findings.report("R104", "`\(text)` is not a value of `\(key)`", at: node.span, help: help, key: key)
        return false
    }

    /// To YAML 1.1 some of them were a no.
    private static let offWords: Set<String> = [
        "off", "no", "n", "false", "none", "never", "disabled", "disable", "0", "无", "关", "关闭", "否", "不", "没有", "停用",
        "禁用",
    ]

    /// The block that was to be written: with the two times of `21:00-09:00`, else with examples.
    private func shown(_ key: String, for text: String) -> String {
        let keys = declaration[key]?.block?.keys ?? []
        let required = keys.filter(\.required)
        let shown = required.isEmpty ? Array(keys.prefix(1)) : required
        let times = HalfWidth.ascii(text).split { " -~—–至到".contains($0) }.compactMap { part -> LocalTime? in
            if case .same(let time)? = TypedTime(String(part)) { return time }
            return LocalTime(text: String(part))
        }
        let isTimes =
            times.count == shown.count && shown.allSatisfy { if case .localTime = $0.type { true } else { false } }
        let values = isTimes ? times.map { "\"\($0.text)\"" } : shown.map { $0.examples.first ?? "…" }
        return "{" + zip(shown, values).map { "\($0.name): \($1)" }.joined(separator: ", ") + "}"
    }

    /// A name that is kept for ever; see `KeyType.identifier`.
    package func identifier(_ key: String, _ findings: inout Findings) -> String? {
        read(key, &findings) { $0.identifier($1) }
    }

    package func int(_ key: String, _ findings: inout Findings) -> Int? {
        guard case .int(let range)? = declaration[key]?.type else { return read(key, &findings) { $0.int($1) } }
        return read(key, &findings) { $0.int($1, in: range) }
    }

    package func number(_ key: String, _ findings: inout Findings) -> Double? {
        guard case .number(let range)? = declaration[key]?.type else { return read(key, &findings) { $0.number($1) } }
        return read(key, &findings) { $0.number($1, in: range) }
    }

    /// Fen.
    package func money(_ key: String, _ findings: inout Findings) -> Int64? {
        read(key, &findings) { $0.money($1) }
    }

    /// Basis points.
    package func percent(_ key: String, _ findings: inout Findings) -> Int? {
        read(key, &findings) { $0.percent($1) }
    }

    package func bool(_ key: String, _ findings: inout Findings) -> Bool? {
        read(key, &findings) { $0.bool($1) }
    }

    package func localTime(_ key: String, _ findings: inout Findings) -> LocalTime? {
        read(key, &findings) { $0.localTime($1) }
    }

    package func date(_ key: String, _ findings: inout Findings) -> LocalDate? {
        read(key, &findings) { $0.date($1) }
    }

    package func duration(_ key: String, _ findings: inout Findings) -> Span? {
        guard case .span(let units)? = declaration[key]?.type else { return read(key, &findings) { $0.duration($1) } }
        return read(key, &findings) { $0.duration($1, units: units) }
    }

    /// One of the declared words.
    package func word(_ key: String, _ findings: inout Findings) -> String? {
        guard case .choice(let choices)? = declaration[key]?.type else { return text(key, &findings) }
        return read(key, &findings) { $0.word($1, among: choices.map(\.word)) }
    }

    package func choice<Word: RawRepresentable>(
        _ key: String, as type: Word.Type, _ findings: inout Findings
    ) -> Word? where Word.RawValue == String {
        word(key, &findings).flatMap { Word(rawValue: $0) }
    }

    /// A list of texts; a single text is a list of one where the key is declared `oneOrMany`.
    package func texts(_ key: String, _ findings: inout Findings) -> [String]? {
        var single = false
        if case .oneOrMany? = declaration[key]?.type { single = true }
        return read(key, &findings) { $0.texts($1, orOne: single) }
    }

    /// A nested block, read by its own declaration.
    package func block(_ key: String, _ findings: inout Findings) -> BlockReader? {
        guard let nested = declaration[key]?.block else { return nil }
        return read(key, &findings) { BlockReader($1, nested, &$0) }
    }

    /// Reads a nested block with `body`, whose findings have the key in their path.
    package func block<Result>(
        _ key: String, _ findings: inout Findings, _ body: (BlockReader, inout Findings) -> Result?
    ) -> Result? {
        guard let nested = declaration[key]?.block else { return nil }
        return read(key, &findings) { findings, node in
            BlockReader(node, nested, &findings).flatMap { body($0, &findings) }
        }
    }

    /// Every item of a list; a value that is no list is R103.
    package func list<Result>(
        _ key: String, _ findings: inout Findings, _ body: (inout Findings, YAMLNode) -> Result?
    ) -> [Result]? {
        read(key, &findings) { findings, node in
            guard let items = findings.items(node, help: itemHelp(key, node)) else { return nil }
            return findings.each(items, body)
        }
    }

    /// Advice for one item in place of the list: a block, or a word that is none of the choice.
    private func itemHelp(_ key: String, _ node: YAMLNode) -> [String] {
        guard case .list(let item)? = declaration[key]?.type else { return [] }
        if let first = node.entries?.first {
            let isItem = BlockDeclaration.blocks(of: item).contains { $0[first.key] != nil }
            var isNamed = false
            if case .named = item { isNamed = true }
            return isItem || isNamed ? ["write each with a dash:  - \(first.key): …"] : []
        }
        guard case .choice(let choices) = item, let text = node.text,
            !choices.contains(where: { text.contains($0.word) })
        else { return [] }
        return ["such as  \(key): [\(choices.prefix(2).map(\.word).joined(separator: ", "))]"]
    }
}
