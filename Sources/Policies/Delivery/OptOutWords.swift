import Foundation

/// The words by which somebody who replies to a message says no to further marketing on its channel.
package enum OptOutWords {
    /// In capitals and half width, as `normal` spells them.
    package static let all: Set<String> = ["R", "T", "TD", "N", "STOP", "退订", "拒收"]

    /// Whether the reply is one of the words and nothing else: in any case and width, with any spaces and punctuation.
    package static func isOptOut(_ text: String) -> Bool {
        // A word is short; what is longer is not normalised.
        text.utf8.count <= 256 && all.contains(normal(text))
    }

    private static func normal(_ text: String) -> String {
        let letters = text.precomposedStringWithCompatibilityMapping.unicodeScalars.filter {
            $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
        return String(String.UnicodeScalarView(letters)).uppercased()
    }
}
