import GRDB
import Rules

extension RowWriter {
    private static let carts = RowTable(
        "carts", keys: ["member", "id", "at"], columns: ["total", "in_stock_items", "items"])

    /// The state of a cart at `updated_at`. An open one replaces the touch that an earlier row of the same cart made;
    /// a closed one leaves it, so that the wait for it is seen to be cancelled. Touches by events always stay.
    package mutating func write(cart row: CartRow, stating columns: Set<Column>? = nil) throws -> Written {
        let name: String? =
            switch row.state {
            case .open: nil
            case .emptied: EventNames.cartEmptied
            case .ordered: EventNames.cartOrdered
            }
        let events = try cartEvents(row)
        let own = events.filter(\.isOfRow)
        let before = CartEvent.rows(own)
        if let name {
            try close(row, as: name, own)
            let isSame = before == CartEvent.rows(try cartEvents(row).filter(\.isOfRow))
            return try noted(isSame ? .unchanged : own.isEmpty ? .inserted : .updated, row.memberID)
        }
        let written = try touch(row, stating: columns, events)
        return try noted(written, row.memberID)
    }

    struct CartEvent {
        let name: String
        let event: SpineEvent
        let isOfRow: Bool

        static func rows(_ events: [CartEvent]) -> Set<String> {
            Set(events.map { "\($0.name) \($0.event.at.micros)" })
        }
    }

    private func cartEvents(_ row: CartRow) throws -> [CartEvent] {
        let sql = """
            SELECT seq, at, name, source FROM events WHERE member = ?
            AND name IN ('cart.updated', 'cart.emptied', 'cart.ordered') AND ref = ? ORDER BY seq
            """
        return try db.all(sql, [row.memberID, row.id]).compactMap { found in
            guard let event = SpineEvent(found) else { return nil }
            return CartEvent(name: found[2], event: event, isOfRow: found[3] as String == EventNames.rowSource)
        }
    }

    private func touch(_ row: CartRow, stating columns: Set<Column>?, _ events: [CartEvent]) throws -> Written {
        let told = events.filter { $0.name == EventNames.cartUpdated && !$0.isOfRow }.map(\.event.at)
        let own = events.filter(\.isOfRow)
        // Ends of the cart that the row no longer knows.
        var changed = try remove(own.filter { $0.name != EventNames.cartUpdated && $0.event.at >= row.updatedAt }, of: row.memberID)
        let updates = own.filter { $0.name == EventNames.cartUpdated }
        for old in updates where old.event.at != row.updatedAt && !told.contains(old.event.at) {
            let sql = "DELETE FROM carts WHERE member = ? AND id = ? AND at = ?"
            try db.run(sql, [row.memberID, row.id, old.event.at.micros])
        }
        let at: Instant? = told.contains(row.updatedAt) ? nil : row.updatedAt
        if try settle(updates.first?.event, at, row.memberID, EventNames.cartUpdated, ref: row.id) { changed = true }
        let written = try put(row, stating: columns)
        if written == .inserted, !updates.isEmpty { return .updated }
        return written == .unchanged && changed ? .updated : written
    }

    private func close(_ row: CartRow, as name: String, _ own: [CartEvent]) throws {
        let later = own.filter { $0.name == EventNames.cartUpdated && $0.event.at >= row.updatedAt }
        for touch in later {
            let sql = "DELETE FROM carts WHERE member = ? AND id = ? AND at = ?"
            try db.run(sql, [row.memberID, row.id, touch.event.at.micros])
        }
        _ = try remove(later, of: row.memberID)
        let ends = own.filter { $0.name != EventNames.cartUpdated }
        _ = try remove(ends.filter { $0.name != name }, of: row.memberID)
        _ = try settle(ends.first { $0.name == name }?.event, row.updatedAt, row.memberID, name, ref: row.id)
    }

    private func remove(_ events: [CartEvent], of member: String) throws -> Bool {
        for event in events {
            try db.run("DELETE FROM events WHERE seq = ?", [event.event.seq])
            try db.refreshLatest(member, event.name)
        }
        return !events.isEmpty
    }

    /// The values of the cart from that touch on.
    func put(_ row: CartRow, stating columns: Set<Column>?) throws -> Written {
        let has = { (column: Column) in columns?.contains(column) ?? true }
        return try db.upsert(
            RowWriter.carts, key: [row.memberID, row.id, row.updatedAt.micros],
            [
                RowCell(row.total, has(.total)), RowCell(row.inStockItems, has(.inStockItems)),
                RowCell(NestedItems.storedText(row.items ?? []), has(.items)),
            ]
        ).written
    }
}
