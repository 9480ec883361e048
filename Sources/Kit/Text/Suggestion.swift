/// "Did you mean": the known word that a typed one most likely misspells.
package enum Suggestion {
    /// The nearest word within max(1, a third of the typed length) slips, the first of equals; nil when none is near.
    /// Upper and lower case count as the same. A word that the typed one negates is not near. The result is a question
    /// for a person, never a fix: see `SameWord`.
    package static func nearest(to written: String, among words: [String]) -> String? {
        let typed = Array(written.lowercased().unicodeScalars)
        guard typed.count >= 2, typed.count <= 80 else { return nil }
        let most = max(1, typed.count / 3)
        var best: (word: String, distance: Int)?
        for word in words {
            let letters = Array(word.lowercased().unicodeScalars)
            guard abs(letters.count - typed.count) <= most else { continue }
            let distance = distance(typed, letters)
            guard distance <= most, best.map({ distance < $0.distance }) ?? true else { continue }
            if !SameWord.turnsAround(written, word) { best = (word, distance) }
        }
        return best?.word
    }

    /// The distance of Damerau and Levenshtein: a letter added, left out or changed, or two neighbours swapped.
    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var row = last
        for i in 1...max(a.count, 1) where i <= a.count {
            row[0] = i
            for j in stride(from: 1, through: b.count, by: 1) {
                let change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                row[j] = min(change, last[j] + 1, row[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
