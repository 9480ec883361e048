/// The rows of a file: the KIND of `nudged import KIND FILE`.
package enum ImportKind: String, CaseIterable, Sendable {
    case members, dates, stores, orders, products, carts, points, coupons, events, consents, suppressions
    case orderItems = "order_items"
    case couponCodes = "coupon_codes"

    /// In the order of product §4. `items` stands for the nested list of NDJSON.
    package var columns: [Column] {
        switch self {
        case .members:
            [
                .id, .displayName, .gender, .status, .tier, .birthday, .birthdayCalendar, .birthdayLeapMonth,
                .registeredAt, .phone, .email, .wechatOpenID, .wecomExternalUserID, .city, .region, .storeID,
                .advisor, .language, .timezone, .preferredChannel, .personalisation, .tags,
            ]
        case .dates: [.memberID, .name, .date, .calendar, .leapMonth]
        case .stores: [.id, .name, .timezone, .manager]
        case .orders:
            [
                .id, .memberID, .paidAt, .total, .status, .cancelledAt, .refundedAt, .cart, .storeID, .source, .items,
            ]
        case .orderItems: [.orderID, .sku, .name, .category, .quantity, .price]
        case .products: [.sku, .name, .category, .price, .inStock, .pairsWith]
        case .carts: [.id, .memberID, .updatedAt, .total, .inStockItems, .state, .items]
        case .points: [.id, .memberID, .points, .remaining, .earnedAt, .expiresAt]
        case .coupons: [.id, .memberID, .template, .code, .faceValue, .issuedAt, .expiresAt, .state]
        case .couponCodes: [.template, .code]
        case .events: [.id, .memberID, .name, .at, .data]
        case .consents:
            [
                .memberID, .address, .channel, .state, .purpose, .at, .source, .textVersion, .proof, .guardian,
            ]
        case .suppressions: [.address, .channel, .reason, .at]
        }
    }

    package var required: [Column] {
        switch self {
        case .members, .stores: [.id]
        case .dates: [.memberID, .name, .date]
        case .orders: [.id, .memberID, .paidAt, .total]
        case .orderItems: [.orderID, .sku]
        case .products: [.sku]
        case .carts: [.id, .memberID, .updatedAt]
        case .points: [.id, .memberID, .points]
        case .coupons: [.id, .memberID, .template]
        case .couponCodes: [.template, .code]
        case .events: [.memberID, .name, .at]
        case .consents: [.channel, .state]
        case .suppressions: [.address]
        }
    }

    /// Whether a row of the same key may change some columns and keep the others. A date is one value, and a consent, an
    /// event or an address on a list are rows of their own.
    package var keepsColumns: Bool {
        switch self {
        case .members, .stores, .orders, .orderItems, .products, .carts, .points, .coupons: true
        case .dates, .couponCodes, .events, .consents, .suppressions: false
        }
    }

    /// Columns of which a file needs at least one.
    package var either: [Column] { self == .consents ? [.memberID, .address] : [] }

    /// The required columns that are not among these, and all of those of which one is needed if none is.
    func missing(among columns: Set<Column>) -> [Column] {
        let missing = required.filter { !columns.contains($0) }
        return either.contains(where: columns.contains) ? missing : missing + either
    }

    /// The columns that make two rows of a file the same row. Events count by their id if they have one; a grant and a
    /// withdrawal are two rows, so that neither hides the other; order lines with the same key are lines of one sku.
    var key: [Column] {
        switch self {
        case .members, .stores, .orders, .events: [.id]
        case .dates: [.memberID, .name]
        case .orderItems: [.orderID, .sku]
        case .products: [.sku]
        case .carts, .points, .coupons: [.memberID, .id]
        case .couponCodes: [.template, .code]
        case .consents: [.memberID, .address, .channel, .purpose, .at, .state]
        case .suppressions: [.address, .channel, .reason, .at]
        }
    }
}
