/// The time that a question about the past or the future may reach: a virtual clock visits every instant at which
/// something is due, so that a window without an end would be one without an answer.
package enum Horizon {
    /// The years for which the calendars hold, as in imports.
    package static let years = 1900...2100
    /// The most days of one window: ten years, with their leap days.
    package static let days = 3653

    package static func holds(_ instant: Instant, in zone: Zone) -> Bool {
        years.contains(zone.date(of: instant).civil.year)
    }

    /// True for a window of more than ten years.
    package static func isExceeded(from start: Instant, until end: Instant) -> Bool {
        end.micros - start.micros > Int64(days) * 86_400_000_000
    }
}
