import Kit

/// In a private copy, takes back what nudged did from an instant on (decisions, messages, coupons, points, tasks), so
/// that the time since can be decided again. Tags stay as they are: when a rule added one is not recorded.
package struct Rewind {
    private let db: Session
    private let member: String?

    /// - Parameter member: the one member whose time is taken back; nil: all members, including the draws among them
    ///   and the waits of existing members.
    package init(_ db: Session, of member: String? = nil) {
        self.db = db
        self.member = member
    }

    package func run(to from: Instant) throws {
        var arguments: [String: SQLValue] = ["from": from.micros.sql]
        if let member { arguments["member"] = member.sql }
        for statement in statements { try db.run(statement, SQLArguments(arguments)) }
    }

    private var statements: [String] {
        let own = member == nil ? "" : "member = :member AND "
        let deliveries = "SELECT id FROM v_deliveries WHERE \(own)created_at >= :from"
        let waits = member == nil ? "kind = 'existing' OR first_due >= :from" : "kind = 'held' AND first_due >= :from"
        return [
            "DELETE FROM waits WHERE \(own)(\(waits))",
            "DELETE FROM tasks WHERE \(own)created_at >= :from",
            """
            UPDATE coupon_codes SET coupon = NULL WHERE coupon IN
              (SELECT id FROM coupons WHERE \(own)rule IS NOT NULL AND issued_at >= :from)
            """,
            "DELETE FROM coupons WHERE \(own)rule IS NOT NULL AND issued_at >= :from",
            """
            DELETE FROM points WHERE \(own)earned_at >= :from AND (member, id) IN
              (SELECT member, ref FROM events WHERE \(own)source = 'nudged' AND name LIKE 'points.%')
            """,
            "DELETE FROM address_sends WHERE at >= :from AND event IN (SELECT -id FROM decisions WHERE \(own)at >= :from)",
            "DELETE FROM events WHERE \(own)source = 'nudged' AND at >= :from",
            "UPDATE message_credits SET delivery = NULL WHERE delivery IN (\(deliveries))",
            "DELETE FROM receipts WHERE delivery IN (\(deliveries))",
            "DELETE FROM short_links WHERE delivery IN (\(deliveries))",
            "DELETE FROM attempts WHERE delivery IN (\(deliveries))",
            "DELETE FROM transitions WHERE delivery IN (\(deliveries))",
            "DELETE FROM deliveries WHERE id IN (\(deliveries))",
            "DELETE FROM sends WHERE decision IN (SELECT id FROM decisions WHERE \(own)at >= :from)",
            "DELETE FROM merged_decisions WHERE decision IN (SELECT id FROM decisions WHERE \(own)at >= :from)",
            "DELETE FROM decisions WHERE \(own)at >= :from",
        ] + (member == nil ? ["DELETE FROM picks"] : [])
    }
}
