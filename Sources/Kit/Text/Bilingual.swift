/// Words in both languages, written beside each other where they are said. Whoever shows them to a person chooses;
/// logs and what is stored take the English, which is also the description.
package struct Bilingual: Sendable, Hashable, CustomStringConvertible {
    package let english: String
    package let chinese: String

    package init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }

    /// For what is no sentence of ours, such as the message of a system call or a list of findings.
    package init(same text: String) { self.init(text, text) }

    package func text(_ language: Language) -> String { language == .chinese ? chinese : english }
    package var description: String { english }
}
