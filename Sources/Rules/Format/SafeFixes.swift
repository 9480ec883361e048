/// Applies the fixes of findings (`Diagnostic.fix`) to the bytes of a file.
package enum SafeFixes {
    /// A fix can uncover another finding; this many rounds are enough for any file that people write.
    private static let rounds = 10

    /// Applies the fixes that do not overlap, and the first of two that do; each finding's edits go together or not at
    /// all. `diagnostics` are of this file.
    package static func apply(_ diagnostics: [Diagnostic], to bytes: [UInt8]) -> (bytes: [UInt8], count: Int) {
        var chosen: [Diagnostic.Edit] = []
        var count = 0
        for finding in diagnostics.inFileOrder() where !finding.fix.isEmpty {
            let edits = finding.fix
            let fits = edits.allSatisfy { edit in
                edit.start >= 0 && edit.start <= edit.end && edit.end <= bytes.count
                    && !chosen.contains { touches($0, edit) }
            }
            guard fits else { continue }
            chosen += edits
            count += 1
        }
        return (applied(chosen, to: bytes), count)
    }

    /// Fixes all files until `check` finds nothing more to fix. `allows` says which findings may be fixed.
    package static func settle(
        _ files: [YAMLFile], allows: (Diagnostic) -> Bool = { _ in true }, _ check: ([YAMLFile]) throws -> [Diagnostic]
    ) rethrows -> (files: [YAMLFile], counts: [String: Int]) {
        var files = files
        var counts: [String: Int] = [:]
        for _ in 0..<rounds {
            let found = Dictionary(grouping: try check(files).filter { !$0.fix.isEmpty && allows($0) }, by: \.span.file)
            if found.isEmpty { break }
            var progress = false
            for index in files.indices {
                guard let findings = found[files[index].path] else { continue }
                let (fixed, count) = applied(findings, to: files[index])
                guard count > 0, fixed.source.bytes != files[index].source.bytes else { continue }
                files[index] = fixed
                counts[files[index].path, default: 0] += count
                progress = true
            }
            if !progress { break }
        }
        return (files, counts)
    }

    /// Leaves out each fix that would write a key for the second time.
    private static func applied(_ findings: [Diagnostic], to file: YAMLFile) -> (file: YAMLFile, count: Int) {
        func duplicates(_ file: YAMLFile) -> Int { file.diagnostics.filter { $0.code == "R013" }.count }
        func result(_ findings: [Diagnostic]) -> (file: YAMLFile, count: Int) {
            let (bytes, count) = apply(findings, to: file.source.bytes)
            return (YAMLReader.read(bytes: bytes, path: file.path), count)
        }
        let whole = result(findings)
        guard duplicates(whole.file) > duplicates(file) else { return whole }
        var kept: [Diagnostic] = []
        for finding in findings where duplicates(result(kept + [finding]).file) <= duplicates(file) {
            kept.append(finding)
        }
        return result(kept)
    }

    /// Applies the edits from the end, so that the places of the others stay right. The edits must not overlap.
    static func applied(_ edits: [Diagnostic.Edit], to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for edit in edits.sorted(by: { $0.start > $1.start }) {
            bytes.replaceSubrange(edit.start..<edit.end, with: Array(edit.text.utf8))
        }
        return bytes
    }

    /// Two insertions at one place have no order, so they count as overlapping.
    private static func touches(_ a: Diagnostic.Edit, _ b: Diagnostic.Edit) -> Bool {
        a.start == b.start || (a.start < b.end && b.start < a.end)
    }
}
