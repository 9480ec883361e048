import GRDB
import Policies
import Rules

/// Products for one member: bestsellers of categories, or what goes with a purchase. Deterministic: by units sold in
/// the 90 days before now, then by price, then by sku.
struct Recommendation {
    let db: Database
    let member: String
    let now: Instant

    func picks(_ recommend: Recommend, basedOn basis: Value?) throws -> [[String: Value]] {
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
        let scope =
            recommend.strategy == .pairsWith
            ? """
            EXISTS (SELECT 1 FROM products w, json_each(w.pairs_with) p
              WHERE (w.category IN (SELECT value FROM json_each(:wanted)) OR w.sku IN (SELECT value FROM json_each(:wanted)))
                AND p.value IN (g.sku, g.category))
            """ : "g.category IN (SELECT value FROM json_each(:wanted))"
        let sql = """
            SELECT g.sku, g.name, g.category, g.price FROM products g LEFT JOIN bestsellers s ON s.sku = g.sku
            WHERE \(([scope] + filters).joined(separator: " AND "))
            ORDER BY COALESCE(s.units, 0) DESC, g.price DESC, g.sku LIMIT :limit
            """
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: sql),
            arguments: [
                "member": member, "now": now.micros, "wanted": JSONRows.encode(wanted), "limit": recommend.limit,
            ])
        return rows.map { row in
            var record: [String: Value] = ["sku": .text(row[0])]
            record["name"] = .text(row[1] ?? row[0])
            record["category"] = (row[2] as String?).map { .text($0) }
            record["price"] = (row[3] as Int64?).map { .money($0) }
            return record
        }
    }

    /// Units sold per sku, counted anew at most once an hour of the clock in use: the cost of a recommendation then
    /// follows the catalogue, not the history.
    static func refresh(_ db: Database, at now: Instant) throws {
        let hour = now.micros / 3_600_000_000
        let known = try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'bestsellers'")
        guard known != hour else { return }
        try db.execute(sql: "DELETE FROM bestsellers")
        try db.execute(
            sql: """
                INSERT INTO bestsellers (sku, units) SELECT i.sku, SUM(i.quantity) FROM events e
                JOIN order_items i ON i.member = e.member AND i.order_id = e.ref
                WHERE e.name = 'order.paid' AND e.at > ? AND e.at <= ? GROUP BY i.sku
                """, arguments: [now.micros - 90 * 86_400_000_000, now.micros])
        try db.execute(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('bestsellers', ?)", arguments: [hour])
    }
}
