/// The SQL of `where` and `trigger.data.KEY`: the `data` of an event, and the columns of the row it is about.
enum EventColumns {
    private static let orders = [
        "id": "id", "order": "id", "paid_at": "paid_at", "total": "total", "status": "status", "cart": "cart",
        "store_id": "store_id", "store": "store_id", "source": "source", "cancelled_at": "cancelled_at",
        "refunded_at": "refunded_at",
    ]
    /// The keys that the items of an order answer, as columns of `order_items i` and `products g`.
    static let ofItems = ["sku": "i.sku", "category": "COALESCE(i.category, g.category)"]

    private static let carts = ["id": "id", "cart": "id", "total": "total", "in_stock_items": "in_stock_items"]
    private static let points = [
        "id": "id", "points": "points", "remaining": "remaining", "earned_at": "earned_at", "expires_at": "expires_at",
    ]
    private static let money: Set<String> = ["total"]

    /// The value of `key` for the event row `row`, whose name is the SQL expression `event`. Money columns are
    /// converted to yuan, as in the data of an event.
    static func expression(key: String, event: String, row: String) -> String {
        let json = data(key, row)
        var arms: [String] = []
        func arm(_ table: String, _ columns: [String: String], _ prefix: String, extra: String = "") {
            guard let column = columns[key] else { return }
            let value = money.contains(column) ? "w.\(column) / 100.0" : "w.\(column)"
            arms.append(
                """
                CASE WHEN \(event) LIKE '\(prefix).%' THEN (SELECT \(value) FROM \(table) w
                WHERE w.member = \(row).member AND w.id = \(row).ref\(extra)) END
                """)
        }
        arm("orders", orders, "order")
        arm("carts", carts, "cart", extra: " AND w.at = \(row).at")
        arm("points", points, "points")
        return arms.isEmpty ? json : "COALESCE(\(json), \(arms.joined(separator: ", ")))"
    }

    private static func data(_ key: String, _ row: String) -> String {
        "{scalar \(row).data \(sqlText(key.without("\"")))}"
    }
}
