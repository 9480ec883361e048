import Kit
import Rules

/// Takes back, in a private copy, what nudged itself did from an instant on, so that the time since can be decided
/// again: decisions, messages, coupons, points, tasks. Tags stay as they are: when a rule added one is not recorded.
struct Rewind {
    let db: Session

    func run(to from: Instant) throws {
        for sql in [
            "DELETE FROM decisions WHERE at >= :from",
            "DELETE FROM waits WHERE kind = 'existing' OR first_due >= :from",
            "DELETE FROM tasks WHERE created_at >= :from",
            """
            UPDATE coupon_codes SET coupon = NULL WHERE coupon IN
              (SELECT id FROM coupons WHERE rule IS NOT NULL AND issued_at >= :from)
            """,
            "DELETE FROM coupons WHERE rule IS NOT NULL AND issued_at >= :from",
            """
            DELETE FROM points WHERE earned_at >= :from AND (member, id) IN
              (SELECT member, ref FROM events WHERE source = 'nudged' AND name LIKE 'points.%')
            """,
            """
            DELETE FROM address_sends WHERE at >= :from
              AND event IN (SELECT seq FROM events WHERE source = 'nudged' AND name = 'message.sent' AND at >= :from)
            """,
            "DELETE FROM events WHERE source = 'nudged' AND at >= :from",
            "DELETE FROM picks",
        ] {
            try db.run(sql, ["from": from.micros])
        }
    }
}
