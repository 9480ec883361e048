import Kit

/// What the files of each kind may hold: `nudged import --help KIND` and the tables of docs/import.md are written from it.
package enum ImportGuide {
    /// One column of a kind.
    package struct Entry {
        package let column: Column
        package let isRequired: Bool
        /// The first Chinese name of the column, if it has one.
        let chinese: String?
        package let meaning: Bilingual
        package let example: String
    }

    /// In the order of product §4; the `items` of orders and carts are for NDJSON.
    package static func entries(_ kind: ImportKind) -> [Entry] {
        kind.columns.map { column in
            Entry(
                column: column, isRequired: kind.required.contains(column) || kind.either.contains(column),
                chinese: HeaderWords.names(of: column, in: kind).first { $0.unicodeScalars.contains(where: isHan) },
                meaning: meaning(column, kind), example: example(column, kind))
        }
    }

    private static func isHan(_ scalar: Unicode.Scalar) -> Bool { (0x4E00...0x9FFF).contains(scalar.value) }

    // MARK: pages

    /// For a terminal.
    package static func help(_ kind: ImportKind, in language: Language) -> String {
        let isEnglish = language == .english
        let entries = entries(kind)
        let names = entries.map { $0.column.rawValue + ($0.isRequired ? "*" : "") }
        let width = (names.map(Columns.width).max() ?? 0) + 2
        var lines = [
            isEnglish
                ? "Columns of `nudged import \(kind.rawValue) FILE`, in any order:"
                : "`nudged import \(kind.rawValue) 文件` 的列，顺序不限：",
            "",
        ]
        for (name, entry) in zip(names, entries) {
            let heading = isEnglish ? "" : entry.chinese.map { Columns.padded($0, 18) } ?? Columns.padded("", 18)
            let example = isEnglish ? "; e.g. \(entry.example)" : "；例：\(entry.example)"
            lines.append(
                "  \(Columns.padded(name, width))\(heading)\(entry.meaning.text(language))"
                    + (hasExample(entry, language) ? example : ""))
        }
        if kind == .members { lines.append("  " + Columns.padded("attr.NAME", width) + attributes.text(language)) }
        lines += ["", kind.either.isEmpty ? required.text(language) : either.text(language)]
        lines.append(
            isEnglish
                ? "Chinese headers are understood too: nudged import --help \(kind.rawValue) --lang zh-CN"
                : "英文列名和常见的中文列名都可以用；完整说明见 docs/import.zh-CN.md。")
        return lines.joined(separator: "\n")
    }

    /// In an English help only examples without Chinese are shown.
    private static func hasExample(_ entry: Entry, _ language: Language) -> Bool {
        !entry.example.isEmpty && (language == .chinese || !entry.example.unicodeScalars.contains(where: isHan))
    }

    /// The tables of all kinds in Markdown.
    package static func tables(in language: Language) -> String {
        ImportKind.allCases.map { table($0, language) }.joined(separator: "\n")
    }

    private static func table(_ kind: ImportKind, _ language: Language) -> String {
        let heads =
            language == .english
            ? "| column | Chinese header | what it holds | example |" : "| 列 | 中文列名 | 内容 | 例 |"
        var lines = ["### \(kind.rawValue)", "", heads, "|---|---|---|---|"]
        for entry in entries(kind) {
            let name = "`\(entry.column.rawValue)`" + (entry.isRequired ? "\\*" : "")
            let example = entry.example.isEmpty ? "" : "`\(entry.example)`"
            let meaning = entry.meaning.text(language).replacing("|", with: "\\|")
            lines.append("| \(name) | \(entry.chinese ?? "") | \(meaning) | \(example) |")
        }
        if kind == .members { lines.append("| `attr.NAME` | | \(attributes.text(language)) | `attr.shoe` |") }
        return (lines + [""]).joined(separator: "\n")
    }

    private static let required = Bilingual("* must be there, with a value in every row", "* 必须有这一列，每行都要填")
    private static let either = Bilingual(
        "* must be there, with a value in every row; of member_id and address one is enough",
        "* 必须有这一列，每行都要填；member_id 和 address 有一个即可")
    private static let attributes = Bilingual("a custom field of fields.yaml", "fields.yaml 里的自定义字段")

    // MARK: columns

    private static func meaning(_ column: Column, _ kind: ImportKind) -> Bilingual {
        if let own = special(column, kind) { return own }
        if let choices = kind.choices(column) { return choice(choices) }
        return switch column.type {
        case .id: Bilingual("an id or code, as text", "编号，按文本")
        case .name, .text: Bilingual("text", "文字")
        case .tier: Bilingual("a tier of settings.tiers, by id or name", "settings.tiers 里的等级，写编号或名称")
        case .choice, .bool: Bilingual("true or false", "true 或 false")
        case .channel: Bilingual("a channel of nudged.yaml; * for all", "nudged.yaml 里的渠道，* 表示全部")
        case .zone: Bilingual("a time zone", "时区")
        case .list: Bilingual("several, with ; , or | between them", "可以有多个，用 ; , 、 ， | 分隔")
        case .json: Bilingual("JSON", "JSON")
        case .openID: Bilingual("the id that the platform gave", "平台给的编号")
        case .phone: Bilingual("a mobile number", "手机号")
        case .email: Bilingual("an email address", "邮箱")
        case .address: Bilingual("a mobile number or an email address", "手机号或邮箱")
        case .money: Bilingual("yuan, at most two decimals", "金额（元），最多两位小数")
        case .whole: Bilingual("a whole number", "整数")
        case .yearly: Bilingual("a date, with or without the year", "日期，可以没有年份")
        case .instant: Bilingual("a date and time", "日期和时间")
        case .expiry: Bilingual("a date and time; a date alone lasts to the end of that day", "日期和时间；只写日期则到当天结束")
        }
    }

    /// Lists what a column takes, with a Chinese word for each.
    private static func choice(_ choices: ChoiceList) -> Bilingual {
        let chinese = choices.words.map { names in
            (names.first ?? "") + (names.first { $0.unicodeScalars.contains(where: isHan) }.map { "（\($0)）" } ?? "")
        }
        return Bilingual(
            choices.words.compactMap(\.first).joined(separator: ", "), chinese.joined(separator: "、"))
    }

    private static func special(_ column: Column, _ kind: ImportKind) -> Bilingual? {
        switch (kind, column) {
        case (.dates, .name): Bilingual("which day it is, as rules name it", "是什么日子，规则里用这个名字")
        case (.events, .name): Bilingual("the name of the event", "事件名")
        case (.events, .data): Bilingual("a JSON object", "JSON 对象")
        case (.orders, .items), (.carts, .items):
            Bilingual(
                "in NDJSON: a list of {sku, name, category, quantity, price}",
                "NDJSON 里的列表：{sku, name, category, quantity, price}")
        case (.points, .remaining): Bilingual("a whole number; default: points", "整数，默认等于 points")
        case (.orderItems, .quantity): Bilingual("a whole number; default 1", "整数，默认 1")
        case (.suppressions, .channel):
            Bilingual("a channel; default: all that use such an address", "渠道，默认所有使用这类地址的渠道")
        case (_, .textVersion):
            Bilingual("which version of the words was agreed to", "同意的是哪一版文本")
        case (_, .proof):
            Bilingual(
                "where it can be seen that it was said; a channel with double_opt_in counts a yes at once only with it",
                "同意的凭证在哪里；开启 double_opt_in 的渠道，有凭证的同意才立即生效")
        case (_, .guardian):
            Bilingual("true: a parent or guardian said it", "true 表示由监护人作出")
        case (.products, .pairsWith):
            Bilingual("skus or categories, with ; , or | between them", "商品编号或品类，用 ; , 、 ， | 分隔")
        default: nil
        }
    }

    private static func example(_ column: Column, _ kind: ImportKind) -> String {
        switch (kind, column) {
        case (.members, .id): "001"
        case (.stores, .id): "s1"
        case (.points, .id): "p1"
        case (.coupons, .id): "k1"
        case (.carts, .id): "c1"
        case (.events, .id): "e1"
        case (.orders, .id), (_, .orderID): "o1"
        case (.dates, .name): "wedding"
        case (.stores, .name): "南京路店"
        case (.events, .name): "store.visited"
        case (_, .name): "咖啡机"
        case (.orders, .status): "已支付"
        case (.carts, .state): "open"
        case (.coupons, .state): "未使用"
        case (_, .state): "同意"
        default: column.example
        }
    }
}
