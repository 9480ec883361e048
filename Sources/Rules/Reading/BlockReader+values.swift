import Kit

/// Typed getters: the declaration says what is allowed, the getter's type what is returned.
extension BlockReader {
    package func text(_ key: String, _ findings: inout Findings) -> String? {
        read(key, &findings) { $0.text($1) }
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
            guard let items = findings.items(node) else { return nil }
            return findings.each(items, body)
        }
    }
}
