import Kit

/// The type of a field, a placeholder or a custom attribute.
package enum FieldType: String, Sendable, Hashable {
    case text, code, number, money, date, instant, list, bool
    /// A key of event data, whose type only the data knows: it compares as a number with numbers, else as text.
    case any
}

/// A value of a field at an instant. "Missing" is an absent value, written as `Value?` = nil everywhere.
package enum Value: Hashable, Sendable {
    case text(String)
    case number(Double)
    /// Integer fen.
    case money(Int64)
    case date(LocalDate)
    case instant(Instant)
    case list([String])
    case bool(Bool)
}

extension Value {
    /// A value of event data as text, numbers as they are printed; nil for the other types.
    package var plainText: String? {
        switch self {
        case .text(let text): text
        case .number(let number): numberText(number)
        case .bool(let flag): flag ? "true" : "false"
        case .money, .date, .instant, .list: nil
        }
    }

    /// A value of event data as a number, read as fields read amounts: `"899"`, `"¥899"`, `"1,299.00"`; nil for the rest.
    package var plainNumber: Double? {
        switch self {
        case .number(let number): number
        case .text(let text): WrittenNumber.decimal(text).flatMap { Double($0) }
        case .money, .date, .instant, .list, .bool: nil
        }
    }
}
