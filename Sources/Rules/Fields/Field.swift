/// A name that a rule may read, resolved: `member.tier`, `order.total`, `gift.code`, `trigger.data.store`.
package struct Field: Sendable, Hashable {
    /// The row that the value comes from.
    package enum Source: Sendable, Hashable {
        case member, order, cart, points, coupon, browse, trigger
        /// A value that an earlier action (or `combine`) saved under this name.
        case saved(String)
        /// The free codes of a coupon template, which `coupon_stock` asks for.
        case stock(template: String)
    }
    /// The name as written: `member.tier`.
    package var name: String
    package var source: Source
    package var type: FieldType
    package var canBeMissing: Bool
    package init(name: String, source: Source, type: FieldType, canBeMissing: Bool) {
        self.name = name
        self.source = source
        self.type = type
        self.canBeMissing = canBeMissing
    }
    /// The condition `coupon_stock` on this template.
    package static func stock(of template: String) -> Field {
        Field(
            name: "\(StockReader.key).\(template)", source: .stock(template: template), type: .number,
            canBeMissing: false)
    }

    /// The key of a condition as the rule has it: the name, but `coupon_stock` for a stock.
    package var key: String { if case .stock = source { StockReader.key } else { name } }

    /// The part after the first dot: `tier`, `data.store`, `items.first.name`.
    package var path: String { name.split(separator: ".", maxSplits: 1).dropFirst().first.map(String.init) ?? name }
}

/// A field of `fields.yaml`: a custom attribute (no `sql`) or one that engineers derive with SQL.
package struct CustomField: Sendable, Hashable {
    package var id: String
    package var type: FieldType
    package var description: String
    package var canBeMissing: Bool
    /// A scalar SQL expression over `m`, the row of `members`; nil for a custom attribute.
    package var sqliteSQL: String?
    /// The place of the SQL in its file.
    package var place: SourceSpan?
    package init(
        id: String, type: FieldType, description: String, canBeMissing: Bool, sqliteSQL: String?,
        place: SourceSpan? = nil
    ) {
        self.id = id
        self.type = type
        self.description = description
        self.canBeMissing = canBeMissing
        self.sqliteSQL = sqliteSQL
        self.place = place
    }
}
