import Kit
import Rules

/// The `items` inside an order or a cart, in an NDJSON line or an event's data: `[{sku, name, category, quantity,
/// price}]`, the price in yuan.
package enum NestedItems {
    /// One row per line; several may have the same sku. Throws a `Rejection`.
    package static func rows(_ json: StrictJSON, of owner: String) throws -> [ItemRow] {
        if json == .null { return [] }
        guard case .array(let elements) = json else { throw Rejection.notObject(.items) }
        return try elements.map { try row($0, of: owner) }
    }

    private static func row(_ json: StrictJSON, of owner: String) throws -> ItemRow {
        guard case .object = json else { throw Rejection.notObject(.items) }
        let text: (Column) -> String? = { column in
            json[column.rawValue]?.scalarText.map(CellText.bare).flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let sku = text(.sku).map({ RowID.canonical($0) }), !sku.isEmpty else { throw Rejection.empty(.sku) }
        for column in [Column.sku, .name, .category] {
            if let value = text(column), value.utf8.count > CellReader.longestText {
                throw Rejection.tooLong(column, bytes: CellReader.longestText)
            }
        }
        return ItemRow(
            orderID: owner, sku: sku, name: text(.name), category: text(.category),
            quantity: try text(.quantity).map { try NumberText.whole($0, .quantity) } ?? 1,
            price: try text(.price).map { try MoneyText.fen($0, .price) })
    }

    /// The JSON that the store keeps for a cart: the price in fen, absent values left out.
    package static func storedText(_ items: [ItemRow]) -> String {
        StrictJSON.array(
            items.map { item in
                var members: [StrictJSON.Member] = [.init(key: "sku", value: .string(item.sku))]
                if let name = item.name { members.append(.init(key: "name", value: .string(name))) }
                if let category = item.category { members.append(.init(key: "category", value: .string(category))) }
                members.append(.init(key: "quantity", value: .number(String(item.quantity))))
                if let price = item.price { members.append(.init(key: "price", value: .number(String(price)))) }
                return .object(members)
            }
        ).compactText
    }

    /// Reads what `storedText` wrote, the price in fen; a line that is damaged is left out.
    package static func stored(_ text: String, of owner: String) -> [ItemRow] {
        guard case .array(let elements)? = try? StrictJSON(parsing: text) else { return [] }
        return elements.compactMap { element in
            guard let sku = element["sku"]?.scalarText else { return nil }
            return ItemRow(
                orderID: owner, sku: sku, name: element["name"]?.scalarText, category: element["category"]?.scalarText,
                quantity: element["quantity"]?.scalarText.flatMap { Int($0) } ?? 1,
                price: element["price"]?.scalarText.flatMap { Int64($0) })
        }
    }
}
