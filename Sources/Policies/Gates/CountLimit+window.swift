import Kit
import Rules

extension CountLimit {
    /// The first instant that counts: `Nd` is today and the N − 1 local dates before it, `h` and `m` roll exactly
    /// (semantics §3).
    package func windowStart(at now: Instant, in zone: Zone) -> Instant {
        guard window.isNominal else { return now.adding(micros: 1 - window.exactMicros) }
        return zone.startOfDay(zone.date(of: now).adding(days: 1 - window.days))
    }

    /// Whether one more would be one too many.
    package func isReached(by acts: [Instant], at now: Instant, in zone: Zone) -> Bool {
        guard acts.count >= times else { return false }
        let start = windowStart(at: now, in: zone)
        return acts.count(where: { $0 >= start && $0 <= now }) >= times
    }

    /// When enough of `acts`, which are in ascending order and reach the limit, have left the window for one more to fit.
    package func end(of acts: [Instant], in zone: Zone) -> Instant {
        guard let last = acts.dropLast(max(0, times - 1)).last else { return .distantFuture }
        guard window.isNominal else { return last.adding(micros: window.exactMicros) }
        return zone.startOfDay(zone.date(of: last).adding(days: window.days))
    }

    /// The acts in the window, latest first.
    func counted(_ acts: [Instant], at now: Instant, in zone: Zone) -> [Instant] {
        let start = windowStart(at: now, in: zone)
        return acts.filter { $0 >= start && $0 <= now }.sorted(by: >)
    }
}
