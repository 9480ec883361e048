/// Tells a spelling of a word from another word. A fix that nobody reviews may only correct a spelling.
package enum SameWord {
    /// The one of `words` that equals `typed` but for case, `-` for `_`, full-width letters, outer quotes and spaces.
    package static func exact(_ typed: String, among words: [String]) -> String? {
        let typed = folded(typed)
        let same = words.filter { folded($0) == typed }
        return same.count == 1 ? same[0] : nil
    }

    /// The form by which spellings are compared: the same for `“Points-Expire ”` and `points_expire`.
    package static func folded(_ text: String) -> String {
        HalfWidth.ascii(text).trimmingASCIIQuotes.lowercased().replacing("-", with: "_")
    }

    /// Whether `typed` means "not" or "or more" of `word`, however near they are in letters: `inactive` and `active`,
    /// `!gold` and `gold`, `gold以上` and `gold`.
    package static func turnsAround(_ typed: String, _ word: String) -> Bool {
        let (typed, word) = (folded(typed), folded(word))
        if negates(typed) && !negates(word) || widens(typed) && !widens(word) { return true }
        let (long, short) = typed.utf8.count > word.utf8.count ? (typed, word) : (word, typed)
        guard long.hasSuffix(short) else { return false }
        return ["in", "im", "un", "non", "dis", "ir", "il", "de", "anti", "has_", "is_", "no_", "without_"]
            .contains(String(long.dropLast(short.count)))
    }

    /// True for a "not" in signs, in Chinese, or as a word of its own.
    package static func negates(_ text: String) -> Bool {
        let folded = folded(text)
        if folded.contains(where: { "!！非不未无無没沒勿否莫≠".contains($0) }) || folded.contains("<>") { return true }
        let words = folded.split { !($0.isLetter && $0.isASCII) }
        return words.contains {
            ["not", "non", "no", "nor", "nin", "ne", "neq", "without", "except", "isn", "never"].contains($0)
        }
    }

    /// True for an "or more" or "or less".
    package static func widens(_ text: String) -> Bool {
        let folded = folded(text)
        if folded.contains(where: { "+＋><≥≤".contains($0) }) { return true }
        if ["以上", "以下", "以内", "及", "起", "至少", "至多", "最少", "最多", "超过", "高于", "低于", "或更"].contains(where: folded.contains)
        {
            return true
        }
        let words = folded.split { !($0.isLetter && $0.isASCII) }
        return words.contains { ["above", "below", "over", "under", "plus", "up", "or", "and", "least"].contains($0) }
    }
}

extension String {
    fileprivate var trimmingASCIIQuotes: String {
        let inner = drop { $0 == "\"" || $0 == "'" }
        return String(inner.reversed().drop { $0 == "\"" || $0 == "'" }.reversed()).withoutOuterSpaces
    }
}
