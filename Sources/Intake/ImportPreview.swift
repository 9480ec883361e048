import Kit
import Rules

/// What an import would make of a file: how it is read, which of its columns mean what, and its first rows.
package struct ImportPreview: Sendable {
    /// Rows that are shown.
    package static let mostShown = 5

    package let summary: ImportSummary
    private let mapping: [(name: String, meaning: Header.Meaning)]
    private var shown: [String] = []

    /// - Parameter summary: that names the encoding; its counts are those of rows that can be read.
    package init(_ records: RecordReader, _ summary: ImportSummary) {
        mapping = records.mapping
        self.summary = summary
    }

    private init(_ preview: ImportPreview, _ summary: ImportSummary) {
        (mapping, shown, self.summary) = (preview.mapping, preview.shown, summary)
    }

    /// With the counts of the whole file.
    package func counted(_ summary: ImportSummary) -> ImportPreview { ImportPreview(self, summary) }

    /// Adds one of the first rows as it would be stored; what reaches or names a person is masked.
    package mutating func add(
        _ record: ImportRecord, _ row: Result<RowBuilder, Rejection>, _ kind: ImportKind, in language: Language
    ) {
        guard shown.count < ImportPreview.mostShown else { return }
        switch row {
        case .failure(let rejection):
            let reason = rejection.sentence(in: language, showing: .masked)
            shown.append("\(record.number): " + (language == .english ? "rejected: \(reason)" : "拒绝：\(reason)"))
        case .success(let builder):
            let values = kind.columns.compactMap { column -> String? in
                guard let value = try? builder.shown(column, in: kind) else { return nil }
                return "\(column.rawValue)=\(value)"
            }
            let attributes = record.attributes.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
            let own = attributes.map { "attr.\($0.key)=\(Mask.value($0.value, of: $0.key))" }
            shown.append("\(record.number): " + (values + own).joined(separator: "  "))
        }
    }

    /// For a terminal.
    package func text(_ kind: ImportKind, in language: Language) -> String {
        let isEnglish = language == .english
        var lines = ["\(kind.rawValue)\(isEnglish ? ": " : "：")\(summary.reading(in: language, isWhole: true))"]
        lines.append(isEnglish ? "columns:" : "列：")
        let width = (mapping.map { Columns.width(Mask.heading($0.name)) }.max() ?? 0) + 2
        for (name, meaning) in mapping {
            let words: String =
                switch meaning {
                case .column(let column): "-> \(column.rawValue)"
                case .attribute(let name): "-> attr.\(name)"
                case .ignored: isEnglish ? "ignored" : "忽略"
                }
            lines.append("  " + Columns.padded(Mask.heading(name), width) + words)
        }
        lines.append(isEnglish ? "the first rows, as they would be read:" : "最前面几行会这样读：")
        lines += shown.map { "  " + $0 }
        lines += summary.notes.map { (isEnglish ? "note: " : "说明：") + $0 }
        let unseen = summary.firstReasons.filter { reason in
            !shown.contains { $0.prefix { $0 != ":" } == reason.prefix { $0 != ":" } }
        }
        lines += unseen.map { "  " + $0 }
        lines.append(
            isEnglish
                ? "\(summary.rows) rows: \(summary.accepted) can be read, \(summary.rejected) cannot; nothing was written"
                : "共 \(summary.rows) 行：可读 \(summary.accepted) 行，不可读 \(summary.rejected) 行；什么也没有写入")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension RowBuilder {
    /// The value of a cell as it would be stored, masked where it reaches or names a person; nil for an empty cell.
    /// Throws a `Rejection`.
    func shown(_ column: Column, in kind: ImportKind) throws -> String? {
        var cells = cells
        if let choices = kind.choices(column) {
            return try cells.text(column).flatMap { choices.canonical($0) }
        }
        switch column.type {
        case .id: return try cells.id(column).map(Mask.key)
        case .openID: return try cells.id(column).map(Mask.id)
        case .name where column.isPersonal: return try cells.name(column).map { "\($0.prefix(1))**" }
        case .name: return try cells.name(column).map(Mask.text)
        case .text, .choice, .bool, .zone: return try cells.text(column).map(Mask.text)
        case .tier: return try cells.id(column).map { tiers.id(of: $0) ?? Mask.text($0) }
        case .channel: return try cells.channel(column)
        case .list:
            return try cells.list(column).flatMap { $0.isEmpty ? nil : $0.map(Mask.text).joined(separator: ";") }
        case .json: return try cells.json(column).map { Mask.text($0.compactText) }
        case .phone: return try cells.phone().map(Mask.phone)
        case .email: return try cells.email().map(Mask.email)
        case .address: return try cells.address().map { Mask.address($0.text) }
        case .money: return try cells.money(column).map { "\($0 / 100).\(padded(Int($0 % 100), 2))" }
        case .whole: return try cells.whole(column).map { String($0) }
        case .yearly:
            let isBirthday = column == .birthday
            let date = try cells.yearly(
                column, calendar: isBirthday ? .birthdayCalendar : .calendar,
                leapMonth: isBirthday ? .birthdayLeapMonth : .leapMonth)
            return date.map { isBirthday ? "\($0.written.dropLast(2))**" : $0.written }
        case .instant: return try cells.instant(column).map { cells.times.zone.rfc3339($0) }
        case .expiry: return try cells.expiry(column).map { cells.times.zone.rfc3339($0) }
        }
    }
}
