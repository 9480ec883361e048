import ArgumentParser
import Kit

/// A page of `nudged help TOPIC`: the short of a page of the documentation, for somebody at a terminal. They are written
/// in docs/help/.
struct HelpTopic: Sendable {
    var name: String
    /// Other words for it: what people type in its place.
    var others: [String]
    var title: Bilingual
    /// What is written alike in every language.
    var example: String?
    var text: Bilingual
    /// The page of docs/ that says all of it, without its ending.
    var page: String

    static let all = writing + deciding + trying + running

    /// The topic of that name, or of one of its other words, in whatever case.
    static func named(_ word: String) -> HelpTopic? {
        let word = word.lowercased().replacing("_", with: "-")
        return all.first { $0.name == word } ?? all.first { $0.others.contains(word) }
    }

    var shown: String {
        let more = String.say("More: docs/\(page).md", "详见 docs/\(page).zh-CN.md")
        return [title.spoken, example, text.spoken, more].compactMap(\.self).joined(separator: "\n\n")
    }
}

/// `nudged help`, before the argument parser sees it, which knows commands only.
enum HelpTopics {
    enum Answer {
        case text(String)
        /// Nothing has this name.
        case unknown(String)
    }

    /// Nil where the argument parser answers: the help of a command, or no question for help.
    static func answer(to arguments: [String]) -> Answer? {
        var words = arguments[...]
        if words.first == "--lang" {
            words = words.dropFirst(2)
        } else {
            words = words.drop { $0.hasPrefix("--lang=") }
        }
        guard words.first == "help" else { return nil }
        let rest = withoutLanguage(words.dropFirst())
        guard let word = rest.first else { return .text(overview) }
        if word.hasPrefix("-") || commands.contains(word) { return nil }
        if let topic = HelpTopic.named(word) { return .text(topic.shown) }
        let nearest = Suggestion.nearest(to: word, among: commands + HelpTopic.all.map(\.name))
        let sentence = String.say(
            "there is no command and no topic `\(word)`", "没有叫 `\(word)` 的命令或主题")
        let hint = String.say("`nudged help` lists them all", "`nudged help` 列出全部")
        return .unknown(sentence + String.didYouMean(nearest) + "\n" + hint)
    }

    private static func withoutLanguage(_ words: ArraySlice<String>) -> [String] {
        var rest: [String] = []
        var words = words
        while let word = words.popFirst() {
            if word == "--lang" { _ = words.popFirst() } else if !word.hasPrefix("--lang=") { rest.append(word) }
        }
        return rest
    }

    private static var commands: [String] {
        Nudged.configuration.subcommands.compactMap { $0.configuration.commandName }
    }

    private static var overview: String {
        func table(_ rows: [(String, String)]) -> String {
            rows.map { "  " + Columns.padded($0.0, 16) + $0.1 }.joined(separator: "\n")
        }
        let commands = Nudged.configuration.subcommands.map {
            ($0.configuration.commandName ?? "", $0.configuration.abstract)
        }
        let topics = HelpTopic.all.map { ($0.name, $0.title.spoken) }
        return String.say(
            """
            COMMANDS  (nudged help COMMAND)
            \(table(commands))

            TOPICS  (nudged help TOPIC)
            \(table(topics))
            """,
            """
            命令（nudged help 命令）
            \(table(commands))

            主题（nudged help 主题）
            \(table(topics))
            """)
    }
}
