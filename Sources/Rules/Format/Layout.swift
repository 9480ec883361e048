/// The layout of a rule file: times in quotes, the keys of a rule in their order, no spaces at line ends, LF, one line
/// break at the end. Everything is an edit of the text, so that comments stay where their author put them.
package enum Layout {
    /// The file's bytes in this layout; formatting them again changes nothing. Nil for a file that cannot be read as a
    /// whole: its errors are to be fixed first.
    package static func formatted(_ file: YAMLFile) -> [UInt8]? {
        guard file.isWhole else { return nil }
        guard file.root != nil else { return Whitespace(file.source, root: nil).formatted }
        let quoted = reread(file, SafeFixes.applied(TimeQuotes.edits(in: file), to: file.source.bytes))
        guard quoted.isWhole, let root = quoted.root else { return nil }
        let ordered = checked(
            quoted, SafeFixes.applied(KeyOrder.edits(in: root, quoted.source), to: quoted.source.bytes))
        let clean = checked(ordered, Whitespace(ordered.source, root: ordered.root).formatted)
        return clean.source.bytes
    }

    private static func reread(_ file: YAMLFile, _ bytes: [UInt8]) -> YAMLFile {
        bytes == file.source.bytes ? file : YAMLReader.read(bytes: bytes, path: file.path)
    }

    /// The file with these bytes when they mean the same, else as it was. No layout is worth a change of meaning.
    private static func checked(_ file: YAMLFile, _ bytes: [UInt8]) -> YAMLFile {
        let changed = reread(file, bytes)
        guard changed.isWhole, let before = file.root, let after = changed.root, before.says(after) else { return file }
        return changed
    }
}

extension YAMLNode {
    /// True for the same values under the same keys, in whatever order the keys stand.
    func says(_ other: YAMLNode) -> Bool {
        switch (content, other.content) {
        case (.scalar(let a, let styleA), .scalar(let b, let styleB)): return a == b && styleA == styleB
        case (.list(let a), .list(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.says($1) }
        case (.map(let a), .map(let b)):
            guard a.count == b.count else { return false }
            let others = Dictionary(b.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            return a.allSatisfy { entry in others[entry.key].map { entry.value.says($0) } ?? false }
        default: return false
        }
    }
}
