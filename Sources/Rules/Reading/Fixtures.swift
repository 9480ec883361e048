/// Members and their history as fixture files give them, like rows of the store. Several files make one world.
package struct Fixtures: Sendable, Hashable {
    package var stores: [StoreRow]
    package var products: [ProductRow]
    /// The members in the order of the files and within them; ids are unique.
    package var members: [MemberFixture]
    /// The codes in stock of coupon templates with `codes: pool`, which are given in the order of their letters.
    package var couponCodes: [CouponCodeRow]

    package init(
        stores: [StoreRow] = [], products: [ProductRow] = [], members: [MemberFixture] = [],
        couponCodes: [CouponCodeRow] = []
    ) {
        self.stores = stores
        self.products = products
        self.members = members
        self.couponCodes = couponCodes
    }
}

/// One member of a fixture file with everything written under it, in file order.
package struct MemberFixture: Sendable, Hashable {
    package var row: MemberRow
    package var dates: [DateRow] = []
    package var orders: [OrderRow] = []
    package var carts: [CartRow] = []
    package var points: [PointsRow] = []
    package var coupons: [CouponRow] = []
    package var events: [EventRow] = []
    package var consents: [ConsentRow] = []
    /// Experiment key → name of the variant, or `holdout`: overrides the hash.
    package var experiment: [String: String] = [:]
    /// Derived fields by name without `member.` (`lifetime_spend`, `rfm.segment`), which replace the computed ones.
    /// Text as typed (money in yuan), but instants as RFC 3339 in UTC.
    package var derived: [String: String] = [:]

    package init(row: MemberRow) { self.row = row }
}
