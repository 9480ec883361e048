import Kit
import Rules
import Store

/// The rows of fixtures as a shop writes them: each at its own instant, an order again when it is cancelled or refunded.
struct Arrivals {
    enum Row {
        case order(OrderRow), cart(CartRow), points(PointsRow), coupon(CouponRow), consent(ConsentRow)
        case event(EventRow, source: String)

        func write(with rows: inout RowWriter) throws {
            switch self {
            case .order(let row): _ = try rows.write(order: row)
            case .cart(let row): _ = try rows.write(cart: row)
            case .points(let row): _ = try rows.write(points: row)
            case .coupon(let row): _ = try rows.write(coupon: row)
            case .consent(let row): _ = try rows.write(consent: row)
            case .event(let row, let source): _ = try rows.write(event: row, source: source)
            }
        }
    }

    /// What was there by then.
    var present: Fixtures
    /// What comes after, in order.
    private(set) var coming: [(at: Instant, row: Row)] = []

    init(_ fixtures: Fixtures, after now: Instant) {
        present = fixtures
        var members: [MemberFixture] = []
        for member in fixtures.members { members.append(rest(of: member, after: now)) }
        present.members = members
        coming = coming.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    /// Takes what is coming away.
    private mutating func rest(of member: MemberFixture, after now: Instant) -> MemberFixture {
        var member = member
        func come(_ at: Instant?, _ row: Row) -> Bool {
            guard let at, at > now else { return false }
            coming.append((at, row))
            return true
        }
        member.consents.removeAll { come($0.at, .consent($0)) }
        var orders: [OrderRow] = []
        for order in member.orders {
            // It has no instant at which it became void: fixtures mean that it always was.
            if order.isVoid {
                orders.append(order)
                continue
            }
            let isComing = come(order.paidAt, .order(order.known(at: order.paidAt)))
            if !isComing { orders.append(order.known(at: now)) }
            for end in [order.cancelledAt, order.refundedAt].compactMap({ $0 }) where end > order.paidAt || !isComing {
                _ = come(end, .order(order.known(at: end)))
            }
        }
        member.orders = orders
        member.carts.removeAll { come($0.updatedAt, .cart($0)) }
        member.points.removeAll { come($0.earnedAt, .points($0)) }
        member.coupons.removeAll { come($0.issuedAt, .coupon($0)) }
        let source = "fixture:\(member.row.id)"
        member.events.removeAll { come($0.at, .event($0, source: source)) }
        return member
    }
}

extension OrderRow {
    fileprivate var isVoid: Bool {
        (status == .cancelled && cancelledAt == nil) || (status == .refunded && refundedAt == nil)
    }

    /// As the shop told it then.
    fileprivate func known(at now: Instant) -> OrderRow {
        var row = self
        if let at = cancelledAt, at > now { row.cancelledAt = nil }
        if let at = refundedAt, at > now { row.refundedAt = nil }
        let isUndone = (cancelledAt != nil && row.cancelledAt == nil) || (refundedAt != nil && row.refundedAt == nil)
        if isUndone { row.status = row.cancelledAt != nil ? .cancelled : row.refundedAt != nil ? .refunded : .paid }
        return row
    }
}

extension Fixtures {
    /// Every instant that a row has.
    var instants: Set<Instant> {
        var found: Set<Instant> = []
        for member in members {
            found.formUnion(member.orders.flatMap { [$0.paidAt, $0.cancelledAt, $0.refundedAt] }.compactMap { $0 })
            found.formUnion(member.carts.map(\.updatedAt))
            found.formUnion(member.points.flatMap { [$0.earnedAt, $0.expiresAt] }.compactMap { $0 })
            found.formUnion(member.coupons.flatMap { [$0.issuedAt, $0.expiresAt] }.compactMap { $0 })
            found.formUnion(member.events.map(\.at))
            found.formUnion(member.consents.compactMap(\.at))
            if let registered = member.row.registeredAt { found.insert(registered) }
        }
        return found
    }
}
