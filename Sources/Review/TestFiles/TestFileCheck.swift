import Rules

/// Checks test files without running them, for `nudged check`.
package enum TestFileCheck {
    /// The findings of the test files alone: rules and fixtures are checked elsewhere. Throws a `RuleSetLoader.Refusal`
    /// for an unreadable file.
    package static func run(_ files: [YAMLFile], channels: [ChannelDeclaration]) throws -> [Diagnostic] {
        let tests = files.filter { FileKind(of: $0) == .tests }
        var loader = TestLoader(channels: channels)
        for file in tests { _ = try loader.load(file) }
        let paths = Set(tests.map(\.path))
        return loader.findings.filter { paths.contains($0.span.file) }
    }
}
