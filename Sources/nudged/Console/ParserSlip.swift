import ArgumentParser
import Kit
import Rules
import Store

/// What is said of a name of a command or option that there is none of, in place of the parser's own sentence: it takes
/// the name of a command for an argument too many, and guesses options that are far off.
struct ParserSlip {
    private let arguments: [String]
    /// What the arguments name before the slip.
    private let command: any ParsableCommand.Type
    /// The names that lead to it.
    private let path: [String]
    /// The word behind these; nil where an option is.
    private let next: String?

    /// - Parameter arguments: of the process, without its own name.
    init(_ arguments: [String]) {
        self.arguments = arguments
        var command: any ParsableCommand.Type = Nudged.self
        var path: [String] = []
        var rest = arguments.first == "--lang" ? arguments.dropFirst(2) : arguments.drop { $0.hasPrefix("--lang=") }
        while let name = rest.first,
            let below = command.configuration.subcommands.first(where: { $0.configuration.commandName == name })
        {
            command = below
            path.append(name)
            rest = rest.dropFirst()
        }
        (self.command, self.path) = (command, path)
        next = rest.first.flatMap { $0.hasPrefix("-") ? nil : $0 }
    }

    /// Nil where the parser's own sentence is right.
    func words(for message: String) -> String? {
        if let match = message.firstMatch(of: /^Unknown option '--([^']*)'/) {
            return unknown(option: String(match.1.prefix { $0 != "=" }))
        }
        let unexpected = message.firstMatch(of: /^Unexpected argument '([^']*)'/)?.1
        guard let word = unexpected ?? message.firstMatch(of: /^\d+ unexpected arguments: '([^']*)'/)?.1 else {
            return nil
        }
        return command.configuration.subcommands.isEmpty
            ? misplaced(String(word), message, unexpected == nil) : next.flatMap { unknown(command: $0, word) }
    }

    // MARK: commands

    private func unknown(command name: String, _ word: Substring) -> String? {
        guard name == word else { return nil }
        let known = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        let near = option(for: name) ?? Suggestion.nearest(to: name, among: known)
        guard let group = path.last else {
            return .say("Error: there is no command `\(name)`", "错误：没有命令 `\(name)`") + .didYouMean(near)
        }
        return .say("Error: `\(group)` has no command `\(name)`", "错误：`\(group)` 没有子命令 `\(name)`")
            + (near.map { .didYouMean($0) }
                ?? .say(
                    "; there are \(known.joined(separator: ", "))", "；可用的有 \(known.joined(separator: "、"))"))
    }

    // MARK: values without their option

    /// `nudged report birthday-gift` means `--rule birthday-gift`.
    private func misplaced(_ word: String, _ message: String, _ areMany: Bool) -> String? {
        guard !areMany, let near = option(for: word) else { return nil }
        return .say("Error: \(message)", "错误：多余的参数 \(word)") + .didYouMean(near)
    }

    /// The option of the command that takes such a value.
    private func option(for word: String) -> String? {
        guard !path.isEmpty, !isSlip(word) else { return nil }
        let options = options
        let name: String? =
            if options.contains("action"), AuditEntry.Action(rawValue: word) != nil {
                "action"
            } else if options.contains("state"), DeliveryState(rawValue: word) != nil {
                "state"
            } else if options.contains("since"), TimePoint(text: word) != nil {
                "since"
            } else {
                options.contains("rule") && word.contains("-") ? "rule" : nil
            }
        return name.map { "--\($0) \(word)" }
    }

    /// Whether it is rather a slip in the name of a subcommand.
    private func isSlip(_ word: String) -> Bool {
        let known = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        return Suggestion.nearest(to: word, among: known) != nil
    }

    // MARK: options

    private func unknown(option name: String) -> String {
        let known = options
        let begun = known.filter { name.count >= 3 && $0.hasPrefix(name) }
        let near =
            ParserSlip.synonyms[name].flatMap { known.contains($0) ? $0 : nil }
            ?? Suggestion.nearest(to: name, among: known) ?? (begun.count == 1 ? begun[0] : nil)
        let words = String.say("Error: Unknown option '--\(name)'", "错误：没有选项 --\(name)")
        if let near { return words + .say(". Did you mean '--\(near)'?", "；是不是 --\(near)？") }
        let all = known.map { "--" + $0 }
        return words
            + .say("; there are \(all.joined(separator: ", "))", "；可用的有 \(all.joined(separator: "、"))")
    }

    /// The options of the command, or of what it does where no subcommand is named, as its help lists them.
    private var options: [String] {
        let command = command.configuration.defaultSubcommand ?? command
        return Nudged.helpMessage(for: command, columns: 120).split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^  (?:-[a-z], )?--([a-z][a-z-]*)/).map { String($0.1) }
        }
    }

    /// What other programs call it.
    private static let synonyms = [
        "from": "since", "start": "since", "after": "since", "last": "since", "days": "since", "end": "until",
        "before": "until", "file": "config", "conf": "config", "database": "store", "db": "store", "language": "lang",
        "output": "out", "type": "kind", "why": "reason", "assignee": "to", "user": "member", "customer": "member",
    ]
}
