import Kit

/// The explanation of one code, as `nudged code R201` prints it: in words, with a wrong and a right example.
package struct FindingPage: Sendable {
    /// A few lines, and their place in a workspace.
    package struct Example: Sendable {
        package enum Place: Sendable, Hashable {
            /// Keys of a rule.
            case rule
            /// Keys of a rule test.
            case test
            /// Content of a file of this kind, below its first line and `version: 1`.
            case file(String)
            /// A whole file of this kind.
            case wholeFile(String)
            /// A second file, beside the one of the same kind that is there already.
            case secondFile(String)
            /// The file as an old editor saved it.
            case gbk(String)
        }
        package var place: Place
        package var text: String
    }

    package var code: String
    package var title: Bilingual
    package var meaning: Bilingual
    package var remedy: Bilingual
    package var wrong: Example
    package var right: Example
    package var seen: Seen

    /// The inputs that the finding needs.
    package enum Seen: Sendable {
        /// The file, and the others of its rule set.
        case inFiles
        /// Files that a rule test names, or a run of the test.
        case inTestRuns
        /// A store, or a channel that reports it.
        case withStore
    }

    init(
        _ code: String, _ title: Bilingual, _ meaning: Bilingual, remedy: Bilingual, wrong: Example, right: Example,
        seen: Seen = .inFiles
    ) {
        self.code = code
        self.title = title
        self.meaning = meaning
        self.remedy = remedy
        self.wrong = wrong
        self.right = right
        self.seen = seen
    }
}

/// Every code that nudged uses. A code is never given a second meaning. The pages themselves are written in docs/findings/.
package enum FindingPages {
    package static let all: [FindingPage] = file + values + names + sending + files + fixtures + tests

    package static func page(_ code: String) -> FindingPage? {
        all.first { $0.code == code.uppercased() }
    }

    /// The code that a mistyped one is most likely meant to be.
    package static func nearest(to code: String) -> String? {
        let typed = code.uppercased()
        let codes = all.map(\.code)
        if let near = Suggestion.nearest(to: typed, among: codes) { return near }
        guard let number = Int(typed.filter { ("0"..."9").contains($0) }) else { return nil }
        let kin = codes.filter { $0.first == typed.first }
        return (kin.isEmpty ? codes : kin).min { distance($0, number) < distance($1, number) }
    }

    private static func distance(_ code: String, _ number: Int) -> Int {
        Int(code.dropFirst()).map { max($0, number) - min($0, number) } ?? .max
    }
}

extension FindingPage {
    /// The page as printed, without a last line break.
    package func text(_ language: Language) -> String {
        let words = PageWording(language)
        var parts = ["\(code)  \(title.text(language))", meaning.text(language)]
        parts.append(block(words.wrong, wrong, words))
        parts.append(block(words.right, right, words))
        parts.append("\(words.remedy)\(remedy.text(language))")
        if seen == .withStore { parts.append(words.withStore) }
        return parts.joined(separator: "\n\n")
    }

    private func block(_ label: String, _ example: Example, _ words: PageWording) -> String {
        let lines = example.text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "    " + $0 }
        let place = words.place(example.place)
        let head = words.language == .chinese ? "\(label)（\(place)）" : "\(label) (\(place))"
        return head + "\n\n" + lines.joined(separator: "\n")
    }
}

/// The fixed words of a page.
private struct PageWording {
    let language: Language
    init(_ language: Language) { self.language = language }

    private func pick(_ english: String, _ chinese: String) -> String { language == .chinese ? chinese : english }

    var wrong: String { pick("Wrong", "错误写法") }
    var right: String { pick("Right", "正确写法") }
    var remedy: String { pick("What to do: ", "怎么改：") }
    var withStore: String {
        pick("Files alone do not show this; a store or a channel does.", "单看文件查不出这一条，要对照会员库或渠道。")
    }

    func place(_ place: FindingPage.Example.Place) -> String {
        switch place {
        case .rule: pick("in a rule", "规则里")
        case .test: pick("in a rule test", "规则测试里")
        case .file(let kind): pick("in a file of \(kind)", "\(kind) 文件里")
        case .wholeFile(let kind): pick("a whole file of \(kind)", "整个 \(kind) 文件")
        case .secondFile(let kind): pick("a second file of \(kind)", "第二个 \(kind) 文件")
        case .gbk(let kind): pick("a file of \(kind), saved as GBK", "以 GBK 保存的 \(kind) 文件")
        }
    }
}
