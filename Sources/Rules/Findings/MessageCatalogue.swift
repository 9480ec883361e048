import Kit

/// Translates the sentences of findings, which are English where they are made.
///
/// A sentence without a shape (`SentenceShape`) stays English: no finding is ever lost to a missing translation. A note
/// whose translation is empty is not printed.
package enum MessageCatalogue {
    package static func translate(_ sentence: String, into language: Language) -> String {
        language == .chinese ? chinese(sentence) ?? sentence : sentence
    }

    /// Nil when the sentence, or a part of it, has no translation.
    package static func chinese(_ sentence: String) -> String? { first(of: sentences, for: sentence) }

    /// The same for a part of a sentence. Parts have no parts of their own.
    static func part(_ words: String) -> String? { first(of: parts, for: words) }

    private static let sentences = shapes(ChineseMessages.tables)
    private static let parts = shapes([ChineseMessages.parts])

    private static func first(of shapes: [SentenceShape], for sentence: String) -> String? {
        let bytes = Array(sentence.utf8)
        return shapes.lazy.compactMap { $0.translation(of: bytes) }.first
    }

    /// The shapes of the tables; those with the most literal text come first.
    private static func shapes(_ tables: [[String: String]]) -> [SentenceShape] {
        tables.flatMap { $0 }.map { SentenceShape($0.key, $0.value) }
            .sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.english < $1.english }
    }
}
