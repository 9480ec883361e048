import Kit

/// One operator with its operand. `field: value` is `.anyOf([value])`, `field: [a, b]` is `.anyOf([a, b])`.
package enum Comparison: Sendable, Hashable {
    case anyOf([Value])
    case noneOf([Value])
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
    case excludes(String)
    case isTrue(Bool)
    case isSet(Bool)
    /// Against another field of the same kind, times a factor for numbers and amounts: `less_than: {field: …, times: …}`.
    /// A value that is missing on either side makes it false, and `is_not`, the opposite of `is`, true.
    case other(Operator, Field, times: Factor)

    /// True for the tests that a missing value passes (rule-language §3).
    package var isNegated: Bool {
        switch self {
        case .noneOf, .excludes: true
        case .isSet(let wanted): !wanted
        case .other(let word, _, _): word == .isNot
        default: false
        }
    }
    /// The field that it compares with.
    package var otherField: Field? { if case .other(_, let field, _) = self { field } else { nil } }
    /// The number of values it names.
    package var valueCount: Int {
        switch self {
        case .anyOf(let values), .noneOf(let values): values.count
        case .includesAny(let texts), .includesAll(let texts): texts.count
        case .between, .betweenMoments: 2
        case .isSet, .isTrue, .other: 0
        default: 1
        }
    }
}

extension Comparison {
    package var canonical: String {
        switch self {
        case .anyOf(let values): "any_of: \(Flow.list(values.map(\.canonical)))"
        case .noneOf(let values): "none_of: \(Flow.list(values.map(\.canonical)))"
        case .startsWith(let text): "starts_with: \(Flow.quoted(text))"
        case .contains(let text): "contains: \(Flow.quoted(text))"
        case .atLeast(let value): "at_least: \(value.canonical)"
        case .moreThan(let value): "more_than: \(value.canonical)"
        case .atMost(let value): "at_most: \(value.canonical)"
        case .lessThan(let value): "less_than: \(value.canonical)"
        case .between(let low, let high): "between: \(Flow.list([low.canonical, high.canonical]))"
        case .before(let moment): "before: \(moment.canonical)"
        case .after(let moment): "after: \(moment.canonical)"
        case .betweenMoments(let low, let high): "between: \(Flow.list([low.canonical, high.canonical]))"
        case .atMoment(let moment): "is: \(moment.canonical)"
        case .withinLast(let span): "within_last: \(span.text)"
        case .moreThanAgo(let span): "more_than_ago: \(span.text)"
        case .withinNext(let span): "within_next: \(span.text)"
        case .includes(let text): "includes: \(Flow.quoted(text))"
        case .includesAny(let texts): "includes_any: \(Flow.list(texts.map(Flow.quoted)))"
        case .includesAll(let texts): "includes_all: \(Flow.list(texts.map(Flow.quoted)))"
        case .excludes(let text): "excludes: \(Flow.quoted(text))"
        case .isTrue(let wanted): "is: \(wanted)"
        case .isSet(let wanted): "is_set: \(wanted)"
        case .other(let word, let field, let times):
            "\(word.rawValue): {field: \(Flow.quoted(field.name)), times: \(times.text)}"
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
