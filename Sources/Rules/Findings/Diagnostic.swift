import Kit

/// One finding on a file (qa-tools §3). The sentence says what *is*, in the author's own words.
package struct Diagnostic: Sendable, Hashable {
    package enum Severity: String, Sendable { case error, warning }

    /// A second place with its own words, printed with `-` under the excerpt.
    package struct Label: Sendable, Hashable {
        package var span: SourceSpan
        package var text: String
        package init(_ span: SourceSpan, _ text: String) {
            self.span = span
            self.text = text
        }
    }

    /// A replacement of bytes `start..<end` of the file.
    package struct Edit: Sendable, Hashable {
        package var start: Int
        package var end: Int
        package var text: String
        package init(start: Int, end: Int, text: String) {
            self.start = start
            self.end = end
            self.text = text
        }
    }

    /// A code such as `R201`; no code is ever reused.
    package var code: String
    package var severity: Severity
    /// The sentence without code and place: "there is no field `member.teir`".
    package var message: String
    /// The same in Chinese, where the sentence was made in both languages; else `MessageCatalogue` translates it.
    package var chinese: String?
    package var span: SourceSpan
    /// Words under the `^^^^`; may be empty.
    package var label: String
    package var related: [Label]
    package var help: [String]
    package var notes: [String]
    /// Edits that are safe to apply blindly.
    package var fix: [Edit]
    /// The rule's id, where one is known.
    package var rule: String?
    /// The keys down to the value, and list indexes in digits: `rules, 0, if, member.teir`.
    package var path: [String]

    package init(
        _ code: String, _ severity: Severity = .error, _ message: String, at span: SourceSpan, label: String = "",
        related: [Label] = [], help: [String] = [], notes: [String] = [], fix: [Edit] = [], rule: String? = nil,
        path: [String] = []
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.span = span
        self.label = label
        self.related = related
        self.help = help
        self.notes = notes
        self.fix = fix
        self.rule = rule
        self.path = path
    }

    package init(
        _ code: String, _ severity: Severity = .error, _ message: Bilingual, at span: SourceSpan, path: [String] = []
    ) {
        self.init(code, severity, message.english, at: span, path: path)
        chinese = message.chinese
    }

    /// `rules/a.yaml:19:7: error[R201] there is no field …`
    package var short: String { short(in: .english) }

    package func short(in language: Language) -> String {
        "\(span.file):\(span.start.line):\(span.start.column): \(language.word(severity))[\(code)] "
            + message(in: language)
    }

    func message(in language: Language) -> String {
        if language == .chinese, let chinese { return chinese }
        return MessageCatalogue.translate(message, into: language)
    }
}
