import Kit
import Rules
import Store

/// One person's data for an operator's eyes: a page, or JSON with stable keys. Addresses are masked wherever they stand,
/// unless they are revealed.
package struct PersonWording {
    private let speech: Speech
    private let isRevealed: Bool

    package init(speech: Speech, isRevealed: Bool) { (self.speech, self.isRevealed) = (speech, isRevealed) }

    // MARK: JSON

    /// The whole record: `profile` is one object or null, tables of one column are lists of values, the others of objects.
    package func json(_ record: PersonRecord, at now: Instant) -> JSONText {
        .object(
            [
                .init("member", .text(key(record.member))), .init("at", .text(speech.time(now))),
                .init("masked", .bool(!isRevealed)),
            ] + tables(record))
    }

    /// The same without the time, for a record that is the same until it changes.
    package func profile(_ record: PersonRecord) -> JSONText {
        .object(
            [.init("member", .text(key(record.member))), .init("masked", .bool(!isRevealed))] + tables(record))
    }

    private func tables(_ record: PersonRecord) -> [JSONText.Member] {
        record.tables.map { table in
            let rows = rows(table)
            return .init(table.key, table.key == "profile" ? rows.first ?? .null : .list(rows))
        }
    }

    /// The rows of a table.
    package func rows(_ table: PersonRecord.Table) -> [JSONText] { table.rows.map { row(of: $0, table.columns) } }

    private func row(of cells: [SQLValue], _ columns: [PersonRecord.Column]) -> JSONText {
        if let only = columns.first, columns.count == 1 { return value(cells[0], only.kind) }
        return .object(zip(columns, cells).map { JSONText.Member($0.name, value($1, $0.kind)) })
    }

    private func value(_ cell: SQLValue, _ kind: PersonRecord.Kind) -> JSONText {
        switch (cell, kind) {
        case (.null, _): .null
        case (.int(let number), .instant) where PersonWording.isNoDate(number): .null
        case (.int(let number), .instant): .text(speech.time(Instant(micros: number)))
        case (.int(let number), .money): .number(Double(number) / 100)
        case (.int(let number), .flag), (.int(let number), .mark): .bool(number != 0)
        case (.int(let number), _): .int(Int(number))
        case (.real(let number), _): .number(number)
        case (.text(let text), .json):
            (try? StrictJSON(parsing: text)).map { JSONText($0, shown: prose) } ?? .text(prose(text))
        case (.text(let text), _): .text(shown(text, kind))
        case (.blob(let bytes), _): .text("\(bytes.count) bytes")
        }
    }

    /// What was said without a date is stored at the beginning of time, and what ended that a moment later.
    private static func isNoDate(_ micros: Int64) -> Bool {
        micros < Instant.distantPast.adding(micros: 1_000_000).micros
    }

    private func shown(_ text: String, _ kind: PersonRecord.Kind) -> String {
        if isRevealed { return text }
        return switch kind {
        case .phone: Mask.address(text, as: .phone)
        case .email: Mask.address(text, as: .email)
        case .id: Mask.address(text, as: .id)
        case .address: Mask.address(text)
        case .key: Mask.key(text)
        case .text, .prose, .json, .instant, .money, .number, .flag, .yearly, .mark: Mask.text(text)
        }
    }

    private func prose(_ text: String) -> String { shown(text, .prose) }
    private func key(_ text: String) -> String { shown(text, .key) }

    // MARK: a page

    /// What stands on its own pages: `deliveries show`.
    private static let leftOut: Set = ["attempts", "receipts", "links"]

    package func page(_ record: PersonRecord) -> String {
        var lines = ["\(speech.say("member", "会员"))  \(key(record.member))"]
        for table in record.tables where !table.rows.isEmpty && !PersonWording.leftOut.contains(table.key) {
            if table.key == "profile" {
                lines += profile(table)
            } else {
                lines.append(heading(table.key))
                lines += table.rows.map { "  " + line($0, table.columns) }
            }
        }
        return lines.joined(separator: "\n")
    }

    private func profile(_ table: PersonRecord.Table) -> [String] {
        zip(table.columns, table.rows[0]).dropFirst().compactMap { column, cell in
            guard !cell.isNull else { return nil }
            return "  \(label(column.name))\(speech.say(": ", "："))\(spoken(cell, column))"
        }
    }

    private func line(_ cells: [SQLValue], _ columns: [PersonRecord.Column]) -> String {
        zip(columns, cells).compactMap { column, cell in
            switch (cell, column.kind) {
            case (.null, _): nil
            case (.int(let number), .instant) where PersonWording.isNoDate(number): speech.say("no date", "无日期")
            case (.int(let number), .mark): number == 0 ? nil : label(column.name)
            default: spoken(cell, column)
            }
        }.joined(separator: "  ")
    }

    /// What stands in one cell of a page.
    private func spoken(_ cell: SQLValue, _ column: PersonRecord.Column) -> String {
        switch (cell, column.kind) {
        case (.text(let word), .text): StoredWords.cell(word, in: column.name, speech.language)
        case (.text(let key), .yearly): RecurringDate(key: key).map(yearly) ?? key
        case (.int(let flag), .flag): flag == 0 ? speech.say("false", "否") : speech.say("true", "是")
        default: value(cell, column.kind).plain
        }
    }

    /// `03-10`; of the lunar calendar `lunar month 6 day 30`, `农历六月三十`.
    private func yearly(_ date: RecurringDate) -> String {
        guard date.calendar == .lunar else { return "\(padded(date.month, 2))-\(padded(date.day, 2))" }
        let day = Phrases(language: speech.language).lunarDay(date.month, date.day, isLeap: date.leapMonth)
        return speech.say("lunar \(day)", "农历\(day)")
    }

    private func heading(_ key: String) -> String {
        speech.language == .chinese ? PersonWording.heading(key, .chinese) : key.replacing("_", with: " ")
    }

    private func label(_ column: String) -> String {
        PersonWording.label(column, speech.language).replacing("_", with: " ")
    }

    /// A table of the store; in English its own name.
    static func heading(_ key: String, _ language: Language) -> String {
        language == .chinese ? headings[key] ?? key : key
    }

    /// A column of a member; in English its own name.
    static func label(_ column: String, _ language: Language) -> String {
        if column == "birthday_key", language == .english { return "birthday" }
        return language == .chinese ? labels[column] ?? column : column
    }

    private static let headings = [
        "tags": "标签", "attributes": "自定义属性", "overrides": "指定值", "dates": "日期", "experiments": "实验分组",
        "merged": "合并进来的编号",
        "consents": "同意", "consents_of_address": "名单里对其地址的同意", "consent_requests": "等待确认的同意",
        "personalisation_choices": "对个性化的选择",
        "suppressions": "禁止联系",
        "suppressions_of_address": "名单里对其地址的禁止联系", "orders": "订单", "order_items": "订单明细", "carts": "购物车",
        "points": "积分", "coupons": "优惠券", "events": "事件", "quarantine": "未被接受的事件", "waits": "等待", "tasks": "员工待办",
        "decisions": "决定",
        "deliveries": "投递",
    ]

    private static let labels = [
        "display_name": "称呼", "gender": "性别", "status": "状态", "tier": "等级", "birthday_key": "生日",
        "birthday_year": "出生年份", "registered_at": "注册时间", "phone": "手机号", "email": "邮箱",
        "wechat_openid": "微信 openid", "wecom_external_userid": "企业微信客户", "city": "城市", "region": "地区",
        "store_id": "门店", "advisor": "顾问", "language": "语言", "timezone": "时区", "preferred_channel": "首选渠道",
        "personalisation": "个性化", "guardian": "监护人",
    ]

    // MARK: consents

    private static let consentTables = [
        "consents", "consents_of_address", "consent_requests", "personalisation_choices", "suppressions",
        "suppressions_of_address",
    ]

    package func consents(_ record: PersonRecord) -> [String] {
        PersonWording.consentTables.flatMap { name -> [String] in
            guard let table = record[name], !table.rows.isEmpty else { return [] }
            return [heading(name)] + table.rows.map { "  " + line($0, table.columns) }
        }
    }

    /// One object a line, with the table that it is from.
    package func consentLines(_ record: PersonRecord) -> [JSONText] {
        PersonWording.consentTables.flatMap { name -> [JSONText] in
            guard let table = record[name] else { return [] }
            return table.rows.map { cells in
                .object(
                    [.init("table", .text(name))]
                        + zip(table.columns, cells).map { JSONText.Member($0.name, value($1, $0.kind)) })
            }
        }
    }
}

/// Words for an erasure.
package struct ErasureWording {
    private let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    package func question(_ member: String) -> String {
        let shown = Mask.key(member)
        return speech.say(
            "erase everything personal of \(shown)? This cannot be undone.", "删除 \(shown) 的全部个人信息？此操作无法撤销。")
    }

    package func page(_ erasure: Erasure) -> String {
        var lines = [
            speech.say(
                "erased: \(erasure.rows) rows; \(erasure.decisions) decisions stay as figures without a person",
                "已删除：\(erasure.rows) 行；\(erasure.decisions) 个决定只作为不含个人信息的数字保留"),
            speech.say(
                "cancelled: \(erasure.cancelled) deliveries; being handed over at this moment: \(erasure.underWay)",
                "已取消：\(erasure.cancelled) 条投递；此刻正在交出：\(erasure.underWay)"),
        ]
        if erasure.othersWithAddress > 0 {
            lines.append(
                speech.say(
                    "\(erasure.othersWithAddress) other members have an address of theirs: nothing is sent there until a new consent",
                    "另有 \(erasure.othersWithAddress) 位会员使用其地址：有新的同意之前不再向该地址发送"))
        }
        if erasure.redacted > 0 {
            lines.append(
                speech.say(
                    "events of others, or not taken, that named an address of theirs: \(erasure.redacted), without it now",
                    "别人的或未被接受的事件里有其地址的：\(erasure.redacted) 个，地址已去掉"))
        }
        if !erasure.isLogEmpty {
            lines.append(
                speech.say(
                    "the write-ahead log is in use and holds pages from before: the daemon empties it when it is idle",
                    "预写日志正在使用，仍含之前的数据页：守护进程空闲时会清空"))
        } else if erasure.residue > 0 {
            lines.append(
                erasure.residueIn.isEmpty
                    ? speech.say(
                        "\(erasure.residue) values still stand in unused parts of the file: stop the daemon, and write it anew by SQLite's `VACUUM`",
                        "文件的空闲部分仍有 \(erasure.residue) 个值：请停掉守护进程，用 SQLite 的 `VACUUM` 重写文件")
                    : speech.say(
                        "\(erasure.residue) values still stand in rows of others (\(erasure.residueIn.joined(separator: ", "))), which were left as they are",
                        "别人的行里仍有 \(erasure.residue) 个值（\(erasure.residueIn.joined(separator: "、"))），没有改动"))
        }
        lines.append(
            speech.say(
                "older backups still have them; `nudged restore` erases them again by the journal beside the store",
                "更早的备份里仍有其信息；`nudged restore` 会按数据库旁的删除记录再次删除"))
        return lines.joined(separator: "\n")
    }

    package func json(_ erasure: Erasure) -> JSONText {
        .object([
            "erased": .bool(true), "rows": .int(erasure.rows), "decisions": .int(erasure.decisions),
            "cancelled": .int(erasure.cancelled), "under_way": .int(erasure.underWay),
            "others_with_address": .int(erasure.othersWithAddress), "log_empty": .bool(erasure.isLogEmpty),
            "redacted": .int(erasure.redacted), "residue": .int(erasure.residue),
            "residue_in": .list(erasure.residueIn.map(JSONText.text)),
        ])
    }
}
