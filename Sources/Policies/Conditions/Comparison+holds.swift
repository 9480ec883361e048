import Kit
import Rules

extension Comparison {
    /// Rule-language §3: a test on a missing value is false; an opposite is
    /// true for a missing value; only `is_set` asks about presence. Text compares exactly.
    package func holds(_ value: Value?, type: FieldType, now: Instant, zone: Zone) -> Bool {
        switch self {
        case .isSet(let wanted): return (value != nil) == wanted
        // Only who knows the other field's value can tell: `holds(_:against:)`.
        case .other, .opposite(.other): return false
        case .opposite(let test): return !test.holds(value, type: type, now: now, zone: zone)
        default: break
        }
        guard let value else { return false }
        if type == .any { return holdsData(value) }
        switch (self, value) {
        case (.anyOf(let wanted), _): return wanted.contains { Comparison.equal(value, $0) }
        case (.startsWith(let prefix), .text(let text)): return text.utf8.starts(with: prefix.utf8)
        case (.contains(let part), .text(let text)): return Comparison.contains(text, part)
        case (.isTrue(let wanted), .bool(let flag)): return flag == wanted
        case (.includes(let item), .list(let items)): return items.contains { Comparison.same($0, item) }
        case (.includesAny(let wanted), .list(let items)):
            return wanted.contains { item in items.contains { Comparison.same($0, item) } }
        case (.includesAll(let wanted), .list(let items)):
            return wanted.allSatisfy { item in items.contains { Comparison.same($0, item) } }
        case (.atLeast, _), (.moreThan, _), (.atMost, _), (.lessThan, _), (.between, _): return holdsOrder(value)
        case (_, .date(let date)): return holdsDate(date, today: zone.date(of: now))
        case (_, .instant(let instant)): return holdsInstant(instant, now: now, zone: zone)
        default: return false
        }
    }

    /// Values of event data have no type: compared as a number where the test has one, else as text.
    private func holdsData(_ value: Value) -> Bool {
        switch self {
        case .anyOf(let wanted):
            wanted.contains { operand in
                if case .number(let number) = operand { return value.plainNumber == number }
                guard let text = operand.plainText, let own = value.plainText else { return false }
                return Comparison.same(own, text)
            }
        case .startsWith(let prefix): value.plainText?.utf8.starts(with: prefix.utf8) ?? false
        case .contains(let part): value.plainText.map { Comparison.contains($0, part) } ?? false
        default: value.plainNumber.map { holdsOrder(.number($0)) } ?? false
        }
    }

    private func holdsOrder(_ value: Value) -> Bool {
        func compare(_ other: Value) -> Int? { Comparison.order(value, other) }
        switch self {
        case .atLeast(let limit): return compare(limit).map { $0 >= 0 } ?? false
        case .moreThan(let limit): return compare(limit).map { $0 > 0 } ?? false
        case .atMost(let limit): return compare(limit).map { $0 <= 0 } ?? false
        case .lessThan(let limit): return compare(limit).map { $0 < 0 } ?? false
        case .between(let low, let high):
            guard let a = compare(low), let b = compare(high) else { return false }
            return a >= 0 && b <= 0
        default: return false
        }
    }

    private func holdsDate(_ date: LocalDate, today: LocalDate) -> Bool {
        switch self {
        case .before(let moment): return moment.localDate.map { date < $0 } ?? false
        case .after(let moment): return moment.localDate.map { date > $0 } ?? false
        case .betweenMoments(let low, let high):
            guard let low = low.localDate, let high = high.localDate else { return false }
            return low <= date && date <= high
        case .atMoment(let moment): return moment.localDate == date
        case .withinLast(let span): return today.adding(days: -span.days) < date && date <= today
        case .moreThanAgo(let span): return date <= today.adding(days: -span.days)
        case .withinNext(let span): return today < date && date <= today.adding(days: span.days)
        default: return false
        }
    }

    private func holdsInstant(_ instant: Instant, now: Instant, zone: Zone) -> Bool {
        switch self {
        case .before(let moment): return instant < moment.instant(in: zone)
        case .after(let moment): return instant >= moment.firstInstantAfter(in: zone)
        case .betweenMoments(let low, let high):
            return low.instant(in: zone) <= instant && instant < high.firstInstantAfter(in: zone)
        case .atMoment(let moment):
            return moment.instant(in: zone) <= instant && instant < moment.firstInstantAfter(in: zone)
        case .withinLast(let span): return zone.subtract(span, from: now) < instant && instant <= now
        case .moreThanAgo(let span): return instant <= zone.subtract(span, from: now)
        case .withinNext(let span): return now < instant && instant <= zone.add(span, to: now)
        default: return false
        }
    }

    /// Compares text by its bytes: Swift's `==` would equate é with e + U+0301, which the database keeps apart.
    static func same(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    static func equal(_ a: Value, _ b: Value) -> Bool {
        switch (a, b) {
        case (.text(let x), .text(let y)): same(x, y)
        case (.bool(let x), .bool(let y)): x == y
        case (.date(let x), .date(let y)): x == y
        default: order(a, b) == 0
        }
    }

    /// -1, 0 or 1; nil where the two cannot be compared. Money against a plain number counts the number as yuan.
    static func order(_ a: Value, _ b: Value) -> Int? {
        func sign<T: Comparable>(_ x: T, _ y: T) -> Int { x < y ? -1 : x > y ? 1 : 0 }
        switch (a, b) {
        case (.number(let x), .number(let y)): return sign(x, y)
        case (.money(let x), .money(let y)): return sign(x, y)
        case (.money(let x), .number(let y)): return sign(Double(x), y * 100)
        case (.number(let x), .money(let y)): return sign(x * 100, Double(y))
        default: return nil
        }
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let haystack = Array(text.utf8)
        let needle = Array(part.utf8)
        guard !needle.isEmpty else { return true }
        guard haystack.count >= needle.count else { return false }
        return (0...(haystack.count - needle.count)).contains {
            haystack[$0..<($0 + needle.count)].elementsEqual(needle)
        }
    }
}

extension TimePoint {
    /// The local date a literal names; nil for an instant.
    package var localDate: LocalDate? {
        switch self {
        case .date(let date), .local(let date, _): date
        case .instant: nil
        }
    }

    /// The first instant that is after this literal: after 2026-03-07 begins on the 8th.
    package func firstInstantAfter(in zone: Zone) -> Instant {
        switch self {
        case .date(let date): zone.startOfDay(date.adding(days: 1))
        default: instant(in: zone).adding(micros: 1)
        }
    }
}
