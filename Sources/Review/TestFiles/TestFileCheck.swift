import Rules

/// Checks test files without running them, for `nudged check`.
package enum TestFileCheck {
    /// The findings of the test files alone: rules and fixtures are checked elsewhere. Throws a `RuleSetLoader.Refusal`
    /// for an unreadable file.
    package static func run(_ files: [YAMLFile], channels: [ChannelDeclaration]) throws -> [Diagnostic] {
        let tests = files.filter { $0.root?["tests"] != nil }
        var loader = TestLoader(channels: channels)
        for file in tests { _ = try loader.load(file) }
        let paths = Set(tests.map(\.path))
        return loader.findings.filter { paths.contains($0.span.file) }
    }
}
