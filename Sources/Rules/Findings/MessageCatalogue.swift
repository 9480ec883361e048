/// Translates the sentences of findings, which are English where they are made.
///
/// An entry is looked up by the sentence with every word in back quotes, every number, date and clock time, and
/// what is to be typed (all that follows two spaces) replaced by `_`; its translation takes them back as `{1}`, `{2}` …
/// in the order of the English sentence. A sentence without an entry stays English: no finding is ever lost to a
/// missing translation. A note whose translation is empty is not printed. What follows in brackets,
/// `(text; silver, gold)`, is translated by itself.
package enum MessageCatalogue {
    package static func translate(_ sentence: String, into language: Language) -> String {
        guard language == .chinese else { return sentence }
        if let text = chinese(sentence) { return text }
        guard sentence.hasSuffix(")"), let open = sentence.firstRange(of: " ("),
            let text = chinese(String(sentence[..<open.lowerBound]))
        else { return sentence }
        return text + "(" + aside(sentence[open.upperBound...].dropLast()) + ")"
    }

    private static func chinese(_ sentence: String) -> String? {
        let (pattern, words) = split(sentence)
        guard var text = ChineseMessages.sentence(pattern) else { return nil }
        for (index, word) in words.enumerated() { text = replace("{\(index + 1)}", in: text, by: word) }
        return text
    }

    /// `text; silver, gold` as `文本;silver、gold`.
    private static func aside(_ words: Substring) -> String {
        words.split(separator: ";").map { part in
            let items = part.split(separator: ",").map { String($0.drop { $0 == " " }) }
            return items.map { chinese($0) ?? $0 }.joined(separator: "、")
        }.joined(separator: ";")
    }

    /// The catalogue's key for a sentence, and the words it leaves out.
    static func split(_ sentence: String) -> (pattern: String, words: [String]) {
        var pattern = ""
        var words: [String] = []
        var rest = sentence[...]
        while let first = rest.first {
            if first == "`", let close = rest.dropFirst().firstIndex(of: "`") {
                words.append(String(rest[rest.index(after: rest.startIndex)..<close]))
                pattern += "`_`"
                rest = rest[rest.index(after: close)...]
            } else if first == " ", pattern.last == " " {
                words.append(String(rest.dropFirst()))
                pattern += " _"
                rest = ""
            } else if first.isASCII, first.isNumber, pattern.last.map({ $0 == " " || $0 == "(" }) ?? true {
                let number = number(at: rest)
                words.append(String(number))
                pattern += "_"
                rest = rest.dropFirst(number.count)
            } else {
                pattern.append(first)
                rest = rest.dropFirst()
            }
        }
        return (pattern, words)
    }

    /// `12`, `41,207`, `2026-03-01`, `08:00`.
    private static func number(at text: Substring) -> Substring {
        var end = text.startIndex
        while end < text.endIndex {
            let next = text.index(after: end)
            let joins = (text[end] == "-" || text[end] == ":") && next < text.endIndex && isDigit(text[next])
            guard isDigit(text[end]) || text[end] == "," || joins else { break }
            end = next
        }
        return text[..<end]
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func replace(_ mark: String, in text: String, by word: String) -> String {
        var parts: [Substring] = []
        var rest = text[...]
        while let range = rest.firstRange(of: mark) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return (parts + [rest]).joined(separator: word)
    }
}
