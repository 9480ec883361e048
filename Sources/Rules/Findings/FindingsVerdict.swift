import Kit

/// The last line of a check.
package struct FindingsVerdict: Sendable, Hashable {
    package var errors: Int
    package var warnings: Int
    /// Files with at least one finding.
    package var filesWithFindings: Int
    package var files: Int

    package init(_ diagnostics: [Diagnostic], files: Int) {
        errors = diagnostics.count { $0.severity == .error }
        warnings = diagnostics.count - errors
        filesWithFindings = Set(diagnostics.map(\.span.file)).count
        self.files = files
    }

    /// `2 errors, 1 warning in 1 of 3 files.`
    package func line(_ language: Language = .english) -> String {
        if language == .chinese {
            if errors + warnings == 0 { return "\(files) 个文件，没有发现问题。" }
            return "\(errors) 个错误，\(warnings) 个警告，涉及 \(files) 个文件中的 \(filesWithFindings) 个。"
        }
        let all = files == 1 ? "1 file" : "\(files) files"
        var counts: [String] = []
        if errors > 0 { counts.append(errors == 1 ? "1 error" : "\(errors) errors") }
        if warnings > 0 { counts.append(warnings == 1 ? "1 warning" : "\(warnings) warnings") }
        return counts.isEmpty
            ? "no findings in \(all)." : "\(counts.joined(separator: ", ")) in \(filesWithFindings) of \(all)."
    }
}
