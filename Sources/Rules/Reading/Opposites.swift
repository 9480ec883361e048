import Kit

/// Pairs of tests of one field, and of counts of one event, that no member can ever meet together. Only what is certain
/// in every zone and at every time.
extension Comparison {
    /// True when no value meets both.
    func excludesAll(of other: Comparison) -> Bool {
        isOpposite(of: other) || other.isOpposite(of: self)
            || (window.flatMap { own in other.window.map { !own.meets($0) } } ?? false)
    }

    private func isOpposite(of other: Comparison) -> Bool {
        switch (self, other) {
        case (.anyOf(let values), .startsWith), (.anyOf(let values), .contains):
            values.allSatisfy { value in
                guard case .text(let text) = value else { return false }
                return !other.mayHold(text)
            }
        case (.startsWith(let a), .startsWith(let b)):
            !a.utf8.starts(with: b.utf8) && !b.utf8.starts(with: a.utf8)
        case (.opposite(.includes(let item)), .includes(let wanted)): item == wanted
        case (.opposite(.includes(let item)), .includesAny(let wanted)): wanted.allSatisfy { $0 == item }
        case (.opposite(.includes(let item)), .includesAll(let wanted)): wanted.contains(item)
        case (.moreThanAgo(let ago), .withinLast(let last)):
            ago.isNominal == last.isNominal && ago.roughMicros >= last.roughMicros
        case (.withinNext, .withinLast), (.withinNext, .moreThanAgo): true
        default: false
        }
    }

    private func mayHold(_ text: String) -> Bool {
        switch self {
        case .startsWith(let prefix): text.utf8.starts(with: prefix.utf8)
        case .contains(let part):
            part.isEmpty || text.utf8.indices.contains { text.utf8[$0...].starts(with: part.utf8) }
        default: true
        }
    }

    /// The time in which a test of a moment holds, or more than that; nil for other tests.
    private var window: Window? {
        switch self {
        case .before(let moment): Window(from: nil, to: moment, isBefore: true)
        case .after(let moment): Window(from: moment, to: nil, isAfter: true)
        case .betweenMoments(let low, let high): Window(from: low, to: high)
        case .atMoment(let moment): Window(from: moment, to: moment)
        default: nil
        }
    }
}

/// Microseconds from the first to the last that it may hold, all with a zone or all on one local clock.
private struct Window {
    private static let day: Int64 = 86_400_000_000
    private static let minute: Int64 = 60_000_000

    private let hasZone: Bool
    private var low = Int64.min
    private var high = Int64.max

    /// Nil where one end has a zone and the other has none. An end that a test includes lasts for its minute, or day.
    init?(from: Moment?, to: Moment?, isBefore: Bool = false, isAfter: Bool = false) {
        let ends = [from, to].compactMap { $0 }.map(Window.place)
        guard let first = ends.first, ends.allSatisfy({ $0.hasZone == first.hasZone }) else { return nil }
        hasZone = first.hasZone
        if from != nil { low = isAfter ? first.micros + (first.isDay ? Window.day : 1) : first.micros }
        if to != nil, let last = ends.last {
            high = last.micros - 1
            if !isBefore { high += last.isDay ? Window.day : Window.minute }
        }
    }

    func meets(_ other: Window) -> Bool {
        hasZone != other.hasZone || max(low, other.low) <= min(high, other.high)
    }

    private static func place(_ moment: Moment) -> (micros: Int64, isDay: Bool, hasZone: Bool) {
        switch moment {
        case .instant(let instant): (instant.micros, false, true)
        case .local(let date, let micros): (Int64(date.days) * day + micros, false, false)
        case .date(let date): (Int64(date.days) * day, true, false)
        }
    }
}

extension HistoryTest {
    /// True when no member has both counts: of one event with one `where`, the shorter time never has more than the longer.
    func excludesAll(of other: HistoryTest) -> Bool {
        guard event == other.event, filter == other.filter else { return false }
        return isWithin(other) && least > other.most || other.isWithin(self) && other.least > most
    }

    private func isWithin(_ other: HistoryTest) -> Bool {
        guard let wide = other.period else { return true }
        guard let own = period else { return false }
        return own.isNominal == wide.isNominal && own.roughMicros <= wide.roughMicros
    }

    private var least: Int {
        times.map {
            switch $0 {
            case .exactly(let n), .atLeast(let n): n
            case .moreThan(let n): n < Int.max ? n + 1 : n
            case .between(let low, _): low
            case .atMost, .lessThan: 0
            }
        }.max() ?? 0
    }

    private var most: Int {
        times.map {
            switch $0 {
            case .exactly(let n), .atMost(let n): n
            case .lessThan(let n): n > 0 ? n - 1 : 0
            case .between(_, let high): high
            case .atLeast, .moreThan: Int.max
            }
        }.min() ?? Int.max
    }
}

/// R210 where a rule asks for members who are closed: no trigger is due for them.
enum ClosedMembers {
    static func finding(_ condition: Condition?, _ findings: Findings) -> Diagnostic? {
        guard let test = condition.flatMap(asking) else { return nil }
        return Diagnostic(
            "R210", .error, "no member can ever meet this test of `\(test.field.name)`", at: test.place.value,
            label: "a closed member gets nothing",
            help: ["rules reach only members whose status is `active`: take the condition away"],
            rule: findings.rule, path: findings.path + ["if"])
    }

    /// The first test, of those that must all hold, that no active member meets.
    private static func asking(_ condition: Condition) -> FieldTest? {
        switch condition {
        case .all(let children): children.lazy.compactMap(asking).first
        case .field(let test):
            test.field.name == "member.status" && test.tests.contains(where: isForClosed) ? test : nil
        case .any, .none, .history: nil
        }
    }

    private static func isForClosed(_ test: Comparison) -> Bool {
        let active = Value.text(MemberRow.Status.active.rawValue)
        return switch test {
        case .anyOf(let values): !values.contains(active)
        case .opposite(.anyOf(let values)): values.contains(active)
        default: false
        }
    }
}
