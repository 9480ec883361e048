import Kit
import Policies
import Rules
import Store

extension Evaluation {
    /// The event to name as the reason when the coupon or points of a held message were used up meanwhile by a row that
    /// raised no event; nil while something is left.
    func eventOfLoss(_ occurrence: Occurrence, at now: Instant) throws -> String? {
        guard occurrence.isRelease else { return nil }
        switch occurrence.anchor {
        case .coupon(let id):
            return try db.isCouponLeft(id, of: occurrence.member, at: now) ? nil : "coupon.used"
        case .points(let date):
            return try db.arePointsLeft(expiring: date, for: occurrence) ? nil : "points.spent"
        case .none, .event, .order, .cart, .coupons, .browse: return nil
        }
    }
}
