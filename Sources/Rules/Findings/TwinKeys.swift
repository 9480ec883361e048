/// Takes back fixes that would write a key that already stands in the same block. Such a fix gives a duplicate, whose
/// value would be lost; which of the two values is meant, only the author knows.
package enum TwinKeys {
    /// The findings as they were but for these, whose help says then that both keys mean the same.
    package static func resolved(_ diagnostics: [Diagnostic], in files: [YAMLFile]) -> [Diagnostic] {
        let fixed = Set(diagnostics.filter { $0.fix.count == 1 }.map(\.span.file))
        guard !fixed.isEmpty else { return diagnostics }
        var blocks: [String: Blocks] = [:]
        for file in files where fixed.contains(file.path) { blocks[file.path] = file.root.map { Blocks(in: $0) } }
        var resolved = diagnostics
        for index in diagnostics.indices where diagnostics[index].fix.count == 1 {
            let file = diagnostics[index].span.file
            guard let (key, twin) = blocks[file]?.clash(with: diagnostics[index].fix[0]) else { continue }
            resolved[index].fix = []
            resolved[index].help = [help(key, twin)]
        }
        return resolved
    }

    static func help(_ key: String, _ twin: String) -> String {
        "`\(key)` and `\(twin)` mean the same: keep one of the two"
    }

    /// The keys of one file by their place.
    private struct Blocks {
        private var keys: [Int: (entry: YAMLNode.Entry, block: Int)] = [:]
        /// What stands under each key of a block, or will: the key as it is written now.
        private var written: [[String: String]] = []

        init(in root: YAMLNode) {
            var open = [root]
            while let node = open.popLast() {
                open += node.items ?? []
                guard let entries = node.entries else { continue }
                for entry in entries {
                    keys[entry.keySpan.start.byte] = (entry, written.count)
                    open.append(entry.value)
                }
                written.append(Dictionary(entries.map { ($0.key, $0.key) }, uniquingKeysWith: { first, _ in first }))
            }
        }

        /// The key that the edit renames and the one that is there under the new name; nil where none is, or where the
        /// edit renames no key. The name counts as taken from then on.
        mutating func clash(with edit: Diagnostic.Edit) -> (key: String, twin: String)? {
            guard let (entry, block) = keys[edit.start], entry.keySpan.end.byte == edit.end else { return nil }
            if let twin = written[block][edit.text] { return (entry.key, twin) }
            written[block][edit.text] = entry.key
            return nil
        }
    }
}
