import Kit
import Intake
import Rules

extension RowWriter {
    /// Writes an event, and its effect on the row it is about (semantics §2). The same (source, id) again changes
    /// nothing, nor does, from the world, the same event without an id. Throws a `Rejection` for unusable data, and for
    /// another event of an import under an id that is known.
    /// - Parameter isRead: its data is what a reader wrote, an object: it is read again only where it means something for
    ///   the row that the event is about.
    package mutating func write(event row: EventRow, source: String, isRead: Bool = false) throws -> Written {
        if try !isNew(row) && isKnown(row, source) {
            if source == RowWriter.importSource, let stored = try stored(row, source) {
                guard EventContent(row).isSame(as: stored) else { throw Rejection.otherEvent }
            }
            return .unchanged
        }
        let data = isRead && !RowWriter.isAboutRow(row.name) ? .object([]) : try RowWriter.data(of: row)
        let written: Written
        switch row.name {
        case EventNames.orderPaid, EventNames.orderCancelled, EventNames.orderRefunded:
            written = try writeOrder(row, data, source)
        case EventNames.cartUpdated: written = try writeCart(row, data, source)
        case EventNames.couponUsed: written = try writeCouponUse(row, data, source)
        case _ where row.name.hasPrefix("cart."):
            written = try put(row, source, ref: RowWriter.id("cart", in: data))
        case EventNames.messageSent:
            written = try put(row, source, ref: nil)
            try book.noteSend(db.lastRow, to: row.memberID, at: row.at)
        default: written = try put(row, source, ref: nil)
        }
        return try noted(written, row.memberID)
    }

    private static func isAboutRow(_ name: String) -> Bool {
        name.hasPrefix("order.") || name.hasPrefix("cart.") || name == EventNames.couponUsed
    }

    private static func data(of row: EventRow) throws -> StrictJSON {
        do {
            let data = try StrictJSON(parsing: row.data)
            guard case .object = data else { throw Rejection.notObject(.data) }
            return data
        } catch let failure as StrictJSON.Failure {
            throw Rejection.notJSON(.data, failure)
        }
    }

    private mutating func isNew(_ row: EventRow) -> Bool { row.id.flatMap { batch?.isNew($0) } ?? false }

    private func isKnown(_ row: EventRow, _ source: String) throws -> Bool {
        if let id = row.id {
            let sql = """
                SELECT 1 FROM events WHERE source = ?1 AND event_id = ?2
                UNION ALL SELECT 1 FROM event_ids WHERE source = ?1 AND event_id = ?2
                """
            return try db.first(sql, [source, id]) != nil
        }
        guard case .world = origin else { return false }
        let sql = """
            SELECT 1 FROM events WHERE member = ? AND name = ? AND at = ? AND source = ? AND event_id IS NULL AND data IS NOT DISTINCT FROM ?
            """
        return try db.first(sql, [row.memberID, row.name, row.at.micros, source, row.data]) != nil
    }

    /// An id in the data of an event; a number is taken as written.
    private static func id(_ key: String, in data: StrictJSON) -> String? {
        guard let text = data[key]?.scalarText else { return nil }
        let id = RowID.canonical(text)
        return id.isEmpty ? nil : id
    }

    private static func money(_ key: Column, in data: StrictJSON) throws -> Int64? {
        guard let text = data[key.rawValue]?.scalarText, !text.isEmpty else { return nil }
        return try MoneyText.fen(text, key)
    }

    private func put(_ row: EventRow, _ source: String, ref: String?) throws -> Written {
        try insertEvent(row.memberID, row.name, row.at, source: source, id: row.id, ref: ref, data: row.data)
        return .inserted
    }

    private mutating func writeOrder(_ row: EventRow, _ data: StrictJSON, _ source: String) throws -> Written {
        guard let id = RowWriter.id("order", in: data) else { return try put(row, source, ref: nil) }
        let items = try data["items"].map { try NestedItems.rows($0, of: id) }
        let total = try RowWriter.money(.total, in: data)
        let known = try orderEvents(row.memberID, id).first { $0.name == row.name }
        var written = Written.updated
        // The event is the one of the row: an instant that is already known stays.
        if let known, known.isOfRow {
            try adopt(known.event.seq, row, source: source, at: known.event.at)
        } else if let known {
            try alias(known.event.seq, row, source)
            written = .unchanged
        } else {
            written = try put(row, source, ref: id)
        }
        var stating: ColumnSet = []
        var order = OrderRow(id: id, memberID: row.memberID, paidAt: row.at, total: total ?? 0)
        if row.name == EventNames.orderPaid {
            if known == nil { stating.insert(.paidAt) } else { order.paidAt = known?.event.at ?? row.at }
            order.items = items
            order.cart = RowWriter.id("cart", in: data)
            order.storeID = RowWriter.id("store_id", in: data) ?? RowWriter.id("store", in: data)
            order.source = data["source"]?.scalarText
            if total != nil { stating.insert(.total) } else { order.total = RowWriter.sum(items ?? []) }
            if order.cart != nil { stating.insert(.cart) }
            if order.storeID != nil { stating.insert(.storeID) }
            if order.source != nil { stating.insert(.source) }
        } else if try db.first("SELECT 1 FROM orders WHERE member = ? AND id = ?", [row.memberID, id]) == nil {
            // The order is still to come, and will find the event.
            return written
        }
        let ofOrder = try write(order: order, stating: stating)
        return written == .unchanged ? ofOrder : written
    }

    /// Records that the same event was reported again under another id.
    private func alias(_ event: Int64, _ row: EventRow, _ source: String) throws {
        guard let id = row.id else { return }
        try db.run("INSERT INTO event_ids (source, event_id, event) VALUES (?, ?, ?)", [source, id, event])
    }

    /// The cost of the lines, for an event without a total, limited to the largest amount of money.
    private static func sum(_ items: [ItemRow]) -> Int64 {
        items.reduce(0) { sum, item in
            let (cost, overflow) = (item.price ?? 0).multipliedReportingOverflow(by: Int64(item.quantity))
            return overflow ? MoneyText.most : min(sum + min(cost, MoneyText.most), MoneyText.most)
        }
    }

    private mutating func writeCart(_ row: EventRow, _ data: StrictJSON, _ source: String) throws -> Written {
        guard let id = RowWriter.id("cart", in: data) else { return try put(row, source, ref: nil) }
        var cart = CartRow(id: id, memberID: row.memberID, updatedAt: row.at)
        cart.total = try RowWriter.money(.total, in: data)
        cart.inStockItems = try data["in_stock_items"]?.scalarText.map { try NumberText.whole($0, .inStockItems) }
        cart.items = try data["items"].map { try NestedItems.rows($0, of: id) }
        _ = try put(cart, stating: nil)
        let sql = """
            SELECT seq, at FROM events WHERE member = ? AND name = ? AND at = ? AND ref = ? AND source = 'row'
            """
        let known = try SpineEvent(db.first(sql, [row.memberID, row.name, row.at.micros, id]))
        guard let known else { return try put(row, source, ref: id) }
        try adopt(known.seq, row, source: source, at: row.at)
        return .updated
    }

    private func writeCouponUse(_ row: EventRow, _ data: StrictJSON, _ source: String) throws -> Written {
        let coupon = RowWriter.id("coupon", in: data)
        if let coupon {
            let sql = """
                UPDATE coupons SET state = 'used', used_at = ?3
                WHERE member = ?1 AND id = ?2 AND (state = 'unused' OR (state = 'used' AND used_at > ?3))
                """
            try db.run(sql, [row.memberID, coupon, row.at.micros])
        }
        return try put(row, source, ref: coupon)
    }
}
