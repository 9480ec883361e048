import Kit

/// Something that needs a person: what it is, and what to do about it.
package struct Attention: Sendable, Hashable {
    /// A word that scripts may match.
    package var code: String
    /// Which one, where there may be several: a channel, a rule, the scope of a stop.
    package var subject: String?
    /// The same cause for as long as it lasts; another one where it is over and begins again.
    package var cause: String
    package var words: Bilingual
    package var remedy: Bilingual

    /// - Parameter since: for what has a begin of its own, which makes a second one another cause.
    package init(
        _ code: String, of subject: String? = nil, since: Instant? = nil, _ words: Bilingual, remedy: Bilingual
    ) {
        (self.code, self.subject, self.words, self.remedy) = (code, subject, words, remedy)
        cause = [code, subject, since.map { String($0.micros) }].compactMap(\.self).joined(separator: " ")
    }

    package var json: JSONText {
        .object([
            "code": .text(code), "subject": subject.map(JSONText.text) ?? .null, "words": .text(words.english),
            "remedy": .text(remedy.english),
        ])
    }
}
