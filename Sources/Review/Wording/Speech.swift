import Kit
import Rules

/// How a command speaks of a store to people: in their language, on the shop's clock.
package struct Speech {
    package var language: Language
    package var zone: Zone

    package init(language: Language, zone: Zone) {
        self.language = language
        self.zone = zone
    }

    /// `english`, or the Chinese of it.
    package func say(_ english: String, _ chinese: String) -> String { language == .chinese ? chinese : english }

    /// `2026-03-07T09:30:00+08:00`.
    package func time(_ instant: Instant) -> String { zone.rfc3339(instant) }
}
