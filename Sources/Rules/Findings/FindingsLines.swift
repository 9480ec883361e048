import Kit

/// One line per finding, for `grep` and editors: `file:line:col: severity[code] sentence`.
package enum FindingsShort {
    package static func render(_ diagnostics: [Diagnostic], in language: Language = .english) -> String {
        diagnostics.inFileOrder().map { $0.short(in: language) + "\n" }.joined()
    }
}

/// Workflow commands that GitHub turns into annotations on the changed lines.
package enum FindingsGitHub {
    package static func render(_ diagnostics: [Diagnostic], in language: Language = .english) -> String {
        diagnostics.inFileOrder().map { command($0.spoken(language), language) + "\n" }.joined()
    }

    /// An error that has no place in a file.
    package static func command(title: String, _ text: String) -> String {
        "::error title=\(property(title))::\(escaped(text))"
    }

    private static func command(_ finding: Diagnostic, _ language: Language) -> String {
        let place = finding.span.start
        let text = ([finding.message] + finding.help.map { language.help + $0 }).joined(separator: "\n")
        return
            "::\(finding.severity.rawValue) file=\(property(finding.span.file)),line=\(place.line),col=\(place.column),"
            + "title=\(property(finding.code))::\(escaped(text))"
    }

    private static func property(_ text: String) -> String {
        escaped(text).replacingScalar(":", with: "%3A").replacingScalar(",", with: "%2C")
    }

    private static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result.append(contentsOf: "%25".unicodeScalars)
            case "\r": result.append(contentsOf: "%0D".unicodeScalars)
            case "\n": result.append(contentsOf: "%0A".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
