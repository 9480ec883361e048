import Kit

/// A key that its block does not have: the place where it may belong, and the missing key that it explains.
struct UnknownKey {
    private let entry: YAMLNode.Entry
    private let block: BlockDeclaration
    private let reader: BlockReader
    private let enclosing: [BlockDeclaration]

    init(_ entry: YAMLNode.Entry, in block: BlockDeclaration, of reader: BlockReader, _ findings: Findings) {
        self.entry = entry
        self.block = block
        self.reader = reader
        enclosing = findings.enclosing
    }

    /// Reports R101 and returns the required key that it misspells, whose absence needs no finding of its own.
    func report(_ findings: inout Findings) -> String? {
        let meant = meant
        var notes: [String] = []
        if let meant, !reader.has(meant), block[meant]?.required == true {
            let isRule = block.name == RuleKeys.rule.name
            let owner = isRule ? findings.rule.map { "rule `\($0)`" } ?? block.name : quoted(block.name)
            notes = [
                "\(owner) has no `\(meant)`, so this is most likely a typing slip (R102 is not reported separately)"
            ]
        }
        findings.report(
            "R101", "`\(entry.key)` is not part of \(quoted(block.name))", at: entry.keySpan, help: help(meant),
            notes: notes, fix: fix(meant), key: entry.key)
        if block.elsewhere[entry.key.lowercased()] != nil { return nil }
        return meant ?? conditionOwner ?? nestedOwner.flatMap { reader.has($0) ? nil : $0 }
    }

    /// The conditions of this block, for a field that stands beside them: `member.city: 上海` in a rule.
    private var conditionOwner: String? {
        guard entry.key.contains("."), FieldCatalogue.sources[String(entry.key.prefix { $0 != "." })] != nil else {
            return nil
        }
        return block.keys.first { if case .condition = $0.type { true } else { false } }?.name
    }

    private var meant: String? {
        if block.elsewhere[entry.key.lowercased()] != nil { return nil }
        if let ours = block.foreign[entry.key.lowercased()] ?? same ?? synonym { return ours }
        if let missing = onlyMissing {
            return ChineseKeys.meant(by: entry.key, in: block)
                ?? Suggestion.nearest(to: entry.key, among: block.keys.map(\.name)) ?? missing
        }
        if nestedOwner != nil || conditionOwner != nil || outerOwner != nil || deepOwner != nil { return nil }
        return ChineseKeys.meant(by: entry.key, in: block)
            ?? Suggestion.nearest(to: entry.key, among: block.keys.map(\.name))
    }

    /// The key of the block, not yet written, that has the word's meaning elsewhere: `per` of a window is `in`.
    private var synonym: String? {
        ForeignWords.keys[entry.key.lowercased()]?.first { block[$0] != nil && !reader.has($0) }
    }

    /// The one required key that is not there, where this is the only unknown one and its value would do.
    private var onlyMissing: String? {
        let unknown = (reader.node.entries ?? []).filter { block[$0.key] == nil }
        let missing = block.isAlternative ? [] : block.keys.filter { $0.required && !reader.has($0.name) }
        guard unknown.count == 1, missing.count == 1 else { return nil }
        return fits(missing[0].type) ? missing[0].name : nil
    }

    /// True where the value reads like one of this type. Any word is a name, and any block may be meant: they prove nothing.
    private func fits(_ type: KeyType) -> Bool {
        switch type {
        case .list: entry.value.items != nil
        case .oneOrMany(let one): entry.value.items != nil || fits(one)
        case .either(let types): types.contains { fits($0) }
        case .choice(let choices): choices.contains { $0.word == entry.value.text }
        case .bool: ["true", "false"].contains(entry.value.text)
        default: entry.value.text.flatMap { TypedValue.pasted($0, for: type) } != nil
        }
    }

    /// The key in another spelling: `Days-Before`.
    private var same: String? { SameWord.exact(entry.key, among: block.keys.map(\.name)) }

    private func help(_ meant: String?) -> [String] {
        if let elsewhere = block.elsewhere[entry.key.lowercased()] { return [elsewhere] }
        if let meant, meant == same, reader.has(meant) { return [TwinKeys.help(entry.key, meant)] }
        if let meant { return ["did you mean `\(meant)`?"] }
        if let owner = nestedOwner ?? conditionOwner {
            return ["`\(entry.key)` belongs into `\(owner)`, one level further in"]
        }
        if let owner = outerOwner { return ["`\(entry.key)` is part of \(quoted(owner)): move it further out"] }
        if let owner = deepOwner { return ["`\(entry.key)` belongs into `\(owner)`"] }
        let known = block.keys.prefix(5).map { "`\($0.name)`" }.joined(separator: ", ")
        let more = block.keys.count > 5 ? ", …" : ""
        let verb = block.name == SettingsKeys.file.name ? "know" : "knows"
        return known.isEmpty ? [] : ["\(quoted(block.name)) \(verb) \(known)\(more)"]
    }

    /// A key of this block whose own block has the unknown key.
    private var nestedOwner: String? {
        block.keys.first { $0.block?[entry.key] != nil && reader.has($0.name) }?.name
            ?? block.keys.first { $0.block?[entry.key] != nil }?.name
    }

    /// The one block of the rule that knows the key, further away: `at` in `birthday` under `when`, where the rule
    /// waits for a birthday; `per_minute` in `send`.
    private var deepOwner: String? {
        for key in block.keys where reader.has(key.name) {
            guard let inner = key.block else { continue }
            for written in reader[key.name]?.entries ?? [] where inner[written.key]?.block?[entry.key] != nil {
                return "\(written.key)` under `\(key.name)"
            }
        }
        let owners = UnknownKey.blocks(in: enclosing.first { $0.name == RuleKeys.rule.name } ?? block)
            .filter { $0[entry.key] != nil }
        return owners.count == 1 && !owners[0].name.contains(" ") ? owners[0].name : nil
    }

    /// Every block that can stand in `outermost`, each once.
    private static func blocks(in outermost: BlockDeclaration) -> [BlockDeclaration] {
        var found = [outermost]
        var index = 0
        while index < found.count {
            for inner in found[index].keys.flatMap({ BlockDeclaration.blocks(of: $0.type) })
            where !found.contains(where: { $0.name == inner.name }) {
                found.append(inner)
            }
            index += 1
        }
        return found
    }

    private var outerOwner: String? { enclosing.reversed().first { $0[entry.key] != nil }?.name }

    /// Renaming is safe only for another spelling of the same word (a word from elsewhere may have another value, a
    /// similar one another meaning), and only when the right key is not already there.
    private func fix(_ meant: String?) -> [Diagnostic.Edit] {
        guard let meant, meant == same, !reader.has(meant) else { return [] }
        return [.init(start: entry.keySpan.start.byte, end: entry.keySpan.end.byte, text: meant)]
    }
}
