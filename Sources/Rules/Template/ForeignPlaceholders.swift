import Kit

/// Finds texts that are placeholders elsewhere and plain text here: `${name}`, `{1}`, `{name}`, `%name%`, `[name]`,
/// `｛｛name｝｝`, `#name#`. Only names (or numbers) of declared values count: other brackets are text.
struct ForeignPlaceholders {
    struct Candidate: Equatable {
        /// Offsets into the text in bytes.
        var bytes: Range<Int>
        /// The placeholder as typed.
        var written: String
        /// The declared value that is meant.
        var name: String
    }

    private static let brackets: [Unicode.Scalar: Unicode.Scalar] = [
        "{": "}", "｛": "｝", "[": "]", "［": "］", "%": "%", "％": "％", "#": "#", "@": "@",
    ]
    private static let inFront: Set<Unicode.Scalar> = ["$", "＄", "#", "＃", "!"]
    /// A length in scalars greater than that of any name between brackets.
    private static let longest = 60

    /// The declared values, in the order of their numbers.
    private let names: [String]
    /// Names that every text has, without a number.
    private let builtIn: [String]
    private let bytes: [UInt8]

    /// Searches only the plain text of a template; `{{ … }}` and `{% … %}` are ours.
    static func find(in text: String, names: [String], builtIn: [String] = []) -> [Candidate] {
        if names.isEmpty && builtIn.isEmpty { return [] }
        let bytes = Array(text.utf8)
        let finder = ForeignPlaceholders(names: names, builtIn: builtIn, bytes: bytes)
        return TemplateScanner(bytes).pieces.flatMap { piece -> [Candidate] in
            if case .text(let range) = piece { finder.find(in: range) } else { [] }
        }
    }

    private func find(in range: Range<Int>) -> [Candidate] {
        let scalars = Array(String(decoding: bytes[range], as: UTF8.self).unicodeScalars)
        var offsets = [range.lowerBound]
        for scalar in scalars { offsets.append(offsets[offsets.count - 1] + scalar.utf8.count) }
        var found: [Candidate] = []
        var index = 0
        while index < scalars.count {
            guard let (whole, name) = placeholder(at: index, scalars) else {
                index += 1
                continue
            }
            let written = offsets[whole.lowerBound]..<offsets[whole.upperBound]
            found.append(
                Candidate(bytes: written, written: String(decoding: bytes[written], as: UTF8.self), name: name))
            index = whole.upperBound
        }
        return found
    }

    /// The place of the placeholder that opens at `index`, with signs and further brackets around it.
    private func placeholder(at index: Int, _ scalars: [Unicode.Scalar]) -> (Range<Int>, String)? {
        let open = scalars[index]
        guard let close = Self.brackets[open] else { return nil }
        var start = index + 1
        while start < scalars.count, scalars[start] == open { start += 1 }
        guard let end = scalars[start...].prefix(Self.longest).firstIndex(of: close) else { return nil }
        var inner = String(String.UnicodeScalarView(scalars[start..<end]))
        while let first = inner.unicodeScalars.first, Self.inFront.contains(first) || first == "|" || first == "*" {
            inner.unicodeScalars.removeFirst()
        }
        guard let name = declared(inner, isNumbered: open == "{" || open == "｛") else { return nil }
        var whole = index..<end + 1
        while whole.upperBound < scalars.count, whole.upperBound - end < start - index,
            scalars[whole.upperBound] == close
        {
            whole = whole.lowerBound..<whole.upperBound + 1
        }
        while whole.lowerBound > 0, Self.inFront.contains(scalars[whole.lowerBound - 1]) {
            whole = whole.lowerBound - 1..<whole.upperBound
        }
        return (whole, name)
    }

    /// The value that is named by `name`, `user.name` or, between braces, its number: `{0}` and `{1}` are both used for
    /// the first one.
    private func declared(_ inner: String, isNumbered: Bool) -> String? {
        let word = SameWord.folded(inner.split(separator: ".").last.map(String.init) ?? "")
        if word.isEmpty { return nil }
        if let name = (names + builtIn).first(where: { SameWord.folded($0) == word }) { return name }
        guard isNumbered, !names.isEmpty, word.utf8.count <= 2, let number = Int(word),
            (0...names.count).contains(number)
        else {
            return nil
        }
        return names[max(0, number - 1)]
    }
}
