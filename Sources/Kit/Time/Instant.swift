/// A point in time: microseconds since 1970-01-01T00:00:00Z. Never a date, never a local time (rule-language T1).
package struct Instant: Hashable, Comparable, Sendable {
    package var micros: Int64

    /// A number far beyond the calendar (a damaged cell) is cut, so that arithmetic on instants cannot overflow.
    package init(micros: Int64) { self.micros = min(max(micros, -Instant.furthest), Instant.furthest) }
    package init(seconds: Int64) { micros = seconds * 1_000_000 }

    package static func < (a: Instant, b: Instant) -> Bool { a.micros < b.micros }

    /// Floor division, so that instants before 1970 fall on the right second.
    package var wholeSeconds: Int64 { micros >= 0 ? micros / 1_000_000 : -((-micros + 999_999) / 1_000_000) }

    /// Saturates at the ends of the range instead of trapping: the ends mean "never" and "always".
    package func adding(micros delta: Int64) -> Instant {
        let (sum, overflow) = micros.addingReportingOverflow(delta)
        return overflow ? (delta > 0 ? .distantFuture : .distantPast) : Instant(micros: sum)
    }

    private static let furthest: Int64 = 1 << 60

    package static let distantPast = Instant(micros: -62_135_596_800_000_000)  // 0001-01-01
    package static let distantFuture = Instant(micros: 253_402_300_799_999_999)  // 9999-12-31, last microsecond
}
