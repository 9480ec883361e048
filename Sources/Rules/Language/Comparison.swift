import Kit

/// One operator with its operand. `field: value` is `.anyOf([value])`, `field: [a, b]` is `.anyOf([a, b])`.
package enum Comparison: Sendable, Hashable {
    case anyOf([Value])
    case startsWith(String)
    case contains(String)
    case atLeast(Value)
    case moreThan(Value)
    case atMost(Value)
    case lessThan(Value)
    /// Both ends included; a date given as the upper end for an instant means the whole day.
    case between(Value, Value)
    case before(Moment)
    case after(Moment)
    case betweenMoments(Moment, Moment)
    /// `is` on an instant.
    case atMoment(Moment)
    /// `now − N < x ≤ now`.
    case withinLast(Span)
    /// `x ≤ now − N`.
    case moreThanAgo(Span)
    /// `now < x ≤ now + N`.
    case withinNext(Span)
    case includes(String)
    case includesAny([String])
    case includesAll([String])
    case isTrue(Bool)
    case isSet(Bool)
    /// Against another field of the same kind, times a factor for numbers and amounts: `less_than: {field: …, times: …}`.
    /// A value that is missing on either side makes it false.
    case other(Operator, Field, times: Factor)
    /// True exactly where the other is false, so for a missing value too: `is_not`, `none_of` and `excludes`.
    indirect case opposite(Comparison)

    /// Nil for an operand that the operator does not take.
    package init?(_ word: Operator, _ operand: Operand) {
        if let positive = word.opposite {
            guard let test = Comparison(positive, operand) else { return nil }
            self = .opposite(test)
            return
        }
        switch (word, operand) {
        case (.equals, .values(let values)), (.anyOf, .values(let values)): self = .anyOf(values)
        case (.equals, .moment(let moment)): self = .atMoment(moment)
        case (.equals, .flag(let wanted)): self = .isTrue(wanted)
        case (.startsWith, .part(let text)): self = .startsWith(text)
        case (.contains, .part(let text)): self = .contains(text)
        case (.atLeast, .bound(let limit)): self = .atLeast(limit)
        case (.moreThan, .bound(let limit)): self = .moreThan(limit)
        case (.atMost, .bound(let limit)): self = .atMost(limit)
        case (.lessThan, .bound(let limit)): self = .lessThan(limit)
        case (.between, .bounds(let low, let high)): self = .between(low, high)
        case (.between, .moments(let low, let high)): self = .betweenMoments(low, high)
        case (.before, .moment(let moment)): self = .before(moment)
        case (.after, .moment(let moment)): self = .after(moment)
        case (.withinLast, .span(let span)): self = .withinLast(span)
        case (.moreThanAgo, .span(let span)): self = .moreThanAgo(span)
        case (.withinNext, .span(let span)): self = .withinNext(span)
        case (.includes, .item(let item)): self = .includes(item)
        case (.includesAny, .anyItem(let items)): self = .includesAny(items)
        case (.includesAll, .everyItem(let items)): self = .includesAll(items)
        case (.isSet, .flag(let wanted)): self = .isSet(wanted)
        case (let word, .field(let field, let times)) where word.comparesFields:
            self = .other(word, field, times: times)
        default: return nil
        }
    }

    /// True for the tests that a missing value passes (rule-language §3).
    package var isNegated: Bool {
        switch self {
        case .opposite: true
        case .isSet(let wanted): !wanted
        default: false
        }
    }
    /// The field that it compares with.
    package var otherField: Field? { if case .field(let field, _) = operand { field } else { nil } }
    /// The number of values it names.
    package var valueCount: Int {
        switch operand {
        case .values(let values): values.count
        case .anyItem(let items), .everyItem(let items): items.count
        case .bounds, .moments: 2
        case .flag, .field: 0
        case .part, .item, .bound, .moment, .span: 1
        }
    }
}

extension Comparison {
    /// What an operator is compared with.
    package enum Operand {
        case values([Value])
        case part(String)
        case bound(Value)
        case bounds(Value, Value)
        case moment(Moment)
        case moments(Moment, Moment)
        case span(Span)
        case item(String)
        case anyItem([String])
        case everyItem([String])
        case flag(Bool)
        case field(Field, times: Factor)
    }

    /// The operator and its operand, from which `init(_:_:)` makes the same comparison.
    package var written: (word: Operator, operand: Operand) {
        switch self {
        case .anyOf(let values): (.anyOf, .values(values))
        case .startsWith(let text): (.startsWith, .part(text))
        case .contains(let text): (.contains, .part(text))
        case .atLeast(let limit): (.atLeast, .bound(limit))
        case .moreThan(let limit): (.moreThan, .bound(limit))
        case .atMost(let limit): (.atMost, .bound(limit))
        case .lessThan(let limit): (.lessThan, .bound(limit))
        case .between(let low, let high): (.between, .bounds(low, high))
        case .before(let moment): (.before, .moment(moment))
        case .after(let moment): (.after, .moment(moment))
        case .betweenMoments(let low, let high): (.between, .moments(low, high))
        case .atMoment(let moment): (.equals, .moment(moment))
        case .withinLast(let span): (.withinLast, .span(span))
        case .moreThanAgo(let span): (.moreThanAgo, .span(span))
        case .withinNext(let span): (.withinNext, .span(span))
        case .includes(let item): (.includes, .item(item))
        case .includesAny(let items): (.includesAny, .anyItem(items))
        case .includesAll(let items): (.includesAll, .everyItem(items))
        case .isTrue(let wanted): (.equals, .flag(wanted))
        case .isSet(let wanted): (.isSet, .flag(wanted))
        case .other(let word, let field, let times): (word, .field(field, times: times))
        case .opposite(let test): (test.written.word.negated, test.written.operand)
        }
    }
    package var operand: Operand { written.operand }

    package var canonical: String {
        let (word, operand) = written
        return "\(word.rawValue): \(operand.canonical)"
    }
}

extension Comparison.Operand {
    fileprivate var canonical: String {
        switch self {
        case .values(let values): Flow.list(values.map(\.canonical))
        case .part(let text), .item(let text): Flow.quoted(text)
        case .bound(let value): value.canonical
        case .bounds(let low, let high): Flow.list([low.canonical, high.canonical])
        case .moment(let moment): moment.canonical
        case .moments(let low, let high): Flow.list([low.canonical, high.canonical])
        case .span(let span): span.text
        case .anyItem(let items), .everyItem(let items): Flow.list(items.map(Flow.quoted))
        case .flag(let wanted): "\(wanted)"
        case .field(let field, let times): "{field: \(Flow.quoted(field.name)), times: \(times.text)}"
        }
    }
}

extension Value {
    fileprivate var canonical: String {
        switch self {
        case .text(let text): Flow.quoted(text)
        case .number(let number): Int64(exactly: number).map(String.init) ?? "\(number)"
        case .money(let fen): "\(fen) fen"
        case .date(let date): date.text
        case .instant(let instant): "\(instant.micros)us"
        case .list(let texts): Flow.list(texts.map(Flow.quoted))
        case .bool(let flag): "\(flag)"
        }
    }
}

extension TimePoint {
    fileprivate var canonical: String {
        switch self {
        case .instant(let instant): "\(instant.micros)us"
        case .local(let date, let micros): "\(date.text)+\(micros)us"
        case .date(let date): date.text
        }
    }
}
