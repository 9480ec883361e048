import Kit

/// Finds texts that are placeholders elsewhere and plain text here: `${name}`, `{1}`, `{name}`, `%name%`, `[name]`,
/// `｛｛name｝｝`, `#name#`, `$name`, `@name`, `<name>`, `【name】`, `*|name|*`, `$(name)`. Only names (or numbers) of declared
/// values count: other brackets are text.
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
        "<": ">", "＜": "＞", "【": "】", "$": "$", "＄": "＄", "*": "*", "(": ")",
    ]
    private static let inFront: Set<Unicode.Scalar> = ["$", "＄", "#", "＃", "!"]
    /// Signs that stand for a value without a bracket: `$name`, `@name`.
    private static let bare: Set<Unicode.Scalar> = ["$", "＄", "@"]
    /// Signs between a bracket and the name: `*|name|*`, `<%= name %>`.
    private static let inside: Set<Unicode.Scalar> = ["|", "*", "%", "=", "/", "?", "$", "＄", "#", "＃", "!"]
    /// A length in scalars greater than that of any name between brackets.
    private static let longest = 60

    /// The declared values, in the order of their numbers.
    private let names: [String]
    /// Names that every text has, without a number.
    private let builtIn: [String]
    /// In HTML `<code>` is a tag.
    private let isHTML: Bool
    private let bytes: [UInt8]

    /// Searches only the plain text of a template; `{{ … }}` and `{% … %}` are ours.
    static func find(in text: String, names: [String], builtIn: [String] = [], isHTML: Bool = false) -> [Candidate] {
        if names.isEmpty && builtIn.isEmpty { return [] }
        let bytes = Array(text.utf8)
        let finder = ForeignPlaceholders(names: names, builtIn: builtIn, isHTML: isHTML, bytes: bytes)
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
            guard let (whole, name) = placeholder(at: index, scalars) ?? bareName(at: index, scalars) else {
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
        guard let close = Self.brackets[open], !(isHTML && open == "<") else { return nil }
        var start = index + 1
        switch open {
        case "*": if start >= scalars.count || scalars[start] != "|" { return nil }
        case "(": if index == 0 || !Self.inFront.contains(scalars[index - 1]) { return nil }
        default: break
        }
        while start < scalars.count, scalars[start] == open { start += 1 }
        guard let end = scalars[start...].prefix(Self.longest).firstIndex(of: close) else { return nil }
        var inner = String(String.UnicodeScalarView(scalars[start..<end]))
        // `$name $code` are two.
        if Self.bare.contains(open), inner.first == " " || inner.last == " " { return nil }
        while let first = inner.unicodeScalars.first, Self.inside.contains(first) { inner.unicodeScalars.removeFirst() }
        while let last = inner.unicodeScalars.last, Self.inside.contains(last) { inner.unicodeScalars.removeLast() }
        guard let name = declared(inner, isNumbered: open == "{" || open == "｛") else { return nil }
        var whole = index..<end + 1
        while whole.upperBound < scalars.count, whole.upperBound - end < start - index,
            scalars[whole.upperBound] == close
        {
            whole = whole.lowerBound..<whole.upperBound + 1
        }
        return (withSigns(whole, scalars), name)
    }

    private func withSigns(_ whole: Range<Int>, _ scalars: [Unicode.Scalar]) -> Range<Int> {
        var start = whole.lowerBound
        while start > 0, Self.inFront.contains(scalars[start - 1]) { start -= 1 }
        return start..<whole.upperBound
    }

    /// `$name` and `@name`, whole words. An address of mail has letters before its `@`, and a dot behind.
    private func bareName(at index: Int, _ scalars: [Unicode.Scalar]) -> (Range<Int>, String)? {
        guard Self.bare.contains(scalars[index]) else { return nil }
        func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
        let end = scalars[(index + 1)...].firstIndex { !isOfWord($0) } ?? scalars.count
        let word = SameWord.folded(String(String.UnicodeScalarView(scalars[index + 1..<end])))
        guard let name = (names + builtIn).first(where: { SameWord.folded($0) == word }) else { return nil }
        if scalars[index] == "@" {
            if index > 0, scalars[index - 1].isASCII,
                isOfWord(scalars[index - 1]) || "._-+/".unicodeScalars.contains(scalars[index - 1])
            {
                return nil
            }
            if end + 1 < scalars.count, scalars[end] == ".", isOfWord(scalars[end + 1]) { return nil }
        }
        return (withSigns(index..<end, scalars), name)
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
