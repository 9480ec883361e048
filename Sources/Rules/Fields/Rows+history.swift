import Kit

// Rows of the things that members did and hold.

/// A paid order.
package struct OrderRow: Hashable, Sendable {
    package enum Status: String, Sendable, CaseIterable { case paid, cancelled, refunded }

    package var id: String
    package var memberID: String
    package var paidAt: Instant
    /// Fen.
    package var total: Int64
    package var status: Status
    package var cancelledAt: Instant?
    package var refundedAt: Instant?
    /// The cart that this order closes.
    package var cart: String?
    package var storeID: String?
    package var source: String?
    /// Nil where the source does not say.
    package var items: [ItemRow]?

    package init(
        id: String, memberID: String, paidAt: Instant, total: Int64, status: Status = .paid,
        cancelledAt: Instant? = nil, refundedAt: Instant? = nil, cart: String? = nil, storeID: String? = nil,
        source: String? = nil, items: [ItemRow]? = nil
    ) {
        self.id = id
        self.memberID = memberID
        self.paidAt = paidAt
        self.total = total
        self.status = status
        self.cancelledAt = cancelledAt
        self.refundedAt = refundedAt
        self.cart = cart
        self.storeID = storeID
        self.source = source
        self.items = items
    }
}

/// One line of an order or a cart.
package struct ItemRow: Hashable, Sendable {
    /// The id of the order or cart that holds it.
    package var orderID: String
    package var sku: String
    package var name: String?
    package var category: String?
    package var quantity: Int
    /// Fen for one piece.
    package var price: Int64?

    package init(
        orderID: String, sku: String, name: String? = nil, category: String? = nil, quantity: Int = 1,
        price: Int64? = nil
    ) {
        self.orderID = orderID
        self.sku = sku
        self.name = name
        self.category = category
        self.quantity = quantity
        self.price = price
    }
}

/// A cart as of its last change.
package struct CartRow: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable { case open, emptied, ordered }

    package var id: String
    package var memberID: String
    package var updatedAt: Instant
    /// Fen.
    package var total: Int64?
    package var inStockItems: Int?
    package var state: State
    package var items: [ItemRow]?

    package init(
        id: String, memberID: String, updatedAt: Instant, total: Int64? = nil, inStockItems: Int? = nil,
        state: State = .open, items: [ItemRow]? = nil
    ) {
        self.id = id
        self.memberID = memberID
        self.updatedAt = updatedAt
        self.total = total
        self.inStockItems = inStockItems
        self.state = state
        self.items = items
    }
}

/// A batch of points.
package struct PointsRow: Hashable, Sendable {
    package var id: String
    package var memberID: String
    package var points: Int
    /// Nil means all of `points`.
    package var remaining: Int?
    package var earnedAt: Instant?
    /// The first instant at which the points have expired.
    package var expiresAt: Instant?

    package init(
        id: String, memberID: String, points: Int, remaining: Int? = nil, earnedAt: Instant? = nil,
        expiresAt: Instant? = nil
    ) {
        self.id = id
        self.memberID = memberID
        self.points = points
        self.remaining = remaining
        self.earnedAt = earnedAt
        self.expiresAt = expiresAt
    }
}

/// A coupon that a member has.
package struct CouponRow: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable { case unused, used, expired }

    package var id: String
    package var memberID: String
    package var template: String
    package var code: String?
    /// Fen.
    package var faceValue: Int64?
    package var issuedAt: Instant?
    /// The first instant at which it is void.
    package var expiresAt: Instant?
    package var state: State

    package init(
        id: String, memberID: String, template: String, code: String? = nil, faceValue: Int64? = nil,
        issuedAt: Instant? = nil, expiresAt: Instant? = nil, state: State = .unused
    ) {
        self.id = id
        self.memberID = memberID
        self.template = template
        self.code = code
        self.faceValue = faceValue
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.state = state
    }
}

/// A code to give from a pool.
package struct CouponCodeRow: Hashable, Sendable {
    package var template: String
    package var code: String

    package init(template: String, code: String) {
        self.template = template
        self.code = code
    }
}

/// Something that happened to a member.
package struct EventRow: Hashable, Sendable {
    package var id: String?
    package var memberID: String
    package var name: String
    package var at: Instant
    /// A JSON object, compact, keys in the given order.
    package var data: String

    package init(id: String? = nil, memberID: String, name: String, at: Instant, data: String = "{}") {
        self.id = id
        self.memberID = memberID
        self.name = name
        self.at = at
        self.data = data
    }
}
