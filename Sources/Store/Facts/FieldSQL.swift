import Policies
import Rules

/// The SQL expression behind each field name, over the row `m` of members and the anchor row of the trigger: `o`
/// orders, `c` carts, `k` coupons, `e` the event; `b` is the occurrence. Every subquery uses an index that begins with
/// the member, and counts only what happened up to `:now`.
struct FieldSQL {
    var custom: [CustomField]
    var tiers: [Settings.Tier]
    /// Whether derived values may be stated, as in fixture stores; a live store never does so, and pays nothing for it.
    var hasOverrides: Bool
    /// Collects the values that the statement must bind, such as instants that depend on now and the zone.
    var clock: StatementClock

    init(custom: [CustomField], tiers: [Settings.Tier], hasOverrides: Bool, clock: StatementClock = StatementClock()) {
        self.custom = custom
        self.tiers = tiers
        self.hasOverrides = hasOverrides
        self.clock = clock
    }

    /// The SQL of a field; nil for fields that are not in the store (`trigger.due_at`, saved values).
    mutating func expression(for field: Field) -> String? {
        switch field.source {
        case .member: memberExpression(field)
        case .order: orderExpression(field.path)
        case .cart: cartExpression(field.path)
        case .coupon: couponExpression(field.path)
        case .points: pointsExpression(field.path)
        case .browse: browseExpression(field.path)
        case .trigger: triggerExpression(field.path)
        case .stock(let template):
            "(SELECT COUNT(*) FROM coupon_codes f WHERE f.template = \(clock.literal(template)) AND f.coupon IS NULL)"
        case .saved: nil
        }
    }

    /// The column that the gates fetch for a field: its value, or the key of a birthday without a year.
    mutating func column(for field: Field) -> String? {
        guard let value = expression(for: field) else { return nil }
        let presence = presence(of: value)
        return presence == value ? value : "COALESCE(\(value), \(presence))"
    }

    /// An expression that is NULL where the field is missing: a birthday without a year is not missing.
    func presence(of expression: String) -> String {
        expression == FieldSQL.birthday ? "m.birthday_key" : expression
    }

    private static let birthday = "nudged_birthday(m.birthday_key, m.birthday_year)"

    // MARK: member

    private mutating func memberExpression(_ field: Field) -> String? {
        let path = field.path
        if path.hasPrefix("attr.") { return attribute(String(path.dropFirst(5)), field.type) }
        let custom = custom.first { $0.id == field.name }?.sqliteSQL.map {
            typed("nudged_derived((\($0)), '\(field.type.rawValue)')", field.type)
        }
        if let derived = derivedExpression(path) ?? custom {
            guard hasOverrides else { return derived }
            return "COALESCE(\(override(path, field.type)), \(derived))"
        }
        switch path {
        case "tags":
            return
                "(SELECT {joined}(tag, '\u{1F}') FROM (SELECT tag FROM member_tags WHERE member = m.id ORDER BY n, tag) t)"
        case "birthday": return FieldSQL.birthday
        case "birthday_calendar":
            return
                "CASE substr(m.birthday_key, 1, 1) WHEN 's' THEN 'solar' WHEN 'l' THEN 'lunar' WHEN 'L' THEN 'lunar' END"
        case "birthday_leap_month":
            return
                "CASE WHEN m.birthday_key IS NOT NULL THEN CASE substr(m.birthday_key, 1, 1) WHEN 'L' THEN 1 ELSE 0 END END"
        default: return MemberColumn.fields.contains(path) ? "m.\(path)" : nil
        }
    }

    /// A custom attribute read as the type that fields.yaml declares now; text needs no conversion.
    private func attribute(_ name: String, _ type: FieldType) -> String {
        let read = typed(
            "nudged_attribute(value, type, '\(type.rawValue)', \(sqlText(clock.settings.zone.name)))", type)
        let isText = type == .text || type == .code
        let value = isText ? "CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE \(read) END" : read
        return "(SELECT \(value) FROM member_attributes WHERE member = m.id AND name = \(sqlText(name)))"
    }

    /// The SQL of a derived value that a fixture states.
    private func override(_ path: String, _ type: FieldType) -> String {
        let stated = "(SELECT value FROM member_overrides WHERE member = m.id AND name = \(sqlText(path)))"
        switch type {
        case .bool, .list: return typed("nudged_derived(\(stated), '\(type.rawValue)')", type)
        default: return typed(stated, type)
        }
    }

    /// Casts a value to the type that its column would have; lists are joined texts.
    private func typed(_ value: String, _ type: FieldType) -> String {
        switch type {
        case .number: "CAST(\(value) AS DOUBLE PRECISION)"
        case .money, .instant, .date, .bool: "CAST(\(value) AS BIGINT)"
        case .text, .code, .list, .any: value
        }
    }

    /// An order whose status says cancelled or refunded without an instant counts nowhere (semantics §2).
    static let isSound = """
        NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
        """

    /// Orders that count: paid by now, not cancelled or refunded by now (semantics §8).
    private static let counts = """
        x.paid_at <= :now AND \(isSound)
        AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)
        """

    /// A sum in floating point, exact below 90 billion yuan and capped beyond: a `SUM` of integers that overflows
    /// because of one nonsensical row is an error, which would stop the statement for everybody.
    private static func total(_ value: String) -> String { "CAST(COALESCE(SUM(1.0 * \(value)), 0) AS BIGINT)" }

    private func orders(_ aggregate: String, since: String? = nil) -> String {
        let window = since.map { " AND x.paid_at > \($0)" } ?? ""
        return "(SELECT \(aggregate) FROM orders x WHERE x.member = m.id AND \(FieldSQL.counts)\(window))"
    }

    private mutating func derivedExpression(_ path: String) -> String? {
        switch path {
        case "lifetime_spend": return orders(FieldSQL.total("x.total"))
        case "lifetime_orders": return orders("COUNT(*)")
        case "average_order_value":
            return orders("(\(FieldSQL.total("x.total")) * 2 + COUNT(*)) / NULLIF(COUNT(*) * 2, 0)")
        case "largest_order": return orders("MAX(x.total)")
        case "first_order_at": return orders("MIN(x.paid_at)")
        case "last_order_at": return orders("MAX(x.paid_at)")
        case "days_since_last_order":
            return "(\(clock.today()) - nudged_day(\(orders("MAX(x.paid_at)")), \(clock.zone())))"
        case "orders_30d": return orders("COUNT(*)", since: clock.ago(30))
        case "orders_90d": return orders("COUNT(*)", since: clock.ago(90))
        case "spend_90d": return orders(FieldSQL.total("x.total"), since: clock.ago(90))
        case "spend_365d": return orders(FieldSQL.total("x.total"), since: clock.ago(365))
        case "points_balance":
            return """
                (SELECT \(FieldSQL.total("p.remaining")) FROM points p WHERE p.member = m.id
                 AND (p.earned_at IS NULL OR p.earned_at <= :now) AND (p.expires_at IS NULL OR p.expires_at > :now))
                """
        case "tier_rank":
            guard !tiers.isEmpty else { return "NULL" }
            let ranks = tiers.enumerated().map { "WHEN \(sqlText($1.id)) THEN \($0 + 1)" }.joined(separator: " ")
            return "CASE m.tier \(ranks) END"
        case "tier_name":
            guard !tiers.isEmpty else { return "NULL" }
            let names = tiers.map { "WHEN \(sqlText($0.id)) THEN \(sqlText($0.name))" }.joined(separator: " ")
            return "CASE m.tier \(names) END"
        case "age": return yearly("nudged_age")
        case "is_birthday": return yearly("nudged_is_birthday")
        case "birthday_month": return yearly("nudged_birthday_month")
        case "top_category": return topCategory()
        case "last_item": return FieldSQL.lastItem
        case "lifecycle": return lifecycle()
        case "rfm.recency": return recency()
        case "rfm.frequency": return score(orders("COUNT(*)", since: clock.ago(365)), .frequency)
        case "rfm.monetary": return score(orders(FieldSQL.total("x.total"), since: clock.ago(365)), .monetary)
        case "rfm.segment": return rfmSegment()
        default: return nil
        }
    }

    /// The category with the highest spend in counted orders of the last 365 days; ties by more items, then by the
    /// name's bytes (semantics §10).
    private mutating func topCategory() -> String {
        """
        (SELECT COALESCE(i.category, g.category) AS top FROM orders x
         JOIN order_items i ON i.member = x.member AND i.order_id = x.id LEFT JOIN products g ON g.sku = i.sku
         WHERE x.member = m.id AND \(FieldSQL.counts) AND x.paid_at > \(clock.ago(365))
           AND COALESCE(i.category, g.category) IS NOT NULL
         GROUP BY top
         ORDER BY COALESCE(SUM(1.0 * COALESCE(i.price, g.price, 0) * i.quantity), 0) DESC,
           COALESCE(SUM(1.0 * i.quantity), 0) DESC, top LIMIT 1)
        """
    }

    /// A function of the birthday on the member's today.
    private mutating func yearly(_ function: String) -> String {
        let policy = sqlText(clock.settings.birthdays.text)
        return "\(function)(m.birthday_key, m.birthday_year, \(clock.today()), \(policy))"
    }

    /// Of equally dear lines the first; of orders paid at one instant the one with the last id (settled-2 §10).
    private static let lastItem = """
        (SELECT COALESCE(i.name, g.name) FROM order_items i LEFT JOIN products g ON g.sku = i.sku
         WHERE i.member = m.id AND i.order_id = (SELECT x.id FROM orders x WHERE x.member = m.id AND \(counts)
           ORDER BY x.paid_at DESC, x.id DESC LIMIT 1)
         ORDER BY 1.0 * COALESCE(i.price, g.price, 0) * i.quantity DESC, i.line LIMIT 1)
        """

    private mutating func lifecycle() -> String {
        let (first, last) = (orders("MIN(x.paid_at)"), orders("MAX(x.paid_at)"))
        let days = clock.settings.lifecycle
        let limits = [days.new, days.active, days.cooling, days.sleeping].map(String.init).joined(separator: ",")
        return "nudged_lifecycle(\(first), \(last), m.registered_at, :now, \(clock.zone()), '\(limits)')"
    }

    private enum Score { case frequency, monetary }

    private func score(_ value: String, _ kind: Score) -> String {
        let limits = clock.scoreLimits(kind == .frequency)
        let cases = zip(limits, [5, 4, 3, 2]).map { "WHEN \(value) >= \($0) THEN \($1)" }.joined(separator: " ")
        return "(CASE \(cases) ELSE 1 END)"
    }

    private mutating func recency() -> String {
        let last = orders("MAX(x.paid_at)", since: clock.ago(365))
        let limits = clock.settings.rfm.recencyDays.map(String.init).joined(separator: ",")
        return "nudged_recency(\(last), :now, \(clock.zone()), '\(limits)')"
    }

    private mutating func rfmSegment() -> String {
        let f = score(orders("COUNT(*)", since: clock.ago(365)), .frequency)
        let money = score(orders(FieldSQL.total("x.total"), since: clock.ago(365)), .monetary)
        return """
            (SELECT CASE WHEN r >= 4 AND f >= 4 AND money >= 4 THEN 'core' WHEN r >= 4 THEN 'promising'
                  WHEN r <= 2 AND (f >= 4 OR money >= 4) THEN 'at_risk' WHEN r <= 2 THEN 'sleeping'
                  ELSE 'regular' END FROM (SELECT \(recency()) AS r, \(f) AS f, \(money) AS money) t)
            """
    }

    // MARK: the anchor's row

    private func orderExpression(_ path: String) -> String? {
        let items = """
            FROM order_items i LEFT JOIN products g ON g.sku = i.sku WHERE i.member = b.member AND i.order_id = b.ref
            """
        switch path {
        case "id", "paid_at", "total", "cart", "store_id", "source", "cancelled_at", "refunded_at": return "o.\(path)"
        case "status":
            return """
                CASE WHEN o.refunded_at <= :now OR (o.status = 'refunded' AND o.refunded_at IS NULL) THEN 'refunded'
                WHEN o.cancelled_at <= :now OR (o.status = 'cancelled' AND o.cancelled_at IS NULL) THEN 'cancelled'
                WHEN o.id IS NOT NULL THEN 'paid' END
                """
        case "categories":
            return """
                (SELECT {joined}(v, '\u{1F}') FROM (SELECT COALESCE(i.category, g.category) AS v \(items)
                 AND COALESCE(i.category, g.category) IS NOT NULL GROUP BY v ORDER BY MIN(i.line)) t)
                """
        case "skus":
            return """
                (SELECT {joined}(v, '\u{1F}') FROM (SELECT i.sku AS v \(items) GROUP BY v ORDER BY MIN(i.line)) t)
                """
        case "items":
            return
                "(SELECT {joined}(v, '\u{1F}') FROM (SELECT COALESCE(i.name, g.name, i.sku) AS v \(items) ORDER BY i.line) t)"
        case "items.count": return "(SELECT COUNT(*) \(items))"
        case ItemRecords.path:
            let own = { (column: String) in "i.\(column)" }
            return "(SELECT {joined}(v, '\u{1F}') FROM (SELECT \(itemCells(own)) AS v \(items) ORDER BY i.line) t)"
        default:
            guard let column = itemColumn(path) else { return nil }
            let value = FieldSQL.ofProduct.contains(column) ? "COALESCE(i.\(column), g.\(column))" : "i.\(column)"
            return "(SELECT \(value) \(items) ORDER BY i.line LIMIT 1)"
        }
    }

    /// The columns that an item takes from its product where its own row has no value.
    private static let ofProduct: Set<String> = ["name", "category", "price"]

    /// The cells of one line, joined by U+001F, which is removed from the cells themselves.
    private func itemCells(_ own: (String) -> String) -> String {
        ItemRecords.columns.map { column in
            let value = FieldSQL.ofProduct.contains(column) ? [own(column), "g.\(column)"] : [own(column)]
            let named = column == "name" ? value + [own("sku")] : value
            let texts = named.map { "CAST(\($0) AS TEXT)" }.joined(separator: ", ")
            return "replace(COALESCE(\(texts), ''), '\u{1F}', '')"
        }.joined(separator: " || '\u{1F}' || ")
    }

    private func itemColumn(_ path: String) -> String? {
        guard path.hasPrefix("items.first.") else { return nil }
        let column = String(path.dropFirst("items.first.".count))
        return ["name", "category", "price", "sku", "quantity"].contains(column) ? column : nil
    }

    private func cartExpression(_ path: String) -> String? {
        let items = "FROM {elements c.items} i LEFT JOIN products g ON g.sku = i.value ->> 'sku'"
        switch path {
        case "id": return "c.id"
        case "updated_at": return "c.at"
        case "total", "in_stock_items": return "c.\(path)"
        case "state": return "CASE WHEN c.id IS NOT NULL THEN 'open' END"
        case "items":
            return "(SELECT {joined}(COALESCE(i.value ->> 'name', g.name, i.value ->> 'sku'), '\u{1F}') \(items))"
        case "items.count": return "(SELECT COUNT(*) FROM {elements c.items} i)"
        case ItemRecords.path:
            let own = { (column: String) in "(i.value ->> '\(column)')" }
            return "(SELECT {joined}(v, '\u{1F}') FROM (SELECT \(itemCells(own)) AS v \(items) ORDER BY i.key) t)"
        case "categories":
            return """
                (SELECT {joined}(v, '\u{1F}') FROM
                 (SELECT COALESCE(i.value ->> 'category', g.category) AS v \(items)
                  WHERE COALESCE(i.value ->> 'category', g.category) IS NOT NULL
                  GROUP BY v ORDER BY MIN(i.key)) t)
                """
        case "skus":
            return """
                (SELECT {joined}(v, '\u{1F}') FROM
                 (SELECT i.value ->> 'sku' AS v FROM {elements c.items} i GROUP BY v ORDER BY MIN(i.key)) t)
                """
        default:
            guard let column = itemColumn(path) else { return nil }
            let text = "i.value ->> '\(column)'"
            let own = ["price", "quantity"].contains(column) ? "CAST(\(text) AS BIGINT)" : text
            let value = FieldSQL.ofProduct.contains(column) ? "COALESCE(\(own), g.\(column))" : own
            return "(SELECT \(value) \(items) ORDER BY i.key LIMIT 1)"
        }
    }

    private mutating func couponExpression(_ path: String) -> String? {
        switch path {
        case "id", "template", "code", "face_value", "issued_at", "expires_at": return "k.\(path)"
        case "expires_on": return "nudged_day(k.expires_at - 1, \(clock.zone()))"
        case "state":
            return """
                CASE WHEN k.state = 'used' AND (k.used_at IS NULL OR k.used_at <= :now) THEN 'used'
                WHEN k.state = 'used' THEN 'unused' ELSE k.state END
                """
        default: return nil
        }
    }

    /// A points batch is all rows with the same expiry date (`b.lo < expires_at ≤ b.hi`) and points left. `b.ref` is
    /// when it was due: points earned later are not part of it.
    private func pointsExpression(_ path: String) -> String? {
        switch path {
        case "expiring":
            return """
                (SELECT NULLIF(\(FieldSQL.total("p.remaining")), 0) FROM points p WHERE p.member = b.member
                 AND p.expires_at > b.lo AND p.expires_at <= b.hi AND p.remaining > 0
                 AND (p.earned_at IS NULL OR p.earned_at <= CAST(b.ref AS BIGINT)))
                """
        case "expires_on": return "b.day"
        default: return nil
        }
    }

    private func browseExpression(_ path: String) -> String? {
        switch path {
        case "category":
            return BrowsedValue.sql("e", .category)
        case "sku": return BrowsedValue.sql("e", .sku)
        case "count": return "b.hi"
        default: return nil
        }
    }

    private func triggerExpression(_ path: String) -> String? {
        path.hasPrefix("data.")
            ? EventColumns.expression(key: String(path.dropFirst(5)), event: "e.name", row: "e") : nil
    }
}

func sqlText(_ text: String) -> String { "'" + text.doubling("'") + "'" }
