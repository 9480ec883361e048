import Kit
import Policies
import Rules
import Store

extension Evaluation {
    /// The event that stands for it where what a held message is about was used or spent meanwhile by a row that told of
    /// none; nil while something is left.
    func eventOfLoss(_ occurrence: Occurrence, at now: Instant) throws -> String? {
        guard occurrence.isRelease else { return nil }
        let left: Bool?
        switch occurrence.anchor {
        case .coupon(let id):
            left =
                try
                (db.value(
                    """
                    SELECT EXISTS (SELECT 1 FROM coupons WHERE member = ? AND id = ?
                      AND (state = 'unused' OR (state = 'used' AND used_at > ?)))
                    """, [occurrence.member, id, now.micros]) as Bool?)
            return left == true ? nil : "coupon.used"
        case .points(let date):
            left =
                try
                (db.value(
                    """
                    SELECT EXISTS (SELECT 1 FROM points WHERE member = ? AND expires_at > ? AND expires_at <= ?
                      AND remaining > 0 AND (earned_at IS NULL OR earned_at <= ?))
                    """,
                    [
                        occurrence.member, occurrence.zone.startOfDay(date).micros,
                        occurrence.zone.startOfDay(date.adding(days: 1)).micros, occurrence.due.micros,
                    ]) as Bool?)
            return left == true ? nil : "points.spent"
        case .none, .event, .order, .cart, .coupons, .browse: return nil
        }
    }
}
