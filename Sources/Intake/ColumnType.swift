/// What the cells of a column hold, and so how they are read.
package enum ColumnType: Sendable {
    case id, name, text, tier, choice, bool, channel, zone, list, json
    /// An openid or another id by which a channel reaches the member.
    case openID
    case phone, email
    /// A phone or an email.
    case address
    case money, whole
    /// A day that comes every year.
    case yearly
    case instant
    /// An instant; a bare date means the end of that day.
    case expiry

    /// Whether a word for nothing, such as 无, counts as an empty cell.
    var hasWordsForNothing: Bool {
        switch self {
        case .name, .openID, .phone, .email, .address, .yearly, .instant, .expiry: true
        default: false
        }
    }

    /// Whether characters that nobody sees are removed: not where a joiner or a variation selector is part of the text.
    var isPlain: Bool {
        switch self {
        case .name, .text, .list, .json: false
        default: true
        }
    }
}

extension Column {
    /// True for a column of JSON: its cells are not trimmed.
    var isJSON: Bool { type == .json }
}
