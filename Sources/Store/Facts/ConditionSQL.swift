import Policies
import Rules

/// Compiles a condition to SQL (rule-language §3): negation sits only on leaves; a positive leaf is a plain comparison,
/// so an index can serve it, and a negated leaf is `(…) IS NOT TRUE`, so a missing value passes it.
struct ConditionSQL {
    var fields: FieldSQL
    /// When true, a leaf that may change by the instant of decision counts as holding, whether negated or not.
    private var isLenient = false

    init(fields: FieldSQL) { self.fields = fields }

    /// The SQL of a condition; nil when a leaf reads something that is not in the store.
    mutating func compile(_ condition: Condition) -> String? { compile(condition, negated: false) }

    /// SQL that selects everyone who may meet the condition, and perhaps some who do not: facts that our own actions
    /// change (tags, points, coupons, messages) or that only the occurrence knows are left to the gates.
    mutating func compileMayHold(_ condition: Condition) -> String {
        isLenient = true
        defer { isLenient = false }
        return compile(condition, negated: false) ?? "TRUE"
    }

    private func isSettled(_ field: Field) -> Bool {
        field.source == .member && !["member.tags", "member.points_balance"].contains(field.name)
            && !fields.custom.contains { $0.id == field.name && $0.sqliteSQL != nil }
    }

    private mutating func compile(_ condition: Condition, negated: Bool) -> String? {
        switch condition {
        case .all(let children):
            return join(children, negated ? " OR " : " AND ", negated, empty: negated ? "FALSE" : "TRUE")
        case .any(let children):
            return join(children, negated ? " AND " : " OR ", negated, empty: negated ? "TRUE" : "FALSE")
        case .none(let children):
            return join(children, negated ? " OR " : " AND ", !negated, empty: negated ? "FALSE" : "TRUE")
        case .history(let test) where isLenient && Ledger.ownEvents.contains(test.event): return "TRUE"
        case .field(let test) where isLenient && !test.fields.allSatisfy(isSettled): return "TRUE"
        case .history(let test):
            let count = history(test)
            let parts = test.times.map { comparison($0, count) }
            let whole = JoinedSQL.balanced(parts, " AND ")
            return negated ? "(\(whole) IS NOT TRUE)" : whole
        case .field(let test):
            guard let value = fields.expression(for: test.field) else { return isLenient ? "TRUE" : nil }
            var parts: [String] = []
            for operation in test.tests {
                guard let part = leaf(operation, value, test.field.type) else { return nil }
                parts.append(part)
            }
            guard negated else { return JoinedSQL.balanced(parts, " AND ") }
            return JoinedSQL.balanced(parts.map { "((\($0)) IS NOT TRUE)" }, " OR ")
        }
    }

    private mutating func join(_ children: [Condition], _ word: String, _ negated: Bool, empty: String) -> String? {
        var parts: [String] = []
        for child in children {
            guard let part = compile(child, negated: negated) else { return nil }
            parts.append(part)
        }
        return parts.isEmpty ? empty : JoinedSQL.balanced(parts, word)
    }

    /// A subquery that counts events up to and including now.
    mutating func history(_ test: HistoryTest) -> String {
        var sql = "h.member = m.id AND h.name = \(fields.clock.literal(test.event)) AND h.at <= :now"
        if let span = test.period { sql += " AND h.at > \(fields.clock.ago(span))" }
        if let filter = test.filter { sql += " AND " + self.filter(filter, of: test.event, row: "h") }
        let counts = EventSource.of([test.event]).map { "(SELECT COUNT(*) FROM \($0.table) h WHERE \(sql))" }
        return counts.count == 1 ? counts[0] : "(\(counts.joined(separator: " + ")))"
    }

    private func comparison(_ times: HistoryTest.Times, _ count: String) -> String {
        switch times {
        case .exactly(let n): "\(count) = \(n)"
        case .atLeast(let n): "\(count) >= \(n)"
        case .moreThan(let n): "\(count) > \(n)"
        case .atMost(let n): "\(count) <= \(n)"
        case .lessThan(let n): "\(count) < \(n)"
        case .between(let low, let high): "\(count) BETWEEN \(low) AND \(high)"
        }
    }

    /// The SQL of `where:` of an event trigger, of `history` or of `unless`, on the events of one name in `row`.
    mutating func filter(_ filter: EventFilter, of event: String, row: String) -> String {
        var parts: [String] = []
        for test in filter.tests {
            let value = EventColumns.expression(key: test.key, event: "\(row).name", row: row)
            let item = event.hasPrefix("order.") ? EventColumns.ofItems[test.key] : nil
            parts += test.tests.map { one in
                item.map { anyItem($0, own: value, one, of: row) } ?? leaf(one, value, .any) ?? "FALSE"
            }
        }
        return parts.isEmpty ? "TRUE" : JoinedSQL.balanced(parts, " AND ")
    }

    /// A test on the items of an order, or on the event's own data: any may match. The opposite form is for none of them.
    private mutating func anyItem(_ column: String, own: String, _ test: Comparison, of row: String) -> String {
        let positive = test.positive
        let (data, item) = (leaf(positive, own, .any) ?? "FALSE", leaf(positive, column, .any) ?? "FALSE")
        let any = """
            (\(data) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
             WHERE i.member = \(row).member AND i.order_id = \(row).ref AND \(item)))
            """
        return test.isNegated ? "(\(any) IS NOT TRUE)" : any
    }

    private mutating func leaf(_ test: Comparison, _ value: String, _ type: FieldType) -> String? {
        switch test {
        case .isSet(let wanted): return "\(fields.presence(of: value)) IS \(wanted ? "NOT " : "")NULL"
        case .opposite(let test): return leaf(test, value, type).map { "(\($0)) IS NOT TRUE" }
        case .anyOf(let wanted): return equality(value, wanted, type)
        case .startsWith(let prefix):
            let text = type == .any ? "nudged_text(\(value))" : value
            return "substr(\(text), 1, \(prefix.unicodeScalars.count)) = \(fields.clock.literal(prefix))"
        case .contains(let part):
            return "{instr}(\(type == .any ? "nudged_text(\(value))" : value), \(fields.clock.literal(part))) > 0"
        case .isTrue(let wanted): return "\(value) = \(wanted ? 1 : 0)"
        case .other(let word, let field, let times):
            return fields.expression(for: field).flatMap {
                OtherSide(type: type, field: field, times: times).sql(word, value, $0)
            }
        case .includes(let item): return membership(value, item)
        case .includesAny(let items): return JoinedSQL.balanced(items.map { membership(value, $0) }, " OR ")
        case .includesAll(let items): return JoinedSQL.balanced(items.map { membership(value, $0) }, " AND ")
        case .atLeast(let limit): return ordering(value, ">=", limit, type: type)
        case .moreThan(let limit): return ordering(value, ">", limit, type: type)
        case .atMost(let limit): return ordering(value, "<=", limit, type: type)
        case .lessThan(let limit): return ordering(value, "<", limit, type: type)
        case .between(let low, let high):
            return "(\(ordering(value, ">=", low, type: type)) AND \(ordering(value, "<=", high, type: type)))"
        default: return type == .date ? dateLeaf(test, value) : instantLeaf(test, value)
        }
    }

    private mutating func equality(_ value: String, _ wanted: [Value], _ type: FieldType) -> String {
        func isOneOf(_ value: String, _ operands: [Value]) -> String {
            "\(value) IN (" + operands.map { literal($0, type) }.joined(separator: ", ") + ")"
        }
        guard type == .any else { return isOneOf(value, wanted) }
        let numbers = wanted.filter(\.isNumber)
        let texts = wanted.filter { !$0.isNumber }.compactMap(\.plainText).map { Value.text($0) }
        var parts = numbers.isEmpty ? [] : [isOneOf("nudged_number(\(value))", numbers)]
        if !texts.isEmpty { parts.append(isOneOf("nudged_text(\(value))", texts)) }
        return parts.isEmpty ? "FALSE" : "(" + parts.joined(separator: " OR ") + ")"
    }

    private mutating func ordering(_ value: String, _ sign: String, _ limit: Value, type: FieldType) -> String {
        "\(type == .any ? "nudged_number(\(value))" : value) \(sign) \(literal(limit, type))"
    }

    /// Lists travel as text joined by U+001F; an element is found between two separators.
    private mutating func membership(_ value: String, _ item: String) -> String {
        "{instr}('\u{1F}' || \(value) || '\u{1F}', \(fields.clock.literal("\u{1F}\(item)\u{1F}"))) > 0"
    }

    private mutating func literal(_ value: Value, _ type: FieldType) -> String {
        switch value {
        case .text(let text): return fields.clock.literal(text)
        case .number(let number):
            return fields.clock.literal(type == .money ? (number * 100).rounded() : number)
        case .money(let fen):
            return type == .number || type == .any
                ? fields.clock.literal(Double(fen) / 100) : fields.clock.literal(fen)
        case .date(let date): return fields.clock.literal(date.days)
        case .instant(let instant): return fields.clock.literal(instant.micros)
        case .bool(let flag): return flag ? "1" : "0"
        case .list(let items): return fields.clock.literal(items.joined(separator: "\u{1F}"))
        }
    }

    private mutating func dateLeaf(_ test: Comparison, _ value: String) -> String? {
        func day(_ moment: Moment) -> String? { moment.localDate.map { String($0.days) } }
        switch test {
        case .before(let moment): return day(moment).map { "\(value) < \($0)" } ?? "FALSE"
        case .after(let moment): return day(moment).map { "\(value) > \($0)" } ?? "FALSE"
        case .atMoment(let moment): return day(moment).map { "\(value) = \($0)" } ?? "FALSE"
        case .betweenMoments(let low, let high):
            guard let low = day(low), let high = day(high) else { return "FALSE" }
            return "\(value) BETWEEN \(low) AND \(high)"
        case .withinLast(let span):
            return "(\(value) > \(fields.clock.day(-span.days)) AND \(value) <= \(fields.clock.today()))"
        case .moreThanAgo(let span): return "\(value) <= \(fields.clock.day(-span.days))"
        case .withinNext(let span):
            return "(\(value) > \(fields.clock.today()) AND \(value) <= \(fields.clock.day(span.days)))"
        default: return nil
        }
    }

    private mutating func instantLeaf(_ test: Comparison, _ value: String) -> String? {
        switch test {
        case .before(let moment): return "\(value) < \(fields.clock.moment(moment))"
        case .after(let moment): return "\(value) >= \(fields.clock.end(of: moment))"
        case .atMoment(let moment):
            return "(\(value) >= \(fields.clock.moment(moment)) AND \(value) < \(fields.clock.end(of: moment)))"
        case .betweenMoments(let low, let high):
            return "(\(value) >= \(fields.clock.moment(low)) AND \(value) < \(fields.clock.end(of: high)))"
        case .withinLast(let span): return "(\(value) > \(fields.clock.ago(span)) AND \(value) <= :now)"
        case .moreThanAgo(let span): return "\(value) <= \(fields.clock.ago(span))"
        case .withinNext(let span): return "(\(value) > :now AND \(value) <= \(fields.clock.ahead(span)))"
        default: return nil
        }
    }
}

extension Value {
    fileprivate var isNumber: Bool { if case .number = self { true } else { false } }
}

extension Comparison {
    /// The form whose opposite a negated test is; any other test is its own.
    fileprivate var positive: Comparison {
        switch self {
        case .opposite(let test): test
        case .isSet: .isSet(true)
        default: self
        }
    }
}
