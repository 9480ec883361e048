/// A moment as a person wrote it: with an offset it is an instant, without one it needs a zone.
package enum TimePoint: Hashable, Sendable {
    case instant(Instant)
    /// Microseconds on the local clock since midnight.
    case local(LocalDate, Int64)
    case date(LocalDate)

    /// Reads RFC 3339, `YYYY-MM-DD HH:MM[:SS[.f]]` or `YYYY-MM-DD`.
    package init?(text: some StringProtocol) {
        if let date = LocalDate(text: text) {
            self = .date(date)
        } else if let (date, micros) = LocalDateTime.parse(text) {
            self = .local(date, micros)
        } else if let instant = Instant(rfc3339: text) {
            self = .instant(instant)
        } else {
            return nil
        }
    }

    /// A bare date is its 00:00; see `Zone.instant` for missing and doubled local times.
    package func instant(in zone: Zone) -> Instant {
        switch self {
        case .instant(let instant): instant
        case .local(let date, let micros): zone.instant(date, microsOfDay: micros)
        case .date(let date): zone.instant(date, microsOfDay: 0)
        }
    }
}
