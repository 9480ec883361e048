import Kit

/// The value of a custom attribute as the store keeps it: the canonical text of its declared type. Without a type it is
/// the text that a file had, from a version or an import that did not know what was declared.
package struct AttributeValue: Hashable, Sendable {
    package var text: String
    package var type: FieldType?

    package init(text: String, type: FieldType?) {
        self.text = text
        self.type = type
    }

    /// Reads the text that a file, a fixture or an old store has; nil where it does not fit the type.
    /// - Parameter zone: The zone of times that have none of their own.
    package init?(_ typed: String, as type: FieldType, in zone: Zone) {
        guard let text = AttributeValue.canonical(typed, type, zone) else { return nil }
        self.init(text: text, type: type)
    }

    /// The canonical text: `true`, `2026-03-08`, microseconds since 1970, fen, a decimal, a JSON list; text as it is.
    private static func canonical(_ typed: String, _ type: FieldType, _ zone: Zone) -> String? {
        let bare = RowID.canonical(Width.folded(typed))
        switch type {
        case .text, .code, .any: return typed
        case .number: return WrittenNumber.decimal(typed)
        case .money: return WrittenNumber.decimal(typed).flatMap(Decimal2.hundredths).map { String($0) }
        case .bool: return yes.contains(bare.lowercased()) ? "true" : no.contains(bare.lowercased()) ? "false" : nil
        case .date:
            guard !WrittenDate.isSerial(bare), let (parts, rest) = WrittenDate.front(of: bare),
                WrittenDate.isMidnight(rest)
            else { return nil }
            return LocalDate(parts.year, parts.month, parts.day)?.text
        case .instant: return instant(bare, zone).map { String($0.micros) }
        case .list: return items(typed).map { StrictJSON.array($0.map { .string($0) }).compactText }
        }
    }

    package static let yes: Set<String> = ["true", "yes", "y", "1", "是", "有", "有货", "对"]
    package static let no: Set<String> = ["false", "no", "n", "0", "否", "无", "缺货", "无货", "没有"]

    /// A bare date is its 00:00.
    private static func instant(_ text: String, _ zone: Zone) -> Instant? {
        guard !WrittenDate.isSerial(text), let (parts, rest) = WrittenDate.front(of: text),
            let date = LocalDate(parts.year, parts.month, parts.day)
        else { return nil }
        if rest.isEmpty { return zone.startOfDay(date) }
        return WrittenDate.time(rest).flatMap { TimePoint(text: "\(date.text)T\($0)") }?.instant(in: zone)
    }

    /// The items of a JSON list of texts, numbers and booleans, or of a text with one of `; , 、 |` between them, full
    /// width too; none of them is empty. Nil for JSON that is no such list.
    package static func items(_ typed: String) -> [String]? {
        var items: [String] = []
        if typed.first(where: { !$0.isWhitespace }) == "[" {
            guard case .array(let elements)? = try? StrictJSON(parsing: typed) else { return nil }
            for element in elements {
                guard let text = element.scalarText else { return nil }
                items.append(text)
            }
        } else {
            items = typed.split { ";；,，、|｜".contains($0) }.map(String.init)
        }
        let bare = items.map(RowID.canonical).filter { !$0.isEmpty }
        return bare.contains { $0.utf8.contains(0x1F) } ? nil : bare
    }

    /// The value as a rule reads it under a type, which may have changed since it was stored. Nil, which is missing,
    /// where it does not fit, and for a list without items.
    package func value(as declared: FieldType, in zone: Zone) -> Value? {
        guard type == declared else {
            return AttributeValue(written, as: declared, in: zone)?.value(as: declared, in: zone)
        }
        switch declared {
        case .text, .code, .any: return .text(text)
        case .number: return Decimal2.isDecimal(text) ? Double(text).map { .number($0) } : nil
        case .money: return Int64(text).map { .money($0) }
        case .bool: return text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        case .date: return LocalDate(text: text).map { .date($0) }
        case .instant: return Int64(text).map { .instant(Instant(micros: $0)) }
        case .list:
            guard case .array(let elements)? = try? StrictJSON(parsing: text), !elements.isEmpty else { return nil }
            return .list(elements.compactMap(\.scalarText))
        }
    }

    /// The text as a person would write it, to be read under another type.
    private var written: String {
        switch type {
        case .money: Int64(text).map { moneyText($0) } ?? text
        case .instant: Int64(text).map { Instant(micros: $0).utcText } ?? text
        default: text
        }
    }
}

extension FieldType {
    /// A description of a value of the type, for the author of one that does not fit.
    package var wanted: (english: String, chinese: String) {
        switch self {
        case .text, .code, .any: ("text", "文本")
        case .number: ("a number such as 38 or 38.5", "数字，应写作 38 或 38.5")
        case .money: ("an amount in yuan such as 1299.00", "以元为单位的金额，应写作 1299.00")
        case .date: ("a date such as 2026-03-08", "日期，应写作 2026-03-08")
        case .instant: ("a date and time such as 2026-03-08 14:30", "时间，应写作 2026-03-08 14:30")
        case .list: ("a list such as nuts;milk", "列表，应写作 坚果；牛奶")
        case .bool: ("true or false", "true 或 false")
        }
    }
}
