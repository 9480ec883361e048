import Kit

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
        self == .english ? "fix:  available (nudged fmt --fix)" : "修复: 可自动修复(nudged fmt --fix)"
    }
}
