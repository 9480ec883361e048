import Kit

/// What a text most likely means at a place that takes another form, as it would be pasted there.
enum TypedValue {
    /// Nil where the text is no value of that type in any spelling; names and texts have no spellings.
    static func pasted(_ typed: String, for type: KeyType) -> String? {
        switch type {
        case .int, .number: return Repaired.number(typed) ?? Repaired.counted(typed)
        case .money: return Repaired.smallMoney(typed) ?? Repaired.number(typed) ?? Repaired.counted(typed)
        case .percent: return Repaired.percent(typed)
        case .span: return (Span(text: typed) ?? TypedSpan(typed)?.span)?.text
        case .localTime:
            guard case .same(let time)? = TypedTime(typed) else { return nil }
            return "\"\(time.text)\""
        case .date: return Repaired.date(typed)?.date.text
        case .either(let types): return types.lazy.compactMap { pasted(typed, for: $0) }.first
        default: return nil
        }
    }
}
