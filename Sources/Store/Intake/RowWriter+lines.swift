import Intake
import Rules

/// The lines of an order, numbered from 1 in the order in which they were reported.
extension RowWriter {
    private static let lines = RowTable(
        "order_items", keys: ["member", "order_id", "line"], columns: ["sku", "name", "category", "quantity", "price"])

    /// The position of a row among the rows of its sku from one source.
    package struct LinePlace: Sendable {
        /// From 1.
        package var number: Int
        /// No further line of that sku follows, so any more lines in the store are deleted.
        package var isLast: Bool
        package init(_ number: Int, isLast: Bool) {
            self.number = number
            self.isLast = isLast
        }
    }

    /// Replaces all stored lines of an order. Returns whether anything changed.
    func replaceLines(_ member: String, _ order: String, _ items: [ItemRow]) throws -> Bool {
        let sql = """
            SELECT line, sku, name, category, quantity, price FROM order_items WHERE member = ? AND order_id = ?
            ORDER BY line
            """
        let stored = try db.all(sql, [member, order])
        let known = try stored.map { row in
            try ItemRow(orderID: order, sku: row[1], name: row[2], category: row[3], quantity: row[4], price: row[5])
        }
        let wanted = items.map { item in
            var item = item
            item.orderID = order
            return item
        }
        guard known != wanted else { return false }
        if !stored.isEmpty { try db.run("DELETE FROM order_items WHERE member = ? AND order_id = ?", [member, order]) }
        for (index, item) in wanted.enumerated() {
            try db.insert(
                RowWriter.lines,
                [
                    member.sql, order.sql, (index + 1).sql, item.sku.sql,
                    item.name.sql, item.category.sql, item.quantity.sql,
                    item.price.sql,
                ])
        }
        return true
    }

    /// Writes one line of an order that the store has. A row of a file does not number its line, so the second row of a
    /// sku is its second line; lines of other skus stay as they are. Throws `Rejection.noOrder` or `.ambiguousOrder`.
    package mutating func write(
        item row: ItemRow, at place: LinePlace = LinePlace(1, isLast: true), stating columns: ColumnSet? = nil
    ) throws -> Written {
        let members = try db.all("SELECT member FROM orders WHERE id = ? LIMIT 2", [row.orderID])
        guard let member = try members.first?[0] as String? else { throw Rejection.noOrder }
        guard members.count == 1 else { throw Rejection.ambiguousOrder }
        let key: SQLArguments = [member, row.orderID]
        let ofSku = "SELECT line FROM order_items WHERE member = ? AND order_id = ? AND sku = ? ORDER BY line"
        let known = try db.all(ofSku, key + [row.sku]).map { try $0[0] as Int }
        var line = known.dropFirst(place.number - 1).first
        if line == nil {
            let next = "SELECT coalesce(max(line), 0) + 1 FROM order_items WHERE member = ? AND order_id = ?"
            line = try db.first(next, key)?[0]
        }
        let written = try put(row, member, line: line ?? 1, stating: columns)
        let surplus = place.isLast ? known.dropFirst(place.number) : []
        for line in surplus {
            try db.run("DELETE FROM order_items WHERE member = ? AND order_id = ? AND line = ?", key + [line])
        }
        return try noted(written, also: !surplus.isEmpty, member)
    }

    private func put(_ row: ItemRow, _ member: String, line: Int, stating columns: ColumnSet?) throws -> Written {
        let has = { (column: Column) in columns?.contains(column) ?? true }
        return try db.upsert(
            RowWriter.lines, key: [member, row.orderID, line],
            [
                RowCell(row.sku), RowCell(row.name, has(.name)), RowCell(row.category, has(.category)),
                RowCell(row.quantity, has(.quantity)), RowCell(row.price, has(.price)),
            ]
        ).written
    }
}
