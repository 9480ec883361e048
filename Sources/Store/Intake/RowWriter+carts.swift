import Kit
import Intake
import Rules

extension RowWriter {
    private static let carts = RowTable(
        "carts", keys: ["member", "id", "at"], columns: ["total", "in_stock_items", "items"])

    /// Writes the state of a cart at `updated_at`. Each newer row of an open cart is a further touch, which replaces
    /// the earlier ones in waits and messages. A closed cart keeps its touches, so that their waits are seen to be
    /// cancelled. Ingested events always stay.
    package mutating func write(cart row: CartRow, stating columns: ColumnSet? = nil) throws -> Written {
        let events = try cartEvents(row)
        switch row.state {
        case .open: return try noted(try touch(row, stating: columns, events), row.memberID)
        case .emptied: try close(row, as: EventNames.cartEmptied, events)
        case .ordered: try close(row, as: EventNames.cartOrdered, events)
        }
        let isSame = CartEvent.rows(events) == CartEvent.rows(try cartEvents(row))
        let isNew = !events.contains(where: \.isOfRow)
        return try noted(isSame ? .unchanged : isNew ? .inserted : .updated, row.memberID)
    }

    struct CartEvent {
        let name: String
        let event: SpineEvent
        let isOfRow: Bool

        var at: Instant { event.at }
        var isTouch: Bool { name == EventNames.cartUpdated }

        static func rows(_ events: [CartEvent]) -> Set<String> {
            Set(events.filter(\.isOfRow).map { "\($0.name) \($0.at.micros)" })
        }
    }

    /// The events of the cart, in order of time.
    private func cartEvents(_ row: CartRow) throws -> [CartEvent] {
        let sql = """
            SELECT seq, at, name, source FROM events WHERE member = ?
            AND name IN ('cart.updated', 'cart.emptied', 'cart.ordered') AND ref = ? ORDER BY at, seq
            """
        return try db.all(sql, [row.memberID, row.id]).compactMap { found in
            guard let event = try SpineEvent(found) else { return nil }
            return try CartEvent(name: found[2], event: event, isOfRow: found[3] as String == EventNames.rowSource)
        }
    }

    private func isSettled(_ event: CartEvent, _ row: CartRow) throws -> Bool {
        try isSettled(row.memberID, event.name, ref: row.id, event.at)
    }

    private func remove(_ event: CartEvent, _ row: CartRow) throws {
        try db.run("DELETE FROM events WHERE seq = ?", [event.event.seq])
        try refreshLatest(row.memberID, event.name)
    }

    /// Writes the values of the cart from that touch on.
    func put(_ row: CartRow, stating columns: ColumnSet?) throws -> Written {
        let has = { (column: Column) in columns?.contains(column) ?? true }
        return try db.upsert(
            RowWriter.carts, key: [row.memberID, row.id, row.updatedAt.micros],
            [
                RowCell(row.total, has(.total)), RowCell(row.inStockItems, has(.inStockItems)),
                RowCell(NestedItems.storedText(row.items ?? []), has(.items)),
            ]
        ).written
    }

    private func removeValues(_ row: CartRow, at: Instant) throws {
        let sql = "DELETE FROM carts WHERE member = ? AND id = ? AND at = ?"
        try db.run(sql, [row.memberID, row.id, at.micros])
    }
}

// MARK: open

extension RowWriter {
    private func touch(_ row: CartRow, stating columns: ColumnSet?, _ events: [CartEvent]) throws -> Written {
        let own = events.filter(\.isOfRow)
        let touches = own.filter(\.isTouch)
        let told = events.filter { $0.isTouch && !$0.isOfRow }.map(\.at)
        var row = row
        var event = touches.first { $0.at == row.updatedAt }
        if event == nil, let last = touches.last, last.at > row.updatedAt {
            // A row older than the last but one touch is no correction of the last one, and adds nothing.
            if touches.dropLast().contains(where: { $0.at > row.updatedAt }) { return .unchanged }
            event = last
            if try isSettled(last, row) {
                row.updatedAt = last.at
            } else if !told.contains(last.at) {
                try removeValues(row, at: last.at)
            }
        }
        let at: Instant? = told.contains(row.updatedAt) ? nil : row.updatedAt
        let changed = try settle(event?.event, at, row.memberID, name: EventNames.cartUpdated, ref: row.id)
        let written = try put(row, stating: columns)
        if written == .inserted, !touches.isEmpty { return .updated }
        return written == .unchanged && changed ? .updated : written
    }
}

// MARK: closed

extension RowWriter {
    private func close(_ row: CartRow, as name: String, _ events: [CartEvent]) throws {
        let own = events.filter(\.isOfRow)
        let same = own.filter { $0.at == row.updatedAt }
        if same.contains(where: { $0.name == name }) { return }
        var at = row.updatedAt
        var touches = events.filter(\.isTouch)
        // A touch after the end is removed, unless something was decided for it: then the end moves to that touch.
        // Within one instant the end comes after the touch.
        for touch in own where touch.isTouch && touch.at > row.updatedAt {
            if try isSettled(touch, row) {
                at = max(at, touch.at)
            } else {
                try removeValues(row, at: touch.at)
                try remove(touch, row)
                touches.removeAll { $0.event.seq == touch.event.seq }
            }
        }
        // Ends since the last touch are this end or a step towards it; earlier ends stay.
        let lastTouch = touches.last { $0.at <= at }?.at ?? .distantPast
        let ends = own.filter { !$0.isTouch && $0.at >= lastTouch }
        for other in ends where other.name != name && other.at >= at {
            if try !isSettled(other, row) { try remove(other, row) }
        }
        let known = ends.first { $0.name == name }
        // The cart is still closed, since the instant that was first reported.
        if let known, known.at <= at { return }
        _ = try settle(known?.event, at, row.memberID, name: name, ref: row.id)
    }
}
