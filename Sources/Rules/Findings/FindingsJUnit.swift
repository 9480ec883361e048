import Kit

/// Findings as a JUnit report: one test case per file, failed by its errors; warnings are its output.
package enum FindingsJUnit {
    /// `files` are the paths that were read, also those without findings.
    package static func render(
        _ diagnostics: [Diagnostic], files: [String], in language: Language = .english
    ) -> String {
        let byFile = Dictionary(grouping: diagnostics.inFileOrder(), by: \.span.file)
        let paths = Set(files).union(byFile.keys).sorted()
        let failures = paths.count { path in byFile[path, default: []].contains { $0.severity == .error } }
        let counts = "tests=\"\(paths.count)\" failures=\"\(failures)\""
        let cases = paths.map { testCase($0, byFile[$0, default: []], language) }.joined()
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nudged check" \(counts)>
            <testsuite name="nudged check" \(counts) errors="0" skipped="0">
            \(cases)</testsuite>
            </testsuites>

            """
    }

    private static func testCase(_ path: String, _ findings: [Diagnostic], _ language: Language) -> String {
        let name = "<testcase classname=\"check\" name=\"\(XMLText.escaped(path))\""
        if findings.isEmpty { return name + "/>\n" }
        let errors = findings.filter { $0.severity == .error }
        let warnings = findings.filter { $0.severity == .warning }
        var lines = [name + ">"]
        if let first = errors.first {
            let text = errors.map {
                ([$0.short(in: language)] + $0.spoken(language).help.map { "  " + language.help + $0 }).joined(
                    separator: "\n")
            }
            lines.append(
                "<failure type=\"\(XMLText.escaped(first.code))\" message=\"\(XMLText.escaped(first.spoken(language).message))\">"
                    + XMLText.escaped(text.joined(separator: "\n")) + "</failure>")
        }
        if !warnings.isEmpty {
            lines.append(
                "<system-out>" + XMLText.escaped(warnings.map { $0.short(in: language) }.joined(separator: "\n"))
                    + "</system-out>")
        }
        return (lines + ["</testcase>"]).joined(separator: "\n") + "\n"
    }
}

package enum XMLText {
    /// Escapes text for elements and attributes; characters that XML 1.0 forbids become U+FFFD.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t", "\r": result += "&#\(scalar.value);"
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
