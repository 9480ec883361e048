import Kit
import Policies

/// Checks whether a member still has the coupon or points that a message is about.
extension Session {
    package func isCouponLeft(_ id: String, of member: String, at now: Instant) throws -> Bool {
        try
            (value(
                """
                SELECT EXISTS (SELECT 1 FROM coupons WHERE member = ? AND id = ?
                  AND (state = 'unused' OR (state = 'used' AND used_at > ?)))
                """, [member, id, now.micros]) as Bool?) ?? false
    }

    /// Whether points are left that expire on the date and had been earned when the occurrence was due.
    package func arePointsLeft(expiring date: LocalDate, for occurrence: Occurrence) throws -> Bool {
        try
            (value(
                """
                SELECT EXISTS (SELECT 1 FROM points WHERE member = ? AND expires_at > ? AND expires_at <= ?
                  AND remaining > 0 AND (earned_at IS NULL OR earned_at <= ?))
                """,
                [
                    occurrence.member, occurrence.dateZone.startOfDay(date).micros,
                    occurrence.dateZone.startOfDay(date.adding(days: 1)).micros, occurrence.due.micros,
                ]) as Bool?) ?? false
    }
}
