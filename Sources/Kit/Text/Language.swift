/// The language of printed text. Codes and field names are the same in both.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh-CN"

    /// The language that a person means who writes its name, also as other programs do: `zh-CN`, `zh`, `zh_CN.UTF-8`,
    /// `cn`, `Chinese`, `中文`. Nil for any other.
    package init?(named text: String) {
        let tag = SameWord.folded(String(text.prefix { $0 != "." && $0 != "@" }))
        let language = tag.split(separator: "_").first.map(String.init) ?? ""
        if Language.words[.chinese, default: []].contains(tag) || language == "zh" {
            self = .chinese
        } else if Language.words[.english, default: []].contains(tag) || language == "en" {
            self = .english
        } else {
            return nil
        }
    }

    private static let words: [Language: Set<String>] = [
        .english: ["english", "英文", "英语"],
        .chinese: ["cn", "chinese", "中文", "汉语", "简体中文", "简体"],
    ]

    /// The language of a process by its variables, as the system's programs choose theirs. We write UTF-8 alone, so a
    /// locale that names another encoding (`zh_CN.GBK`) gets English, which is the same in all of them.
    package init(locale environment: [String: String]) {
        let locale = Language.variables.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        self = locale.hasPrefix("zh") && Language.isOfUTF8(locale) ? .chinese : .english
    }

    /// In the order of POSIX; an empty one counts as absent.
    private static let variables = ["LC_ALL", "LC_MESSAGES", "LANG"]

    /// One that names no encoding is taken for UTF-8.
    private static func isOfUTF8(_ locale: String) -> Bool {
        guard let dot = locale.firstIndex(of: ".") else { return true }
        let encoding = locale[locale.index(after: dot)...].prefix { $0 != "@" }
        return encoding.isEmpty || ["utf8", "utf-8"].contains(encoding.lowercased())
    }
}
