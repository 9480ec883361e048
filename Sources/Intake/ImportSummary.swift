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
    package var notes: [String] = []
    package var rejectedFile: String?
    /// The first few rejections, for people: record number and reason.
    package var firstReasons: [String] = []

    package init(encoding: TextEncoding, isNDJSON: Bool) { (self.encoding, self.isNDJSON) = (encoding, isNDJSON) }

    /// Sentences for a terminal.
    package func text(_ kind: ImportKind, in language: Language) -> String {
        let format = "(\(isNDJSON ? "NDJSON" : "CSV"), \(encoding.rawValue))"
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
}

/// Notes for the reader of the summary, gathered row by row.
package struct ImportNotes {
    var unknown: [String] = []
    package var outdone: [String] = []
    package var bareDates: [Column: Int] = [:]
    package var superseded = 0
    package var refusedGrants = 0

    package init() {}

    package mutating func addUnknown(_ names: [String]) {
        for name in names where unknown.count < 100 && !unknown.contains(name) { unknown.append(name) }
    }

    package func sentences(in language: Language) -> [String] {
        var notes: [String] = []
        let isEnglish = language == .english
        if !unknown.isEmpty {
            let names = unknown.map(Mask.heading).joined(separator: isEnglish ? ", " : "、")
            notes.append(isEnglish ? "columns without a meaning here were ignored: \(names)" : "以下列未被识别，已忽略：\(names)")
        }
        if !outdone.isEmpty {
            let names = outdone.map(Mask.heading).joined(separator: isEnglish ? ", " : "、")
            notes.append(
                isEnglish ? "ignored for a better column of the same meaning: \(names)" : "已有更合适的同义列，忽略：\(names)")
        }
        for (column, count) in bareDates.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            notes.append(
                isEnglish
                    ? "\(column.rawValue): \(count) dates without a time were read as 00:00"
                    : "\(column.rawValue)：\(count) 个日期没有时间，按 00:00 处理")
        }
        if superseded > 0 {
            notes.append(
                isEnglish
                    ? "\(superseded) rows were replaced by a later row with the same id"
                    : "\(superseded) 行被后面同一编号的行取代")
        }
        if refusedGrants > 0 {
            notes.append(
                isEnglish
                    ? "\(refusedGrants) grants without a date, or dated like the withdrawal, were not applied: the withdrawal holds"
                    : "\(refusedGrants) 条同意没有日期（或与撤回同一时刻），未生效：以撤回为准")
        }
        return notes
    }
}
