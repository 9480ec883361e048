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
    /// Nil for files other than workbooks.
    package var sheet: ReadSheet?
    package var notes: [String] = []
    package var rejectedFile: String?
    /// Where the rejected rows could not be written; they are not kept then, and there is no `rejectedFile`.
    package var unwrittenFile: String?
    /// The first few rejections, for people: record number and reason.
    package var firstReasons: [String] { Array(reasons.prefix(5)) }
    /// The same, as many as are shown where no file has them.
    private var reasons: [String] = []

    /// Of a file of which no row was read yet.
    package init(of file: OpenedFile, _ records: RecordReader) {
        (encoding, isNDJSON, sheet) = (file.encoding, file.isNDJSON, file.sheet)
        header = records.headerPlace
    }

    /// Counts a row that cannot be taken; of the first few it keeps the reason.
    package mutating func reject(_ number: Int, _ reason: Rejection, in language: Language) {
        rejected += 1
        if reasons.count < 20 {
            reasons.append("\(number): \(reason.sentence(in: language, showing: .masked))")
        }
    }

    /// Sentences for a terminal.
    package func text(_ kind: ImportKind, in language: Language) -> String {
        let format = reading(in: language)
        var lines: [String] = []
        switch language {
        case .english:
            let counts = "\(rows) rows, \(accepted) accepted (\(unchanged) unchanged), \(rejected) rejected"
            lines.append("\(kind.rawValue): \(counts) (\(format))")
        case .chinese:
            let counts = "共 \(rows) 行，导入 \(accepted) 行（其中 \(unchanged) 行无变化），拒绝 \(rejected) 行"
            lines.append("\(kind.rawValue)：\(counts)（\(format)）")
        }
        lines += notes.map { (language == .english ? "note: " : "说明：") + $0 }
        if unwrittenFile == nil { lines += firstReasons.map { "  " + $0 } }
        if let rejectedFile {
            lines.append((language == .english ? "rejected rows: " : "被拒绝的行：") + rejectedFile)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The reasons, and what to do, where the rejected rows could not be written; nil otherwise.
    package func lossText(in language: Language) -> String? {
        guard let unwrittenFile else { return nil }
        let more = rejected - reasons.count
        var lines = reasons.map { "  " + $0 }
        switch language {
        case .english:
            lines.insert("\(unwrittenFile) cannot be written: the rejected rows are in no file; their reasons:", at: 0)
            if more > 0 { lines.append("  and \(more) more") }
            lines.append(
                "to have them all in a file, copy the imported file to a folder where this user may write, "
                    + "and import it there")
        case .chinese:
            lines.insert("无法写入 \(unwrittenFile)，被拒绝的行没有存成文件；原因如下：", at: 0)
            if more > 0 { lines.append("  另有 \(more) 行") }
            lines.append("要把它们全部存成文件，请把导入的文件复制到当前用户可写的目录，再导入一次")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// How the file was read: its kind and encoding or sheet, and the separator and the line of the header, where they
    /// are not what everyone expects or `isWhole`.
    package func reading(in language: Language, isWhole: Bool = false) -> String {
        var words = [isNDJSON ? "NDJSON" : "CSV", encoding.rawValue]
        if let sheet {
            let name = Mask.heading(sheet.name)
            words = ["XLSX", language == .english ? "sheet \(name)" : "工作表 \(name)"]
        }
        return (words + headerReading(in: language, isWhole: isWhole)).joined(
            separator: language == .english ? ", " : "，")
    }

    private func headerReading(in language: Language, isWhole: Bool) -> [String] {
        guard let header else { return [] }
        var words: [String] = []
        if sheet == nil, isWhole || header.separator != UInt8(ascii: ",") {
            let name = header.separatorName(in: language)
            words.append(language == .english ? "separated by \(name)" : "以\(name)分隔")
        }
        if isWhole || header.line > 1 {
            words.append(language == .english ? "header in line \(header.line)" : "表头在第 \(header.line) 行")
        }
        return words
    }
}
