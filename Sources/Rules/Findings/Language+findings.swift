import Kit

extension Diagnostic {
    /// The finding with its sentences in this language, for forms that scripts read; codes, places and fixes stay.
    package func spoken(_ language: Language) -> Diagnostic {
        guard language != .english else { return self }
        func translated(_ text: String) -> String { MessageCatalogue.translate(text, into: language) }
        var finding = self
        finding.message = message(in: language)
        finding.chinese = finding.message
        finding.label = translated(label)
        finding.related = related.map { Label($0.span, translated($0.text)) }
        finding.help = help.map(translated)
        finding.notes = notes.map(translated)
        return finding
    }
}

extension Language {
    func word(_ severity: Diagnostic.Severity) -> String {
        switch (self, severity) {
        case (.english, _): severity.rawValue
        case (.chinese, .error): "错误"
        case (.chinese, .warning): "警告"
        }
    }

    var help: String { self == .english ? "help: " : "建议: " }
    var note: String { self == .english ? "note: " : "说明: " }
    var fix: String {
        self == .english ? "fix:  available (nudged fmt --fix)" : "修复: 可自动修复（nudged fmt --fix）"
    }
}
