import Intake
import Kit
import Rules

/// What sources of events say about carts and about people, which rows of files say otherwise.
extension RowWriter {
    /// The cart of a source that names none.
    private static let onlyCart = "cart"

    /// A member's cart as of its last touch.
    private struct Touch {
        let cart: String
        let items: [ItemRow]
        /// Neither emptied nor ordered since.
        let isOpen: Bool
    }

    private func lastTouch(_ member: String, of cart: String?, by at: Instant) throws -> Touch? {
        let sql = """
            SELECT id, at, items FROM carts WHERE member = ?1 AND at <= ?2 AND id = COALESCE(?3, id)
            ORDER BY at DESC, id LIMIT 1
            """
        guard let row = try db.first(sql, [member, at.micros, cart]) else { return nil }
        let id: String = try row[0]
        let touchedAt: Int64 = try row[1]
        let closed = """
            SELECT 1 FROM events WHERE member = ?1 AND name IN ('cart.emptied', 'cart.ordered') AND ref = ?2
              AND at >= ?3 AND at <= ?4
            UNION ALL SELECT 1 FROM orders WHERE member = ?1 AND cart = ?2 AND paid_at >= ?3 AND paid_at <= ?4 LIMIT 1
            """
        let isOpen = try db.first(closed, [member, id, touchedAt, at.micros]) == nil
        return Touch(cart: id, items: isOpen ? NestedItems.stored(try row[2], of: id) : [], isOpen: isOpen)
    }

    /// Names the cart of an event that names none: the one the member touched last. An order closes it only if it is
    /// still open.
    func findCart(of event: inout EventRow) throws {
        let last = try lastTouch(event.memberID, of: nil, by: event.at)
        let isOrder = event.name == EventNames.orderPaid
        if isOrder, !(last?.isOpen ?? false) { return }
        event.data = RowWriter.completed(event.data, ["cart": .string(last?.cart ?? RowWriter.onlyCart)])
    }

    /// The cart as it is after the change, as an event.
    func event(of change: CartChange) throws -> EventRow {
        var event = change.event
        let last = try lastTouch(event.memberID, of: change.cart, by: event.at)
        let cart = change.cart ?? last?.cart ?? RowWriter.onlyCart
        let items = (last?.items ?? []).after(change)
        var data: [String: StrictJSON] = ["cart": .string(cart)]
        if items.isEmpty {
            event.name = EventNames.cartEmptied
        } else {
            event.name = EventNames.cartUpdated
            data["items"] = .array(items.map(\.json))
            if let total = RowWriter.total(items) { data["total"] = .number(MoneyText.yuan(total)) }
        }
        event.data = RowWriter.completed(event.data, data)
        return event
    }

    private static func completed(_ text: String, _ values: [String: StrictJSON]) -> String {
        let members = ((try? StrictJSON(parsing: text)) ?? .null).members.filter { values[$0.key] == nil }
        let added = values.sorted { $0.key < $1.key }.map { StrictJSON.Member(key: $0.key, value: $0.value) }
        return StrictJSON.object(members + added).compactText
    }

    /// Nil where a line has no price, or the sum is more money than there is.
    private static func total(_ items: [ItemRow]) -> Int64? {
        var sum: Int64 = 0
        for item in items {
            guard let price = item.price else { return nil }
            let (cost, overflow) = price.multipliedReportingOverflow(by: Int64(item.quantity))
            guard !overflow, cost <= MoneyText.most else { return nil }
            sum += cost
            guard sum <= MoneyText.most else { return nil }
        }
        return sum
    }

    // MARK: people

    /// Whether a member whom facts name was erased after them: nothing of the time before is written down again.
    mutating func isOfErased(_ facts: [SourceFact]) throws -> Bool {
        guard try isAnyoneErased() else { return false }
        return try facts.contains { fact in
            switch fact {
            case .member(let row, _, let at): try isErased(row.id, since: at)
            case .event(let row, _): try isErased(row.memberID, since: row.at)
            case .cart(let change): try isErased(change.event.memberID, since: change.event.at)
            case .row(let row, _, let at): try row.namedMember.map { try isErased($0, since: at) } ?? false
            case .merge: false
            }
        }
    }

    private func isErased(_ member: String, since at: Instant) throws -> Bool {
        try ErasedMember.erased(member, db).map { $0 >= at } ?? false
    }

    /// Gives a member what was done under a name that is nobody's.
    mutating func merge(_ anonymous: String, into member: String) throws {
        guard try db.first("SELECT 1 FROM latest WHERE member = ?", [anonymous]) != nil else { return }
        try moveHistory(of: anonymous, to: member)
        try mark(member)
    }

    /// Makes what one did the other's. Of two rows with the same key, that of the one who stays is kept.
    func moveHistory(of other: String, to member: String) throws {
        let names: [String] = try db.values("SELECT name FROM latest WHERE member = ?", [other])
        let key: SQLArguments = [other, member]
        try db.run("UPDATE events SET member = ?2 WHERE member = ?1", key)
        for (table, columns) in RowWriter.mergedTables {
            // What the member has under the same key stays.
            let copy = """
                INSERT INTO \(table) (member, \(columns)) SELECT ?2, \(columns) FROM \(table) WHERE member = ?1
                ON CONFLICT DO NOTHING
                """
            try db.run(copy, key)
            try db.run("DELETE FROM \(table) WHERE member = ?", [other])
        }
        try db.run("DELETE FROM latest WHERE member = ?", [other])
        for name in names { try refreshLatest(member, name) }
    }

    private static let mergedTables = [
        ("carts", "id, at, total, in_stock_items, items"),
        ("orders", "id, paid_at, total, status, cancelled_at, refunded_at, cart, store_id, source"),
        ("order_items", "order_id, line, sku, name, category, quantity, price"),
    ]
}

/// No person's cart has more lines.
private let mostLines = 1000

extension [ItemRow] {
    /// The lines of a cart after a change; the price and the name are those that came last.
    fileprivate func after(_ change: CartChange) -> [ItemRow] {
        var items = self
        let place = items.firstIndex { $0.sku == change.item.sku }
        switch (place, change.isRemoval) {
        case (nil, true): break
        case (nil, false): if items.count < mostLines { items.append(change.item) }
        case (let place?, true):
            let left = items[place].quantity - change.item.quantity
            if change.isWhole || left <= 0 { items.remove(at: place) } else { items[place].quantity = left }
        case (let place?, false):
            var item = change.item
            item.quantity = Swift.min(items[place].quantity + item.quantity, 1_000_000)
            item.name = item.name ?? items[place].name
            item.category = item.category ?? items[place].category
            item.price = item.price ?? items[place].price
            items[place] = item
        }
        return items
    }
}

extension ItemRow {
    /// As the data of an event has it: the price in yuan.
    fileprivate var json: StrictJSON {
        var members: [StrictJSON.Member] = [.init(key: "sku", value: .string(sku))]
        if let name { members.append(.init(key: "name", value: .string(name))) }
        if let category { members.append(.init(key: "category", value: .string(category))) }
        members.append(.init(key: "quantity", value: .number(String(quantity))))
        if let price { members.append(.init(key: "price", value: .number(MoneyText.yuan(price)))) }
        return .object(members)
    }
}
