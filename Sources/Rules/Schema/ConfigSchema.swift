import Kit

/// The keys of nudged.yaml or of a mapping file, with the constraints beyond them that only the readers of that file know.
package struct ConfigSchema: Sendable {
    /// The form of the texts of one key, as a regular expression.
    package struct Form: Sendable {
        package var pattern: String
        /// True when a number or a boolean, read as it is typed, may be such a text.
        package var takesScalars: Bool
        package init(_ pattern: String, takesScalars: Bool = false) {
            self.pattern = pattern
            self.takesScalars = takesScalars
        }
    }

    package var file: BlockDeclaration
    /// Constraints on a block, by its name.
    package var constraints: [String: [JSONText]]
    /// Forms by block and key, such as `store.url`.
    package var forms: [String: Form]
    /// The constraints on the channel of that name; nil stands for a name of the shop's own.
    package var channel: @Sendable (String?) -> JSONText

    package init(
        file: BlockDeclaration, constraints: [String: [JSONText]], forms: [String: Form],
        channel: @escaping @Sendable (String?) -> JSONText
    ) {
        self.file = file
        self.constraints = constraints
        self.forms = forms
        self.channel = channel
    }
}
