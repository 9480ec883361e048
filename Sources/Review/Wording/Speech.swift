import Kit
import Rules

/// A command's words about a store, in the reader's language and the shop's time zone.
package struct Speech {
    package var language: Language
    package var zone: Zone

    package init(language: Language, zone: Zone) {
        self.language = language
        self.zone = zone
    }

    /// `english` or `chinese`, by the language.
    package func say(_ english: String, _ chinese: String) -> String { language == .chinese ? chinese : english }

    /// `2026-03-07T09:30:00+08:00`.
    package func time(_ instant: Instant) -> String { zone.rfc3339(instant) }
}
