import Engine
import Kit
import Policies
import Rules
import Store

/// Values of a field that would turn one of its tests, nearest first as the test itself suggests them.
struct ExplanationValues {
    let readings: FieldValues

    /// - Returns: nil stands for a missing value.
    func candidates(_ test: FieldTest, now: Value?, _ wanted: Bool) -> [Value?] {
        let values = test.tests.flatMap { wanted ? holding($0, now, test.field.type) : failing($0, now) }
        return values.filter { value in
            let holds = test.tests.allSatisfy {
                $0.holds(value, type: test.field.type, now: readings.now, zone: readings.zone)
            }
            return holds == wanted && (value != nil || test.field.canBeMissing)
        }
    }

    private func holding(_ test: Comparison, _ now: Value?, _ type: FieldType) -> [Value?] {
        switch test {
        case .anyOf(let values): return values
        case .opposite(let test): return failing(test, now)
        case .startsWith(let text), .contains(let text): return [.text(text)]
        case .atLeast(let value), .atMost(let value): return [value]
        case .moreThan(let value): return [stepped(value, 1)]
        case .lessThan(let value): return [stepped(value, -1)]
        case .between(let low, let high): return [low, high]
        case .includes(let item): return [.list(items(now) + [item])]
        case .includesAny(let wanted): return wanted.prefix(1).map { .list(items(now) + [$0]) }
        case .includesAll(let wanted):
            return [.list(items(now) + wanted.filter { item in !items(now).contains(item) })]
        case .isTrue(let wanted): return [.bool(wanted)]
        case .isSet(let wanted): return wanted ? [any(of: type)] : [nil]
        default: return times(test, type)
        }
    }

    /// The edges of what a test on dates and instants accepts.
    private func times(_ test: Comparison, _ type: FieldType) -> [Value?] {
        let (zone, today) = (readings.zone, readings.zone.date(of: readings.now))
        func moment(_ moment: Moment, _ days: Int = 0) -> [Value?] {
            if type == .date { return [moment.localDate.map { .date($0.adding(days: days)) }] }
            let instant = days > 0 ? moment.firstInstantAfter(in: zone) : moment.instant(in: zone)
            return [.instant(days < 0 ? instant.adding(micros: -1) : instant)]
        }
        func span(_ date: LocalDate, _ instant: Instant) -> [Value?] {
            [type == .date ? .date(date) : .instant(instant)]
        }
        switch test {
        case .before(let bound): return moment(bound, -1)
        case .after(let bound): return moment(bound, 1)
        case .betweenMoments(let low, _): return moment(low)
        case .atMoment(let exact): return moment(exact)
        case .withinLast: return span(today, readings.now)
        case .moreThanAgo(let past):
            return span(today.adding(days: -past.days), zone.subtract(past, from: readings.now))
        case .withinNext(let ahead): return span(today.adding(days: ahead.days), zone.add(ahead, to: readings.now))
        default: return []
        }
    }

    private func failing(_ test: Comparison, _ now: Value?) -> [Value?] {
        switch test {
        case .atLeast(let value): [stepped(value, -1), nil]
        case .atMost(let value): [stepped(value, 1), nil]
        case .moreThan(let value), .lessThan(let value): [value, nil]
        case .between(let low, let high): [stepped(low, -1), stepped(high, 1), nil]
        case .includes(let item): [.list(items(now).filter { $0 != item })]
        case .includesAny(let unwanted): [.list(items(now).filter { !unwanted.contains($0) })]
        case .isTrue(let unwanted): [.bool(!unwanted)]
        case .opposite(let test): holding(test, now, .any)
        case .isSet(let unwanted): unwanted ? [nil] : [.text("?")]
        default: [nil]
        }
    }

    private func items(_ value: Value?) -> [String] {
        if case .list(let items) = value { return items }
        return []
    }

    private func stepped(_ value: Value, _ step: Int) -> Value {
        switch value {
        case .number(let number): .number(number + Double(step))
        case .money(let fen): .money(fen + Int64(step))
        default: value
        }
    }

    /// Any value of a type, when only its presence counts.
    func any(of type: FieldType) -> Value {
        switch type {
        case .text, .code, .any: .text("?")
        case .number: .number(1)
        case .money: .money(100)
        case .date: .date(readings.zone.date(of: readings.now))
        case .instant: .instant(readings.now)
        case .list: .list(["?"])
        case .bool: .bool(true)
        }
    }
}
