import Kit
import Rules

/// The lines of an order or a cart as a template reads them, one record each: `{% for x in items %}{{ x.name }}…`.
/// Conditions read such a list by its names alone; `fill` gets it from the store as one flat list of cells.
package enum ItemRecords {
    /// The cells of one line, in this order; an empty one is missing.
    package static let columns = ["sku", "name", "category", "quantity", "price"]
    package static let path = "items.cells"

    /// The field that `fill` reads in place of `order.items` or `cart.items`; nil for any other field.
    static func cells(of field: Field) -> Field? {
        guard field.path == "items", field.source == .order || field.source == .cart else { return nil }
        let row = field.name.prefix { $0 != "." }
        return Field(name: "\(row).\(path)", source: field.source, type: .list, canBeMissing: true)
    }

    static func records(_ cells: [String]) -> [[String: Value]] {
        stride(from: 0, to: cells.count - cells.count % columns.count, by: columns.count).map { start in
            var record: [String: Value] = [:]
            for (column, cell) in zip(columns, cells[start...]) where !cell.isEmpty {
                switch column {
                case "quantity": record[column] = Double(cell).map { Value.number($0) }
                case "price": record[column] = Int64(cell).map { Value.money($0) }
                default: record[column] = .text(cell)
                }
            }
            return record
        }
    }

    /// A template reads the records; an output line prints the names.
    static func value(_ cells: [String], in zone: Zone) -> FillValue {
        let records = records(cells)
        var value = FillValue(records: records, in: zone)
        value.printed = .list(records.map { $0["name"]?.json(in: zone) ?? .null })
        return value
    }
}
