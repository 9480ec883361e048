import Kit
import Rules

extension Settings.QuietHours {
    /// The end of the quiet window that `now` lies in, or nil outside it: from ≤ local time < to, over midnight when
    /// from > to (semantics §5, gate 5).
    package func end(of now: Instant, in zone: Zone) -> Instant? {
        let (date, micros) = zone.local(now)
        let start = Int64(from.minutes) * 60_000_000
        let stop = Int64(to.minutes) * 60_000_000
        let isWithin = start < stop ? micros >= start && micros < stop : micros >= start || micros < stop
        guard isWithin else { return nil }
        // An end within the gap of a clock change is over with the gap.
        let end = zone.firstInstant(micros < stop ? date : date.adding(days: 1), to)
        // In an hour that comes twice the first `to` may lie behind us: then the second one counts.
        let over = end > now ? end : now.adding(micros: stop - micros)
        // A gap over midnight, or of a whole day, may end in the next quiet window.
        return self.end(of: over, in: zone) ?? over
    }
}
