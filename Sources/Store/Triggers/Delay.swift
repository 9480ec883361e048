import GRDB
import Policies
import Rules

/// How a delay trigger gets from its start to its due instant (semantics §4), and back to the starts that can be due
/// within a window.
struct Delay {
    var span: Span
    var at: LocalTime?
    /// `inactive`: the first local `at` on or after start + span; else the local date of start + span at `at`.
    var strikesAfter: Bool

    init?(_ trigger: Trigger) {
        strikesAfter = false
        switch trigger {
        case .event(let event): (span, at) = (event.after, event.at)
        case .firstPurchase(let days, let at): (span, self.at) = (Span(days, .days), at)
        case .cartIdle(let idle): (span, at) = (idle, nil)
        case .browsed(let browsed): (span, at) = (browsed.idleFor, nil)
        case .inactive(let inactive):
            (span, at) = (inactive.for, inactive.at)
            strikesAfter = true
        default: return nil
        }
    }

    func due(from start: Instant, in zone: Zone) -> Instant {
        guard let at else { return zone.add(span, to: start) }
        let floor = strikesAfter ? zone.add(span, to: start) : start
        let day = strikesAfter ? zone.date(of: floor) : zone.date(of: start).adding(days: span.days)
        let strike = zone.instant(day, at)
        return strike >= floor ? strike : zone.instant(day.adding(days: 1), at)
    }

    /// Starts lie at most this far before their due instant.
    var longest: Int64 { span.roughMicros + (at == nil ? 4 : 54) * 3_600_000_000 }

    /// Clock changes move a nominal span by at most this much.
    private static let slack: Int64 = 4 * 3_600_000_000

    /// Bounds (exclusive, inclusive) of the starts that can be due in the window, on one zone's clock; nil: none can.
    func starts(dueIn window: Window, zone: Zone) -> (after: Instant, through: Instant)? {
        guard let at else {
            let bounds = (zone.subtract(span, from: window.after), zone.subtract(span, from: window.through))
            return span.isNominal && !isSteady(zone, bounds, window)
                ? (bounds.0.adding(micros: -Delay.slack), bounds.1.adding(micros: Delay.slack)) : bounds
        }
        guard let days = zone.strikeDays(of: at, in: window) else { return nil }
        let (first, last) = (days.lowerBound, days.upperBound)
        if strikesAfter {
            let low = zone.subtract(span, from: zone.instant(first.adding(days: -1), at))
            let high = zone.subtract(span, from: zone.instant(last, at))
            return isSteady(zone, (low, high), window)
                ? (low, high) : (low.adding(micros: -Delay.slack), high.adding(micros: Delay.slack))
        }
        let low = first.adding(days: -span.days - (span.days == 0 ? 1 : 0))
        return (
            zone.startOfDay(low).adding(micros: -1),
            zone.startOfDay(last.adding(days: 1 - span.days)).adding(micros: -1)
        )
    }

    /// No clock change near the starts or the window, so nominal days are plain multiples of 24 h.
    private func isSteady(_ zone: Zone, _ bounds: (Instant, Instant), _ window: Window) -> Bool {
        guard window.through.micros - window.after.micros < Delay.slack else { return false }
        let offset = zone.offsetSeconds(at: window.through)
        return [window.after, bounds.0, bounds.1].allSatisfy { instant in
            zone.offsetSeconds(at: instant.adding(micros: -Delay.slack)) == offset
                && zone.offsetSeconds(at: instant.adding(micros: Delay.slack)) == offset
        }
    }
}
