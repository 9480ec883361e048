import Kit
import Intake
import Policies
import Rules

/// Finds what ends a wait before its decision: an `unless` event, the end of the anchor itself, or a newer start
/// (semantics §4). Each is one index lookup of the member's first such event after the start. Within one instant the
/// start comes before an event of another name (a cart is touched, then bought); an event of the same name is another
/// start, and comes later.
struct Interruption {
    struct Column {
        enum Kind {
            case unless(String), anchor(String), newer
            var isCancelling: Bool { if case .newer = self { false } else { true } }
        }
        var kind: Kind
        var sql: String
        /// The events come from our own decisions: in one instant they come a round after outside events.
        var isOwn = false
    }

    var columns: [Column]
    /// The names of events that can cancel a wait of this rule.
    var cancellingEvents: [String]
    /// What the filters of `unless` compare with.
    let bindings: Bindings

    /// Builds the columns, which are expressions over the start event `e`.
    /// - Parameter decided: an instant as SQL; events of our own count only after it.
    init(_ rule: Rule, decided: String? = nil) {
        func first(_ name: String, _ extra: String = "", in source: EventSource = .rows) -> String {
            """
            (SELECT MIN(x.at) FROM \(source.table) x WHERE x.member = e.member AND x.name = \(sqlText(name))
             AND x.at \(rule.trigger.startingEvents.contains(name) ? ">" : ">=") e.at\(extra))
            """
        }
        let sameThing = " AND x.ref = e.ref"
        var filters = ConditionSQL(
            fields: FieldSQL(custom: [], tiers: [], hasOverrides: false, clock: StatementClock(prefix: "unless_")))
        columns = []
        for unless in rule.unless {
            let name = unless.event
            var extra: String
            switch Interruption.scope(of: name, rule.trigger) {
            case .anyOfMember: extra = ""
            case .ownThing: extra = sameThing
            case .never: continue
            }
            if let filter = unless.filter { extra += " AND " + filters.filter(filter, of: name, row: "x") }
            guard Ledger.ownEvents.contains(name) else {
                columns.append(Column(kind: .unless(name), sql: first(name, extra)))
                continue
            }
            let own = " AND x.source = 'nudged'" + (decided.map { " AND x.at > \($0)" } ?? "")
            let source: EventSource = name == OwnMessages.event ? .ownMessages : .rows
            columns.append(Column(kind: .unless(name), sql: first(name, extra + " AND x.source <> 'nudged'")))
            columns.append(Column(kind: .unless(name), sql: first(name, extra + own, in: source), isOwn: true))
        }
        switch rule.trigger {
        case .cartIdle:
            let order = """
                (SELECT MIN(x.paid_at) FROM orders x WHERE x.member = e.member AND x.cart = e.ref AND x.paid_at >= e.at
                 AND \(FieldSQL.isSound))
                """
            columns.append(Column(kind: .anchor("order.paid"), sql: order))
            for name in ["cart.ordered", "cart.emptied"] {
                columns.append(Column(kind: .anchor(name), sql: first(name, sameThing)))
            }
            columns.append(Column(kind: .newer, sql: first("cart.updated", sameThing)))
        case .browsed(let browsed):
            let value = BrowsedValue.sql
            columns.append(
                Column(
                    kind: .newer,
                    sql: first("product.viewed", " AND \(value("x", browsed.of)) = \(value("e", browsed.of))")))
        case .inactive(let inactive):
            let names = inactive.activity.map(sqlText).joined(separator: ", ")
            columns += EventSource.of(inactive.activity).map { source in
                Column(
                    kind: .newer,
                    sql: """
                        (SELECT MIN(x.at) FROM \(source.table) x
                         WHERE x.member = e.member AND x.name IN (\(names)) AND x.at > e.at)
                        """)
            }
        default: break
        }
        bindings = filters.fields.clock.literalArguments
        cancellingEvents = columns.compactMap { column in
            switch column.kind {
            case .unless(let name), .anchor(let name): name
            case .newer: nil
            }
        }
    }

    private enum Scope { case anyOfMember, ownThing, never }

    private static func scope(of name: String, _ trigger: Trigger) -> Scope {
        func triggerIs(_ prefix: String) -> Bool { trigger.startingEvent?.hasPrefix(prefix) ?? false }
        switch name {
        case "order.cancelled", "order.refunded": return triggerIs("order.") ? .ownThing : .never
        case "coupon.used": return triggerIs("coupon.") ? .ownThing : .anyOfMember
        case _ where name.hasPrefix("cart."): return triggerIs("cart.") ? .ownThing : .never
        default: return .anyOfMember
        }
    }

    /// The first ending at or before the decision, by instant; of two at one instant, outside events come first, then
    /// `unless` in file order, then the anchor. Nil: the wait goes on. `.newer` means replaced, without a line.
    func verdict(_ firsts: [Instant?], through decision: Instant) -> (kind: Column.Kind, at: Instant)? {
        var ending: (column: Column, at: Instant)?
        for (column, first) in zip(columns, firsts) {
            guard let first, first <= decision else { continue }
            // In one round cancelling comes before superseding: `newer` is last, so it wins only when strictly earlier.
            let isEarlier = ending.map { first < $0.at || first == $0.at && $0.column.isOwn && !column.isOwn }
            if isEarlier ?? true { ending = (column, first) }
        }
        return ending.map { ($0.column.kind, $0.at) }
    }
}

/// The subject of a view: its category (the product's, where the event names only the sku) or its sku. It is cast to
/// text, because a shop's own events may carry a sku as a number.
enum BrowsedValue {
    static func sql(_ row: String, _ unit: Trigger.Browsed.Unit) -> String {
        switch unit {
        case .sku: "CAST({json \(row).data} ->> 'sku' AS TEXT)"
        case .category:
            """
            COALESCE(CAST({json \(row).data} ->> 'category' AS TEXT),
              (SELECT category FROM products WHERE sku = CAST({json \(row).data} ->> 'sku' AS TEXT)))
            """
        }
    }
}
