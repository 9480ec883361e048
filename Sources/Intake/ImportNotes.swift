import Kit
import Rules

/// Notes for the reader of the summary, gathered row by row.
package struct ImportNotes {
    var unknown: [String] = []
    package var outdone: [String] = []
    package var bareDates: [Column: Int] = [:]
    package var sheet: ReadSheet?
    package var superseded = 0
    package var refusedGrants = 0
    /// The empty cells of rows that the store had already.
    package var keptBlanks = 0
    private var birthdays = BirthdayCensus()
    private var placeholders: [RecurringDate: Int] = [:]
    private var unknownTiers: [String: Int] = [:]
    private var ahead: [Column: Int] = [:]

    package init() {}

    /// Counts a row that was read.
    package mutating func add(_ row: IntakeRow, _ builder: RowBuilder, at now: Instant) {
        if let column = row.ahead(of: now) { ahead[column, default: 0] += 1 }
        for column in builder.cells.bareDates { bareDates[column, default: 0] += 1 }
        let remarks = builder.remarks
        if case .member(let member) = row, let birthday = member.birthday { birthdays.add(birthday) }
        if let placeholder = remarks.placeholder { placeholders[placeholder, default: 0] += 1 }
        if let tier = remarks.unknownTier, unknownTiers.count < 1000 || unknownTiers[tier] != nil {
            unknownTiers[tier, default: 0] += 1
        }
    }

    package mutating func addUnknown(_ names: [String]) {
        for name in names where unknown.count < 100 && !unknown.contains(name) { unknown.append(name) }
    }

    /// - Parameter rows: how many the file has.
    package func sentences(in language: Language, rows: Int) -> [String] {
        reading(in: language) + values(in: language, rows: rows) + writing(in: language)
    }

    /// How columns and times were read.
    private func reading(in language: Language) -> [String] {
        var notes: [String] = []
        let isEnglish = language == .english
        if let others = sheet?.others, !others.isEmpty {
            let names = others.map(Mask.heading).joined(separator: isEnglish ? ", " : "、")
            notes.append(
                isEnglish
                    ? "the workbook has other sheets, which were not read: \(names); --sheet NAME reads one"
                    : "工作簿里还有工作表没有读取：\(names)；用 --sheet 名称 读取")
        }
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
        return notes
    }

    /// What is odd about values that were taken.
    private func values(in language: Language, rows: Int) -> [String] {
        let isEnglish = language == .english
        var notes = placeholders.sorted { $0.key.written < $1.key.written }.map { day, count in
            isEnglish
                ? "birthday: \(day.written) in \(count) rows stands for an unknown birthday and counts as missing"
                : "birthday：\(count) 行的 \(day.written) 是未知生日的占位，按没有填写处理"
        }
        notes += ahead.sorted { $0.key.rawValue < $1.key.rawValue }.map { column, count in
            isEnglish
                ? "\(column.rawValue): \(count) rows lie ahead of now and count from then on; is a time zone or a year wrong?"
                : "\(column.rawValue)：\(count) 行的时间在将来，到时才生效；是不是时区或年份写错了？"
        }
        notes += birthdays.shared(among: rows).map { day, count in
            isEnglish
                ? "birthday: \(count) of \(rows) rows have \(day); if it stands for an unknown birthday, empty those cells and import with --blank clear"
                : "birthday：\(rows) 行中有 \(count) 行是 \(day)；如果它代表未知生日，请清空这些单元格，用 --blank clear 再导入"
        }
        if !unknownTiers.isEmpty {
            let sorted = unknownTiers.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let names = sorted.prefix(10).map { "\(Mask.heading($0.key)) (\($0.value))" }
            let rest = sorted.count > 10 ? (isEnglish ? " and others" : " 等") : ""
            let list = names.joined(separator: isEnglish ? ", " : "、") + rest
            notes.append(
                isEnglish
                    ? "tier: settings.tiers do not have \(list); taken as written"
                    : "tier：settings.tiers 里没有 \(list)，按原文保存")
        }
        return notes
    }

    /// What became of rows and cells.
    private func writing(in language: Language) -> [String] {
        var notes: [String] = []
        let isEnglish = language == .english
        if keptBlanks > 0 {
            notes.append(
                isEnglish
                    ? "\(keptBlanks) empty cells kept what is stored; --blank clear empties it"
                    : "\(keptBlanks) 个空单元格保留了已有的值；要清空请加 --blank clear")
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
