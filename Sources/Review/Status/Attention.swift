import Kit

/// Something that needs a person: what it is, and what to do about it.
package struct Attention: Sendable, Hashable {
    /// A word that scripts may match.
    package var code: String
    package var words: Bilingual
    package var remedy: Bilingual

    package init(_ code: String, _ words: Bilingual, remedy: Bilingual) {
        (self.code, self.words, self.remedy) = (code, words, remedy)
    }

    package var json: JSONText {
        .object(["code": .text(code), "words": .text(words.english), "remedy": .text(remedy.english)])
    }
}
