import Kit

extension YAMLNode {
    /// True where the keys are those of nudged.yaml: it has a `store` or a `rules_dir`.
    fileprivate var hasConfigKeys: Bool { self["store"] != nil || self["rules_dir"] != nil }
}

extension YAMLFile {
    /// True for nudged.yaml, also where its `store` is missing or misspelt: its name says what it is, and so does its
    /// first line; its keys are asked last. What holds the objects of another kind, as its first line says or under
    /// another name, is none.
    package var isConfig: Bool {
        let named = SchemaKind.named(in: source)
        let keyed = root.map { FileKind(of: $0) } ?? .settings
        if ["nudged.yaml", "nudged.yml"].contains(path.split(separator: "/").last.map(String.init)) {
            return keyed == .settings || named?.rawValue != keyed.schema
        }
        return named.map { $0 == .config && keyed == .settings } ?? (root?.hasConfigKeys == true)
    }
}

/// The kind of a file of a rule set, recognised by its keys, never by its name (product §3).
package enum FileKind: String, Sendable, CaseIterable {
    case tests, members, rules, templates, segments, coupons, fields, settings

    /// The first of the keys in this order that is there decides; a file with none of them holds settings.
    package init(of root: YAMLNode) {
        self = FileKind.allCases.first { $0 != .settings && root[$0.rawValue] != nil } ?? .settings
    }

    /// The kind of a file whose keys may be missing because of an error: then its first line says what it is, and its
    /// place where there is none.
    package init?(of file: YAMLFile) {
        let keyed = file.root.map { FileKind(of: $0) }
        let named = FileKind.named(in: file.source)
        // `rules` of a test file lists files: where its `tests` is misspelt, its first line still says what it is.
        if let keyed, keyed != .settings, keyed != .rules || named != .tests {
            self = keyed
            return
        }
        let folders = file.path.split(separator: "/").dropLast()
        let isTest = file.path.hasSuffix(".test.yaml") || folders.last == "tests"
        let placed: FileKind? = isTest ? .tests : folders.last == "fixtures" ? .members : nil
        let stated = named ?? placed ?? file.root.flatMap(FileKind.nearlyNamed)
        guard let kind = file.isConfig ? keyed : stated ?? keyed else { return nil }
        self = kind
    }

    /// The kind whose key is misspelt: `rlues`, `template`. Settings have many keys of their own, so one of them decides.
    private static func nearlyNamed(_ root: YAMLNode) -> FileKind? {
        let keys = (root.entries ?? []).map(\.key)
        guard !keys.contains(where: { $0 != FileKeys.version.name && SettingsKeys.file[$0] != nil }) else { return nil }
        let words = allCases.filter { $0 != .settings }.map(\.rawValue)
        return keys.lazy.filter { $0 != FileKeys.version.name }.compactMap {
            SameWord.exact($0, among: words) ?? Suggestion.nearest(to: $0, among: words)
        }.first.flatMap(FileKind.init(rawValue:))
    }

    /// The kind whose schema the first line names.
    private static func named(in source: SourceText) -> FileKind? {
        let schema = SchemaKind.named(in: source)
        return allCases.first { $0.schema == schema?.rawValue }
    }

    /// The name of its schema, as in `rules.v1.schema.json`.
    package var schema: String {
        switch self {
        case .tests: "rule-test"
        case .members: "fixtures"
        default: rawValue
        }
    }

    /// R002 where the first line does not name the schema by which editors complete.
    package static func schemaFinding(in source: SourceText, schema: String, depth: String = "../.nudged/")
        -> Diagnostic?
    {
        let wanted = "\(schema).v1.schema.json"
        let first = source.line(1)
        let mark = "# yaml-language-server: $schema="
        if first.hasPrefix(mark), first.dropFirst(mark.count).split(separator: "/").last.map(String.init) == wanted {
            return nil
        }
        let line = "\(mark)\(depth)\(wanted)"
        let hasOther = first.hasPrefix(mark)
        let edit = Diagnostic.Edit(
            start: source.start, end: hasOther ? source.range(ofLine: 1).upperBound : source.start,
            text: hasOther ? line : line + "\n")
        return Diagnostic(
            "R002", .warning,
            hasOther ? "the first line names another schema than `\(wanted)`" : "the first line names no schema",
            at: hasOther ? source.span(source.range(ofLine: 1)) : .top(of: source.path), help: ["write  \(line)"],
            fix: [edit])
    }
}
