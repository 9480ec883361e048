import Kit
import Policies
import Rules

/// Recommends products for one member: bestsellers of categories, or products that go with a purchase. The order is
/// deterministic: by pieces sold in the orders that count of the 90 days before now, then by sku.
package struct Recommendation {
    package let db: Session
    package let member: String
    package let now: Instant

    package init(db: Session, member: String, now: Instant) { (self.db, self.member, self.now) = (db, member, now) }

    /// The picks for the gates before they choose a branch; brings the units sold up to date first.
    package func picks(_ recommend: Recommend, _ facts: Facts, _ slots: Slots) throws -> [[String: Value]] {
        try Recommendation.refresh(db, at: now)
        return try picks(recommend, basedOn: facts.readings.value(of: recommend.basedOn, slots))
    }

    package func picks(_ recommend: Recommend, basedOn basis: Value?) throws -> [[String: Value]] {
        let wanted: [String] =
            switch basis {
            case .text(let text): [text]
            case .list(let items): items
            default: []
            }
        guard !wanted.isEmpty else { return [] }
        var filters: [String] = []
        if recommend.exclude.contains(.outOfStock) { filters.append("COALESCE(g.in_stock, 1) = 1") }
        if recommend.exclude.contains(.alreadyBought) {
            filters.append(
                """
                NOT EXISTS (SELECT 1 FROM order_items i JOIN orders x ON x.member = i.member AND x.id = i.order_id
                  WHERE i.member = :member AND i.sku = g.sku AND x.paid_at <= :now)
                """)
        }
        let isPaired = recommend.strategy == .pairsWith
        let scope =
            isPaired
            ? "(g.sku IN (SELECT name FROM paired) OR g.category IN (SELECT name FROM paired))"
            : "s.units > 0 AND g.category IN {texts :wanted}"
        let sql =
            (isPaired ? Recommendation.paired : "")
                + """
                SELECT g.sku, g.name, g.category, g.price FROM products g LEFT JOIN bestsellers s ON s.sku = g.sku
                WHERE \(([scope] + filters).joined(separator: " AND "))
                ORDER BY COALESCE(s.units, 0) DESC, g.sku LIMIT :limit
                """
        let rows = try db.all(
            sql,
            [
                "member": member, "now": now.micros, "wanted": JSONRows.encode(wanted), "limit": recommend.limit,
            ])
        return try rows.map { row in
            var record: [String: Value] = try ["sku": .text(row[0])]
            record["name"] = try .text(row[1] ?? row[0])
            record["category"] = try (row[2] as String?).map { .text($0) }
            record["price"] = try (row[3] as Int64?).map { .money($0) }
            return record
        }
    }

    /// The skus and categories that go with what is wanted, found once and not for each product.
    private static let paired = """
        WITH paired AS MATERIALIZED (SELECT p.value AS name FROM products w, {text_elements w.pairs_with} p
          WHERE w.category IN {texts :wanted} OR w.sku IN {texts :wanted})

        """

    /// Brings the units sold per sku up to date, until the last full hour of the clock in use, so that the result does
    /// not depend on who asks first within the hour, nor on rows that came in during it. The 90 days slide along: a
    /// recommendation costs what was sold since the last one. All of them are counted again only after rows came in
    /// (`countAnew`) and where the clock jumped.
    package static func refresh(_ db: Session, at now: Instant) throws {
        let last = try (db.value("SELECT value FROM meta WHERE key = 'bestsellers_at'") as Int64?)
            .map(Instant.init(micros:))
        let until = Instant(micros: now.micros / hour * hour)
        guard last != until else { return }
        if let last, last < until, until.micros - last.micros < span / 2 {
            try count(1, db, after: last, through: until, known: until)
            try count(-1, db, after: last.adding(micros: -span), through: until.adding(micros: -span), known: last)
            try takeBack(db, after: last, through: until)
        } else {
            try db.run("DELETE FROM bestsellers")
            try count(1, db, after: until.adding(micros: -span), through: until, known: until)
        }
        try db.run(
            "INSERT INTO meta (key, value) VALUES ('bestsellers_at', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [until.micros])
    }

    /// Whether sales of that instant are counted already, so that a row of them means `countAnew`. What is sold later is
    /// added by the next `refresh` in its turn.
    static func hasCounted(_ at: Instant, _ db: Session) throws -> Bool {
        try db.first("SELECT 1 FROM meta WHERE key = 'bestsellers_at' AND value >= ?", [at.micros]) != nil
    }

    /// Makes the next `refresh` count everything again; every writer of orders calls this.
    static func countAnew(_ db: Session) throws {
        try db.run("DELETE FROM meta WHERE key = 'bestsellers_at'")
    }

    private static let hour: Int64 = 3_600_000_000
    private static let span: Int64 = 90 * 24 * hour

    /// Adds, times `sign`, what was paid within the bounds and not cancelled or refunded by `known`.
    private static func count(
        _ sign: Int, _ db: Session, after: Instant, through: Instant, known: Instant
    ) throws {
        try db.run(
            """
            INSERT INTO bestsellers (sku, units) SELECT i.sku, ?1 * CAST(COALESCE(SUM(1.0 * i.quantity), 0) AS BIGINT)
            FROM events e
            {then} orders x ON x.member = e.member AND x.id = e.ref
            {then} order_items i ON i.member = e.member AND i.order_id = e.ref
            WHERE e.name = 'order.paid' AND e.at > ?2 AND e.at <= ?3
              AND (x.cancelled_at IS NULL OR x.cancelled_at > ?4) AND (x.refunded_at IS NULL OR x.refunded_at > ?4)
            GROUP BY i.sku
            ON CONFLICT (sku) DO UPDATE SET units = CAST(bestsellers.units + excluded.units AS BIGINT)
            """, [sign, after.micros, through.micros, known.micros])
    }

    /// Subtracts what was counted and has been cancelled or refunded since; an order with both ended with the first.
    private static func takeBack(_ db: Session, after: Instant, through: Instant) throws {
        try db.run(
            """
            INSERT INTO bestsellers (sku, units) SELECT i.sku, -CAST(COALESCE(SUM(1.0 * i.quantity), 0) AS BIGINT)
            FROM events e
            {then} orders x ON x.member = e.member AND x.id = e.ref
            {then} order_items i ON i.member = e.member AND i.order_id = e.ref
            WHERE e.name IN ('order.cancelled', 'order.refunded') AND e.at > ?1 AND e.at <= ?2
              AND x.paid_at > ?3 AND x.paid_at <= ?1
              AND e.name = CASE WHEN COALESCE(x.cancelled_at, ?4) <= COALESCE(x.refunded_at, ?4)
                           THEN 'order.cancelled' ELSE 'order.refunded' END
            GROUP BY i.sku
            ON CONFLICT (sku) DO UPDATE SET units = CAST(bestsellers.units + excluded.units AS BIGINT)
            """,
            [
                after.micros, through.micros, through.adding(micros: -span).micros, Instant.distantFuture.micros,
            ])
    }
}
