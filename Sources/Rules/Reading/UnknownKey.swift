/// A key that its block does not have: where it may belong, and which missing key it explains.
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

    /// Reports R101 and returns the required key that the slip stands for, whose absence needs no finding of its own.
    func report(_ findings: inout Findings) -> String? {
        let meant = meant
        var notes: [String] = []
        if let meant, !reader.has(meant), block[meant]?.required == true {
            let owner = findings.rule.map { "rule `\($0)`" } ?? block.name
            notes = [
                "\(owner) has no `\(meant)`, so this is most likely a typing slip (R102 is not reported separately)"
            ]
        }
        findings.report(
            "R101", "`\(entry.key)` is not part of \(quoted(block.name))", at: entry.keySpan, help: help(meant),
            notes: notes, fix: fix(meant), key: entry.key)
        return meant
    }

    private var meant: String? {
        if let ours = block.foreign[entry.key.lowercased()] { return ours }
        if nestedOwner != nil || outerOwner != nil { return nil }
        return Suggestion.nearest(to: entry.key, among: block.keys.map(\.name))
    }

    private func help(_ meant: String?) -> [String] {
        if let meant { return ["did you mean `\(meant)`?"] }
        if let owner = nestedOwner { return ["`\(entry.key)` belongs into `\(owner)`, one level further in"] }
        if let owner = outerOwner { return ["`\(entry.key)` is part of \(quoted(owner)): move it further out"] }
        let known = block.keys.prefix(5).map { "`\($0.name)`" }.joined(separator: ", ")
        let more = block.keys.count > 5 ? ", …" : ""
        return known.isEmpty ? [] : ["\(quoted(block.name)) knows \(known)\(more)"]
    }

    /// A key of this block inside which the unknown key would be right.
    private var nestedOwner: String? {
        block.keys.first { $0.block?[entry.key] != nil && reader.has($0.name) }?.name
            ?? block.keys.first { $0.block?[entry.key] != nil }?.name
    }

    private var outerOwner: String? { enclosing.reversed().first { $0[entry.key] != nil }?.name }

    /// Renaming is safe only for a slip of spelling (a word from elsewhere may have another value), and only when the
    /// right key is not already there.
    private func fix(_ meant: String?) -> [Diagnostic.Edit] {
        guard let meant, block.foreign[entry.key.lowercased()] == nil, !reader.has(meant) else { return [] }
        return [.init(start: entry.keySpan.start.byte, end: entry.keySpan.end.byte, text: meant)]
    }
}
