import Kit
import Intake
import Rules

extension RowWriter {
    private static let orders = RowTable(
        "orders", keys: ["member", "id"],
        columns: ["paid_at", "total", "status", "cancelled_at", "refunded_at", "cart", "store_id", "source"])

    /// Writes an order and raises `order.paid`, `order.cancelled` and `order.refunded` at their instants, each once: an
    /// ingested event about the order counts as that event. An order whose status is cancelled or refunded without an
    /// instant raises nothing and counts nowhere.
    package mutating func write(order row: OrderRow, stating columns: ColumnSet? = nil) throws -> Written {
        let has = { (column: Column) in columns?.contains(column) ?? true }
        let isNew = batch?.isNew(row.id) ?? false
        let moved = try !isNew && takeOver(row)
        let events = isNew ? [] : try orderEvents(row.memberID, row.id)
        let told = events.filter { !$0.isOfRow }
        let cancelled = has(.cancelledAt) ? row.cancelledAt : nil
        let refunded = has(.refundedAt) ? row.refundedAt : nil
        let toldCancelled = told.first { $0.name == EventNames.orderCancelled }?.event.at
        let toldRefunded = told.first { $0.name == EventNames.orderRefunded }?.event.at
        var status = row.status
        if status == .paid, toldCancelled != nil { status = .cancelled }
        if row.status == .paid, toldRefunded != nil { status = .refunded }
        let cells = [
            RowCell(row.paidAt.micros, has(.paidAt)), RowCell(row.total, has(.total)),
            RowCell(status.rawValue, has(.status) || status != row.status),
            RowCell((cancelled ?? toldCancelled)?.micros, has(.cancelledAt) || toldCancelled != nil),
            RowCell((refunded ?? toldRefunded)?.micros, has(.refundedAt) || toldRefunded != nil),
            RowCell(row.cart, has(.cart)), RowCell(row.storeID, has(.storeID)), RowCell(row.source, has(.source)),
        ]
        let (written, stored, _) = try db.upsert(RowWriter.orders, key: [row.memberID, row.id], cells, isNew: isNew)
        var changed = try settleEvents(of: row.id, row.memberID, stored, events) || moved
        if let items = row.items, try replaceLines(row.memberID, row.id, items) { changed = true }
        // An order that was another member's is no new one.
        return try noted(moved ? .updated : written, also: changed, row.memberID)
    }

    struct OrderEvent {
        let name: String
        let event: SpineEvent
        let isOfRow: Bool
    }

    func orderEvents(_ member: String, _ order: String) throws -> [OrderEvent] {
        let sql = """
            SELECT seq, at, name, source FROM events WHERE member = ?
            AND name IN ('order.paid', 'order.cancelled', 'order.refunded') AND ref = ? ORDER BY seq
            """
        return try db.all(sql, [member, order]).compactMap { row in
            guard let event = try SpineEvent(row) else { return nil }
            return try OrderEvent(name: row[2], event: event, isOfRow: row[3] as String == EventNames.rowSource)
        }
    }

    /// Brings the events of an order in line with the stored row.
    private func settleEvents(
        of order: String, _ member: String, _ stored: [SQLValue], _ events: [OrderEvent]
    ) throws -> Bool {
        let instant = { (index: Int) in Int64.read(stored[index]).map(Instant.init(micros:)) }
        let status = String.read(stored[2])
        let isVoid =
            (status == OrderRow.Status.cancelled.rawValue && instant(3) == nil)
            || (status == OrderRow.Status.refunded.rawValue && instant(4) == nil)
        if isVoid { return try retract(events, member) }
        var changed = false
        for (index, name) in [
            (0, EventNames.orderPaid), (3, EventNames.orderCancelled), (4, EventNames.orderRefunded),
        ] {
            let known = events.first { $0.name == name && !$0.isOfRow } ?? events.first { $0.name == name }
            let at = instant(index)
            // An ingested event stays, whatever the row says.
            if at == nil, known.map({ !$0.isOfRow }) ?? false { continue }
            if try settle(known?.event, at, member, name: name, ref: order) { changed = true }
        }
        return changed
    }

    /// Removes all events of a void order, including ingested ones. Their ids stay known, so that reporting the same
    /// events again brings nothing back.
    func retract(_ events: [OrderEvent], _ member: String) throws -> Bool {
        for event in events {
            let ids = """
                INSERT INTO event_ids (source, event_id, event) SELECT source, event_id, seq FROM events
                WHERE seq = ? AND event_id IS NOT NULL ON CONFLICT DO NOTHING
                """
            try db.run(ids, [event.event.seq])
            try db.run("DELETE FROM events WHERE seq = ?", [event.event.seq])
            try refreshLatest(member, event.name)
        }
        return !events.isEmpty
    }

    /// In files an order belongs to one member: a row that names another one moves the order. Returns whether it did.
    private mutating func takeOver(_ row: OrderRow) throws -> Bool {
        guard case .world = origin else { return false }
        let sql = "SELECT member FROM orders WHERE id = ?"
        let members = try db.all(sql, [row.id]).map { try $0[0] as String }
        guard !members.isEmpty, !members.contains(row.memberID) else { return false }
        for member in members {
            let key: SQLArguments = [member, row.id]
            try db.run("DELETE FROM orders WHERE member = ? AND id = ?", key)
            let replaced = """
                DELETE FROM order_items WHERE member = ?3 AND order_id = ?2
                  AND line IN (SELECT line FROM order_items WHERE member = ?1 AND order_id = ?2)
                """
            try db.run(replaced, key + [row.memberID])
            let items = "UPDATE order_items SET member = ?3 WHERE member = ?1 AND order_id = ?2"
            try db.run(items, key + [row.memberID])
            let events = """
                UPDATE events SET member = ?3 WHERE member = ?1
                AND name IN ('order.paid', 'order.cancelled', 'order.refunded') AND ref = ?2
                """
            try db.run(events, key + [row.memberID])
            for name in [EventNames.orderPaid, EventNames.orderCancelled, EventNames.orderRefunded] {
                try refreshLatest(member, name)
                try refreshLatest(row.memberID, name)
            }
            try mark(member)
        }
        return true
    }
}
