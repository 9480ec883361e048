// swift-format-ignore-file
// Written by Tests/Tools/embed_rules.py from rules/. Change those files, then run `make rules`.

/// The files of rules/ as they were when the program was built.
enum ExampleRules {
    struct File: Sendable {
        /// Below rules/, such as `tests/birthday.test.yaml`.
        let path: String
        let text: String
    }

    static let files: [File] = top + cookbook + fixtures + tests
}
