/// The type of a field, a placeholder or a custom attribute.
package enum FieldType: String, Sendable, Hashable {
    case text, code, number, money, date, instant, list, bool
    /// A key of event data, whose type only the data knows: compares as text, or as a number where both are numbers.
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
