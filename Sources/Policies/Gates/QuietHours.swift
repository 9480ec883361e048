import Kit
import Rules

extension Settings.QuietHours {
    /// The first instant that is not quiet, or nil where `now` is not: from ≤ local time < to, over midnight when
    /// from > to (semantics §5, gate 5), and the whole of a day of `days`.
    package func end(of now: Instant, in zone: Zone) -> Instant? {
        let (date, micros) = zone.local(now)
        if days.contains(date.weekday) {
            let over = zone.startOfDay(date.adding(days: 1))
            return end(of: over, in: zone) ?? over
        }
        let start = Int64(from.minutes) * 60_000_000
        let stop = Int64(to.minutes) * 60_000_000
        let isWithin = start < stop ? micros >= start && micros < stop : micros >= start || micros < stop
        guard isWithin else { return nil }
        // An end within the gap of a clock change is over with the gap.
        let end = zone.firstInstant(micros < stop ? date : date.adding(days: 1), to)
        // In an hour that comes twice the first `to` may lie behind us: then the second one counts.
        let over = end > now ? end : now.adding(micros: stop - micros)
        // A gap over midnight, or of a whole day, may end in the next quiet window; and the window in a quiet day.
        return self.end(of: over, in: zone) ?? over
    }
}
