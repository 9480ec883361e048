import Kit

/// The values of a closed set with the words that files use for them, compared without case.
struct ChoiceWords<Value: Sendable>: Sendable {
    private let values: [String: Value]
    let list: ChoiceList

    /// - Parameter words: for each value those separated by spaces, the contract's own first.
    init(_ words: KeyValuePairs<Value, String>) {
        var values: [String: Value] = [:]
        var lists: [[String]] = []
        for (value, names) in words {
            let names = names.split(separator: " ").map(String.init)
            for name in names { values[name] = value }
            lists.append(names)
        }
        self.values = values
        list = ChoiceList(words: lists)
    }

    subscript(text: String) -> Value? { values[text] ?? values[Width.folded(text).lowercased()] }
}

/// The words of a closed set, whatever its values are.
struct ChoiceList: Sendable {
    /// One list for each value, the contract's own word first.
    let words: [[String]]

    /// The contract's own words.
    var allowed: String { words.compactMap(\.first).joined(separator: ", ") }

    /// The contract's own word for a text; nil for one that is not listed.
    func canonical(_ text: String) -> String? {
        let folded = Width.folded(text).lowercased()
        return words.first { $0.contains(text) || $0.contains(folded) }?.first
    }
}

extension ImportKind {
    /// The values of a column that takes only some; nil for every other column.
    func choices(_ column: Column) -> ChoiceList? {
        switch column {
        case .gender: ValueWords.gender.list
        case .status: self == .orders ? ValueWords.orderStatus.list : ValueWords.memberStatus.list
        case .personalisation: ValueWords.personalisation.list
        case .birthdayCalendar, .calendar: ValueWords.calendar.list
        case .state:
            switch self {
            case .carts: ValueWords.cartState.list
            case .coupons: ValueWords.couponState.list
            default: ValueWords.consentState.list
            }
        case .purpose: ValueWords.purpose.list
        case .reason: ValueWords.reason.list
        case .birthdayLeapMonth, .leapMonth, .inStock, .guardian: ValueWords.bool.list
        default: nil
        }
    }
}
