import Kit
import Policies
import Rules

/// Computes the due instant of a delay trigger from its start (semantics §4), and the starts due in a window.
package struct Delay {
    package var span: Span
    package var at: LocalTime?
    /// True (`inactive`): due at the first local `at` from start + span on; else at `at` on the date of start + span.
    package var strikesAfter: Bool

    package init?(_ trigger: Trigger) {
        guard let wait = trigger.wait else { return nil }
        (span, at) = wait
        strikesAfter = trigger.startingEvent == nil
    }

    package func due(from start: Instant, in zone: Zone) -> Instant {
        guard let at else { return zone.add(span, to: start) }
        let floor = strikesAfter ? zone.add(span, to: start) : start
        let day = strikesAfter ? zone.date(of: floor) : zone.date(of: start).adding(days: span.days)
        let strike = zone.instant(day, at)
        return strike >= floor ? strike : zone.instant(day.adding(days: 1), at)
    }

    /// The most microseconds by which a start lies before its due instant.
    package var longest: Int64 { span.roughMicros + (at == nil ? 0 : 48) * 3_600_000_000 + Delay.leap }

    /// The largest change that was ever made to a clock: Samoa skipped 30 December 2011.
    private static let leap: Int64 = 26 * 3_600_000_000

    /// Bounds (exclusive, inclusive) of the starts that can be due in the window, on one zone's clock; nil: none can.
    func starts(dueIn window: Window, zone: Zone) -> (after: Instant, through: Instant)? {
        guard let at else {
            let bounds = (zone.subtract(span, from: window.after), zone.subtract(span, from: window.through))
            guard span.isNominal else { return bounds }
            return widened(bounds, zone, window)
        }
        guard let days = zone.daysFalling(of: at, in: window) else { return nil }
        let (first, last) = (days.lowerBound, days.upperBound)
        if strikesAfter {
            let low = zone.subtract(span, from: zone.instant(first.adding(days: -1), at))
            let high = zone.subtract(span, from: zone.instant(last, at))
            return widened((low, high), zone, window)
        }
        let low = first.adding(days: -span.days - (span.days == 0 ? 1 : 0))
        return (
            zone.startOfDay(low).adding(micros: -1),
            zone.startOfDay(last.adding(days: 1 - span.days)).adding(micros: -1)
        )
    }

    /// Widens bounds by the clock changes near them or near the window; without one, nominal days are plain multiples
    /// of 24 h. A start and its bound may both be moved, in opposite directions.
    private func widened(
        _ bounds: (Instant, Instant), _ zone: Zone, _ window: Window
    ) -> (after: Instant, through: Instant) {
        let slack: Int64
        if window.through.micros - window.after.micros < Delay.leap {
            let offsets = [window.after, window.through, bounds.0, bounds.1].flatMap { instant in
                [-Delay.leap, 0, Delay.leap].map { zone.offsetSeconds(at: instant.adding(micros: $0)) }
            }
            slack = 2 * 1_000_000 * Int64((offsets.max() ?? 0) - (offsets.min() ?? 0))
        } else {
            slack = 2 * Delay.leap
        }
        return (bounds.0.adding(micros: -slack), bounds.1.adding(micros: slack))
    }
}
