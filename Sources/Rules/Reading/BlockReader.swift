/// One block of keys, read by its declaration. Making it reports unknown keys (R101), missing ones (R102), two
/// alternatives (R106) and a value that is no block (R103); the getters report what is wrong with each value.
/// A getter returns nil for an absent value and for a broken one: `has` tells them apart.
package struct BlockReader: Sendable {
    package let declaration: BlockDeclaration
    package let node: YAMLNode
    /// The known keys that have a value, in file order.
    package let entries: [YAMLNode.Entry]
    /// The unknown keys by the known key that each misspells: its absence is explained, and so is what its value would say.
    package private(set) var misspelt: [String: YAMLNode.Entry] = [:]

    /// Nil when `node` is no block, which has then been reported. An empty value is an empty block.
    package init?(_ node: YAMLNode, _ declaration: BlockDeclaration, _ findings: inout Findings) {
        let written = node.entries ?? []
        if node.entries == nil, !node.isNull {
            findings.wrongKind(
                node, wanted: "a block of keys", help: BlockReader.example(of: declaration, typed: node.text))
            return nil
        }
        self.declaration = declaration
        self.node = node
        entries = written.filter { declaration[$0.key] != nil && (declaration.isAlternative || !$0.value.isNull) }
        let unknown = written.filter { declaration[$0.key] == nil }
        let slips = unknown.map { ($0, UnknownKey($0, in: declaration, of: self, findings)) }
        for (entry, slip) in slips {
            if let meant = slip.report(&findings) { misspelt[meant] = misspelt[meant] ?? entry }
        }
        if declaration.isAlternative {
            checkAlternatives(unknown: unknown, &findings)
        } else {
            checkRequired(written: written, &findings)
            checkUnsaid(written: written, &findings)
        }
    }

    /// Reports R103 for `if:` or `limits: {}`: an empty value would mean everybody, or no limit at all; and for a secret, whose
    /// absence would leave something open. Of any other key it is a warning, because something was to follow.
    private mutating func checkUnsaid(written: [YAMLNode.Entry], _ findings: inout Findings) {
        for entry in written {
            guard let key = declaration[entry.key], !key.required else { continue }
            let mustSay = key.mustSaySomething || key.type.mustSaySomething
            let isIdle =
                entry.value.isNull
                ? key.type.meansNothingEmpty : key.meansNothingWithoutKeys && entry.value.entries?.isEmpty == true
            guard entry.value.isNull && mustSay || isIdle && findings.asksForValues else { continue }
            unsaid.insert(entry.key)
            findings.report(
                "R103", mustSay && entry.value.isNull ? .error : .warning, "`\(entry.key)` has nothing behind it",
                at: entry.keySpan,
                help: [
                    key.examples.first.map { "such as  \(key.name): \($0)" } ?? "say what is meant",
                    "or take `\(entry.key)` away",
                ], key: entry.key)
        }
        guard declaration.mustSaySomething, !declaration.needsKeys, written.isEmpty, !node.isNull else { return }
        findings.report(
            "R103", "\(quoted(declaration.name)) is empty", at: node.span,
            help: ["say what is meant, or take it away"])
    }

    /// Keys without a value that have a finding.
    private var unsaid: Set<String> = []

    /// Keys whose absence an unknown key already explains.
    package var explained: Set<String> { Set(misspelt.keys) }

    /// True where the key is there, or an unknown key that misspells it, or where it has a finding because nothing is behind it.
    package func mentions(_ key: String) -> Bool { has(key) || misspelt[key] != nil || unsaid.contains(key) }

    /// True where every key is unknown: what is missing then is among them.
    package var hasOnlyUnknownKeys: Bool { entries.isEmpty && node.entries?.isEmpty == false }

    /// - Parameter typed: what stands in place of the block: the name of one of its keys, or the value of one of them. The
    ///   others are left open then: an example beside a value of the author's would be taken for theirs.
    private static func example(of declaration: BlockDeclaration, typed: String?) -> [String] {
        if let typed, declaration.isAlternative,
            let key = declaration[typed] ?? ChineseKeys.meant(by: typed, in: declaration).flatMap({ declaration[$0] })
        {
            let inner = (key.block?.keys ?? []).filter(\.required).compactMap { inner in
                inner.examples.first.map { "\(inner.name): \($0)" }
            }
            return ["write  \(key.name): {\(inner.joined(separator: ", "))}"]
        }
        let required = declaration.isAlternative ? [] : declaration.keys.filter(\.required)
        let isName = typed.map { !$0.isEmpty && !$0.contains(where: { " :：,，{}[]".contains($0) }) } ?? false
        let keys = required.isEmpty ? Array(declaration.keys.prefix(1)) : required
        func own(_ key: KeyDeclaration) -> String? {
            if required.count == 1, isName, key.type.takesName { return typed }
            return typed.flatMap { TypedValue.pasted($0, for: key.type) }
        }
        let owner = keys.first { own($0) != nil }?.name
        let shown = keys.map { key in
            let value = owner == nil ? key.examples.first : key.name == owner ? own(key) : nil
            return "\(key.name): \(value ?? "…")"
        }
        let isExample = owner == nil && typed?.isEmpty == false
        return ["write keys and values\(isExample ? ", such as" : ":")  {\(shown.joined(separator: ", "))}"]
    }

    private func checkRequired(written: [YAMLNode.Entry], _ findings: inout Findings) {
        if findings.enclosing.isEmpty, !findings.isWhole { return }
        if hasOnlyUnknownKeys { return }
        let required = declaration.keys.filter(\.required)
        if written.isEmpty, required.count > 1 {
            let examples = required.map { "\($0.name): \($0.examples.first ?? "…")" }
            findings.report(
                "R102", "\(quoted(declaration.name)) is empty", at: start,
                help: ["write keys and values:  {\(examples.joined(separator: ", "))}"])
            return
        }
        for key in declaration.keys where key.required && !mentions(key.name) {
            let empty = written.first { $0.key == key.name }
            let example = key.examples.first.map { ["add  \(key.name): \($0)"] } ?? []
            findings.report(
                "R102", "`\(key.name)` is missing in \(quoted(declaration.name))", at: start,
                related: empty.map { [.init($0.keySpan, "`\(key.name)` is here, but empty")] } ?? [], help: example)
        }
    }

    private func checkAlternatives(unknown: [YAMLNode.Entry], _ findings: inout Findings) {
        let alternatives = entries.filter { declaration.companions[$0.key] == nil }
        if alternatives.count > 1 {
            let (one, other) = (alternatives[0], alternatives[1])
            findings.report(
                "R106", "`\(one.key)` and `\(other.key)` exclude each other", at: other.keySpan,
                label: "and here `\(other.key)`", related: [.init(one.keySpan, "here `\(one.key)`")],
                help: ["\(quoted(declaration.name)) has exactly one: keep one of the two"], key: other.key)
        } else if let companion = entries.first, alternatives.isEmpty, let main = declaration.companions[companion.key]
        {
            // A misspelt `choose` has its finding.
            guard unknown.isEmpty else { return }
            findings.report(
                "R102", "`\(companion.key)` stands without its `\(main)`", at: companion.keySpan, key: companion.key)
        } else if entries.isEmpty, unknown.isEmpty {
            let words = declaration.keys.prefix(5).map { "`\($0.name)`" }.joined(separator: ", ")
            findings.report("R102", "\(quoted(declaration.name)) is empty", at: start, help: ["name one of: \(words)"])
        }
    }

    /// The place of a finding about the block as a whole: its first key.
    package var start: SourceSpan { node.entries?.first?.keySpan ?? node.span }

    /// The alternative that was chosen: the first of the known keys.
    package var chosen: YAMLNode.Entry? { entries.first { declaration.companions[$0.key] == nil } }

    package func entry(_ key: String) -> YAMLNode.Entry? { entries.first { $0.key == key } }
    package func has(_ key: String) -> Bool { entry(key) != nil }
    package subscript(key: String) -> YAMLNode? { entry(key)?.value }

    /// The place of the key if it is there, else of the block's first key.
    package func span(of key: String) -> SourceSpan { entry(key)?.keySpan ?? start }

    /// Returns the one of these keys that is there, and reports R106 at the second where there are two.
    package func atMostOne(of keys: String..., findings: inout Findings) -> YAMLNode.Entry? {
        let found = entries.filter { keys.contains($0.key) }
        if found.count > 1 {
            findings.report(
                "R106", "`\(found[0].key)` and `\(found[1].key)` exclude each other", at: found[1].keySpan,
                related: [.init(found[0].keySpan, "here `\(found[0].key)`")], help: ["keep one of the two"],
                key: found[1].key)
        }
        return found.first
    }

    /// Reads the value of `key`, with the key in the path and this block among the enclosing ones.
    package func read<Result>(
        _ key: String, _ findings: inout Findings, _ body: (inout Findings, YAMLNode) -> Result?
    ) -> Result? {
        guard let node = self[key] else { return nil }
        return findings.inside(key) { $0.within(declaration) { body(&$0, node) } }
    }
}

/// Puts the name of a key in back quotes; `a rule` stays as it is.
package func quoted(_ name: String) -> String {
    name.contains(" ") || name.isEmpty ? name : "`\(name)`"
}
