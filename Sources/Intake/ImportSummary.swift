import Kit

/// The result of importing a file.
package struct ImportSummary: Sendable, Equatable {
    package var rows = 0
    package var accepted = 0
    package var rejected = 0
    /// The accepted rows that the store held already.
    package var unchanged = 0
    package var encoding: TextEncoding
    package var isNDJSON: Bool
    /// Nil for NDJSON.
    package var header: HeaderPlace?
    package var notes: [String] = []
    package var rejectedFile: String?
    /// The first few rejections, for people: record number and reason.
    package var firstReasons: [String] = []

    package init(encoding: TextEncoding, isNDJSON: Bool) { (self.encoding, self.isNDJSON) = (encoding, isNDJSON) }

    /// Sentences for a terminal.
    package func text(_ kind: ImportKind, in language: Language) -> String {
        let format =
            "(\(([isNDJSON ? "NDJSON" : "CSV", encoding.rawValue] + reading(in: language)).joined(separator: ", ")))"
        var lines: [String] = []
        switch language {
        case .english:
            let counts = "\(rows) rows, \(accepted) accepted (\(unchanged) unchanged), \(rejected) rejected"
            lines.append("\(kind.rawValue): \(counts) \(format)")
        case .chinese:
            let counts = "共 \(rows) 行，导入 \(accepted) 行（其中 \(unchanged) 行无变化），拒绝 \(rejected) 行"
            lines.append("\(kind.rawValue)：\(counts) \(format)")
        }
        lines += notes.map { (language == .english ? "note: " : "说明：") + $0 }
        lines += firstReasons.map { "  " + $0 }
        if let rejectedFile {
            lines.append((language == .english ? "rejected rows: " : "被拒绝的行：") + rejectedFile)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The separator and the line of the header, where they are not what everyone expects.
    private func reading(in language: Language) -> [String] {
        guard let header else { return [] }
        var words: [String] = []
        if header.separator != UInt8(ascii: ",") {
            let name = header.separatorName(in: language)
            words.append(language == .english ? "separated by \(name)" : "以\(name)分隔")
        }
        if header.line > 1 {
            words.append(language == .english ? "header in line \(header.line)" : "表头在第 \(header.line) 行")
        }
        return words
    }
}
