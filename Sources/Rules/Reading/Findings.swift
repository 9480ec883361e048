/// The findings of one file so far, with the place in the tree that is being read, so that each carries the right rule
/// and path. It is passed down `inout`; nothing stops at the first finding.
package struct Findings: Sendable {
    package internal(set) var all: [Diagnostic] = []
    /// The id of the rule being read.
    package var rule: String?
    /// Keys and list indexes from the root to the value being read.
    package private(set) var path: [String] = []
    /// The blocks around the one being read, outermost first: a right key in the wrong block is recognised by them.
    package var enclosing: [BlockDeclaration] = []

    /// Names without a `save_as` that the rule being read has a finding for.
    private var missingNames: Set<String> = []

    /// Notes that the name is missing; false when the rule has that finding already.
    mutating func takeMissingName(_ name: String) -> Bool { missingNames.insert("\(rule ?? "") \(name)").inserted }

    /// False when the reader of the file left a part out: keys absent from the outermost block are then not missing.
    package var isWhole = true

    /// True for files that say what is to happen, where a key with nothing behind it is a slip. In members of fixtures it is
    /// a value that is missing.
    package var asksForValues = false

    package init() {}

    /// Reports an error.
    package mutating func report(
        _ code: String, _ message: String, at span: SourceSpan, label: String = "", related: [Diagnostic.Label] = [],
        help: [String] = [], notes: [String] = [], fix: [Diagnostic.Edit] = [], key: String? = nil
    ) {
        report(
            code, .error, message, at: span, label: label, related: related, help: help, notes: notes, fix: fix,
            key: key)
    }

    /// `key` is added to the path for this finding alone.
    package mutating func report(
        _ code: String, _ severity: Diagnostic.Severity, _ message: String, at span: SourceSpan,
        label: String = "", related: [Diagnostic.Label] = [], help: [String] = [], notes: [String] = [],
        fix: [Diagnostic.Edit] = [], key: String? = nil
    ) {
        all.append(
            Diagnostic(
                code, severity, message, at: span, label: label, related: related, help: help, notes: notes,
                fix: fix, rule: rule, path: path + (key.map { [$0] } ?? [])))
    }

    /// Appends findings that were made elsewhere and already carry their rule and path.
    package mutating func append(_ diagnostics: [Diagnostic]) { all += diagnostics }

    package mutating func inside<Result>(_ step: String, _ body: (inout Findings) -> Result) -> Result {
        path.append(step)
        defer { path.removeLast() }
        return body(&self)
    }

    /// The same for an item of a list.
    package mutating func inside<Result>(_ index: Int, _ body: (inout Findings) -> Result) -> Result {
        inside(String(index), body)
    }

    /// Runs `body` where unknown keys may also belong to `block`.
    package mutating func within<Result>(_ block: BlockDeclaration, _ body: (inout Findings) -> Result) -> Result {
        enclosing.append(block)
        defer { enclosing.removeLast() }
        return body(&self)
    }

    /// Reads every item of a list, with its index in the path.
    package mutating func each<Result>(
        _ items: [YAMLNode], _ body: (inout Findings, YAMLNode) -> Result?
    ) -> [Result] {
        var results: [Result] = []
        for (index, item) in items.enumerated() {
            if let result = inside(index, { body(&$0, item) }) { results.append(result) }
        }
        return results
    }

    /// The key whose value is being read, in words: the last step that is not an index.
    package var place: String { path.last { Int($0) == nil } ?? "this file" }

    package func hasError(since count: Int) -> Bool { all[count...].contains { $0.severity == .error } }
}
