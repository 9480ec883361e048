import Foundation

/// The words by which somebody who replies to a message says no to further marketing on its channel.
package enum OptOutWords {
    /// In capitals and half width, as `normal` spells them.
    package static let all: Set<String> = ["R", "T", "TD", "N", "STOP", "退订", "拒收"]

    /// What says no wherever it stands in a reply. Whoever writes "please 退订" is not asked for the exact word: in doubt
    /// nothing more is sent.
    private static let phrases = ["退订", "退訂", "拒收", "UNSUBSCRIBE"]

    /// How a reply says no.
    package enum Refusal: Sendable {
        /// By one of the words, alone or after 回复 ("reply").
        case word
        /// In a sentence, which may say more.
        case sentence
    }

    /// Nil for a reply that does not say no. Case, width, spaces and punctuation do not matter.
    ///
    /// - Parameter own: further words of a channel.
    package static func refusal(in text: String, own: [String] = []) -> Refusal? {
        // What is longer than any message is not normalised.
        guard text.utf8.count <= 2048 else { return nil }
        let normal = normal(text)
        let word = normal.hasPrefix("回复") ? String(normal.dropFirst(2)) : normal
        if all.contains(word) || own.contains(where: { self.normal($0) == word && !word.isEmpty }) { return .word }
        return phrases.contains(where: normal.contains) ? .sentence : nil
    }

    private static func normal(_ text: String) -> String {
        let letters = text.precomposedStringWithCompatibilityMapping.unicodeScalars.filter {
            $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
        return String(String.UnicodeScalarView(letters)).uppercased()
    }
}
