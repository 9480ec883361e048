/// Every column of the import formats (product §4), by its contract name.
package enum Column: String, CaseIterable, Sendable {
    case id, gender, status, tier, birthday, phone, email, city, region, advisor, language, timezone
    case personalisation, tags, name, date, calendar, manager, total, cart, source, items, sku, category, quantity
    case price, state, points, remaining, template, code, at, data, channel, purpose, address, reason
    case proof, guardian
    case displayName = "display_name"
    case birthdayCalendar = "birthday_calendar"
    case birthdayLeapMonth = "birthday_leap_month"
    case registeredAt = "registered_at"
    case wechatOpenID = "wechat_openid"
    case wecomExternalUserID = "wecom_external_userid"
    case storeID = "store_id"
    case preferredChannel = "preferred_channel"
    case memberID = "member_id"
    case leapMonth = "leap_month"
    case paidAt = "paid_at"
    case cancelledAt = "cancelled_at"
    case refundedAt = "refunded_at"
    case orderID = "order_id"
    case inStock = "in_stock"
    case pairsWith = "pairs_with"
    case updatedAt = "updated_at"
    case inStockItems = "in_stock_items"
    case earnedAt = "earned_at"
    case expiresAt = "expires_at"
    case faceValue = "face_value"
    case issuedAt = "issued_at"
    case textVersion = "text_version"

    /// Its values name or reach a person, so a sentence never quotes them.
    var isPersonal: Bool {
        switch self {
        case .id, .memberID, .displayName, .phone, .email, .wechatOpenID, .wecomExternalUserID, .birthday, .address:
            true
        default: false
        }
    }
}

/// A set of columns, as one word of memory: every row of a file has one.
package struct ColumnSet: Equatable, Sendable, ExpressibleByArrayLiteral {
    private var bits: UInt64 = 0

    package init(arrayLiteral columns: Column...) { for column in columns { insert(column) } }
    package init(_ columns: some Swift.Sequence<Column>) { for column in columns { insert(column) } }

    package mutating func insert(_ column: Column) { bits |= 1 << UInt64(column.place) }
    package mutating func remove(_ column: Column) { bits &= ~(1 << UInt64(column.place)) }
    package func contains(_ column: Column) -> Bool { bits & 1 << UInt64(column.place) != 0 }
}

extension Column {
    /// The number of the case, from 0. A case without values is one byte, which counts the cases as they are declared.
    var place: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}
