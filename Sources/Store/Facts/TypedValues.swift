import Kit
import Rules

/// SQL functions that read a cell of unknown type as the type a rule expects, so that it means the same to the scan,
/// the gates and the templates. A cell that does not fit becomes NULL, that is, missing.
enum TypedValues {
    static let functions = [attribute, derived, text, number]

    /// `nudged_attribute(value, stored type, declared type, zone)`: a custom attribute. Without a stored type the value
    /// is as a file wrote it; the zone is for a time without one.
    private static let attribute = SQLFunction("nudged_attribute", 4) { cells in
        guard let text = String.read(cells[0]), let declared = type(cells[2]),
            let zone = String.read(cells[3]).flatMap(Zone.init(named:))
        else { return nil }
        return AttributeValue(text: text, type: type(cells[1])).value(as: declared, in: zone)?.cell
    }

    /// `nudged_derived(value, type)`: the result of SQL in fields.yaml.
    private static let derived = SQLFunction("nudged_derived", 2) { cells in
        type(cells[1]).flatMap { Value(derived: cells[0], type: $0) }?.cell
    }

    /// `nudged_text(value)` and `nudged_number(value)`: a value of event data as the two kinds of test compare it.
    private static let text = SQLFunction("nudged_text", 1) { cells in
        Value(cells[0], type: .any)?.plainText
    }
    private static let number = SQLFunction("nudged_number", 1) { cells in
        Value(cells[0], type: .any)?.plainNumber
    }

    private static func type(_ cell: SQLValue) -> FieldType? {
        String.read(cell).flatMap(FieldType.init(rawValue:))
    }
}

extension Value {
    /// The value as statements compare it: fen, days or microseconds since 1970, 1 or 0, items joined by U+001F.
    fileprivate var cell: any SQLBindable {
        switch self {
        case .text(let text): text
        case .number(let number): number
        case .money(let fen): fen
        case .date(let date): date.days
        case .instant(let instant): instant.micros
        case .bool(let flag): flag ? 1 : 0
        case .list(let items): items.joined(separator: "\u{1F}")
        }
    }

    /// The SQL of a field may give numbers as text, dates as `2026-03-08`, instants in RFC 3339, `true` and `false` as
    /// words, and lists as JSON; amounts are fen. Nil is missing.
    fileprivate init?(derived cell: SQLValue, type: FieldType) {
        switch (type, cell) {
        case (.number, .text(let text)):
            guard let number = WrittenNumber.decimal(text).flatMap({ Double($0) }) else { return nil }
            self = .number(number)
        case (.money, .real(let fen)):
            guard let whole = Int64(exactly: fen.rounded()) else { return nil }
            self = .money(whole)
        case (.instant, .text(let text)):
            guard let instant = Instant(rfc3339: text) else { return nil }
            self = .instant(instant)
        case (.bool, .text), (.list, .text):
            guard case .text(let text) = cell, type == .bool || text.hasPrefix("[") else {
                self.init(cell, type: type)
                return
            }
            guard let value = AttributeValue(text, as: type, in: .utc)?.value(as: type, in: .utc) else { return nil }
            self = value
        case (.bool, .int(let flag)):
            guard flag == 0 || flag == 1 else { return nil }
            self = .bool(flag == 1)
        default: self.init(cell, type: type)
        }
    }

    /// Reads a column of the store, or a result of `nudged_attribute` or `nudged_derived`. Nil is missing; so is a
    /// value that does not fit its type.
    init?(_ cell: SQLValue, type: FieldType) {
        switch (type, cell) {
        case (_, .null), (_, .blob): return nil
        case (.text, .text(let text)), (.code, .text(let text)), (.any, .text(let text)): self = .text(text)
        case (.text, .int(let n)), (.code, .int(let n)): self = .text(String(n))
        case (.text, .real(let d)), (.code, .real(let d)): self = .text(numberText(d))
        case (.any, .int(let n)): self = n.magnitude <= 1 << 53 ? .number(Double(n)) : .text(String(n))
        case (.number, .int(let n)): self = .number(Double(n))
        case (.number, .real(let d)), (.any, .real(let d)):
            guard d.isFinite else { return nil }
            self = .number(d)
        case (.money, .int(let fen)): self = .money(fen)
        case (.date, .int(let days)):
            // The years 1 to 9999: beyond them there is no date to print.
            guard (-719_162...2_932_896).contains(days) else { return nil }
            self = .date(LocalDate(days: Int(days)))
        case (.date, .text(let text)):
            // The key of a birthday without a year: it is not missing, but is no date to compare or print.
            if let yearly = RecurringDate(key: text, year: nil) {
                self = .text("--\(padded(yearly.month, 2))-\(padded(yearly.day, 2))")
                return
            }
            guard let date = LocalDate(text: text) else { return nil }
            self = .date(date)
        case (.instant, .int(let micros)): self = .instant(Instant(micros: micros))
        case (.bool, .int(let flag)): self = .bool(flag != 0)
        case (.list, .text(let joined)):
            self = .list(joined.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init))
        case (.number, .text), (.money, .text), (.money, .real), (.date, .real), (.instant, .text),
            (.instant, .real), (.bool, .text), (.bool, .real), (.list, .int), (.list, .real):
            return nil
        }
    }
}
