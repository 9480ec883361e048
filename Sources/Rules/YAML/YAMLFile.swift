/// The result of reading one file.
package struct YAMLFile: Sendable {
    package var path: String
    /// Nil when the file is empty or cannot be used at all.
    package var root: YAMLNode?
    /// The findings in the order of the file, at most `FindingLimit.perFile` and then a count.
    package var diagnostics: [Diagnostic]
    package var source: SourceText
    /// False when a part with an error was left out of `root` (a list item, or a whole top-level key). Keys that are
    /// absent then must not be reported as missing, because the error was reported already.
    package var isWhole: Bool

    package init(path: String, root: YAMLNode?, diagnostics: [Diagnostic], source: SourceText, isWhole: Bool = true) {
        self.path = path
        self.root = root
        self.diagnostics = diagnostics
        self.source = source
        self.isWhole = isWhole
    }
}

/// The sizes that keep a hostile or broken file cheap (rule-language §4.2).
enum YAMLLimits {
    static let fileBytes = 256 * 1024
    static let scalarBytes = 16 * 1024
    static let depth = 32
    static let values = 50_000
}
