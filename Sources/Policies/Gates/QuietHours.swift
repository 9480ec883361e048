import Rules

extension Settings.QuietHours {
    /// The end of the quiet window that `now` lies in, or nil outside it: from ≤ local time < to, over midnight when
    /// from > to (semantics §5, gate 5).
    package func end(of now: Instant, in zone: Zone) -> Instant? {
        let (date, micros) = zone.local(now)
        let start = Int64(from.minutes) * 60_000_000
        let stop = Int64(to.minutes) * 60_000_000
        if start < stop {
            return micros >= start && micros < stop ? zone.instant(date, to) : nil
        }
        if micros >= start { return zone.instant(date.adding(days: 1), to) }
        return micros < stop ? zone.instant(date, to) : nil
    }
}
