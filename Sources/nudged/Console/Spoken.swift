import ArgumentParser
import Config
import Foundation
import Kit
import Review
import Rules
import Store

/// The language of all that this process prints for people, its help included: `--lang`, else `lang:` of nudged.yaml
/// (that of `--config`, else ./nudged.yaml), else the locale's. It is chosen before the arguments are parsed, because the
/// parser's own words follow it. Log lines, STATUS, JSON and exit codes are the same in both (decision 0071).
enum Spoken {
    static let language = choose(
        arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)

    /// Errors in the arguments or in nudged.yaml are not reported here.
    static func choose(arguments: [String], environment: [String: String]) -> Language {
        if let lang = value(of: "--lang", in: arguments).flatMap(Language.init(named:)) { return lang }
        if let own = stated(in: value(of: "--config", in: arguments) ?? StoreOptions.standardConfig) { return own }
        return Language(locale: environment)
    }

    /// The value of an option, `--lang zh-CN` or `--lang=zh-CN`. The last one counts, as for the parser.
    static func value(of option: String, in arguments: [String]) -> String? {
        let options = arguments.prefix { $0 != "--" }
        return options.indices.reversed().lazy.compactMap { index in
            if options[index].hasPrefix(option + "=") { return String(options[index].dropFirst(option.count + 1)) }
            return options[index] == option && index + 1 < options.endIndex ? options[index + 1] : nil
        }.first
    }

    /// Only a regular file is read: what comes from a pipe could not be read again by the command.
    private static func stated(in path: String) -> Language? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, let file = try? RuleSetLoader.read(path)
        else { return nil }
        return ConfigReader.language(file)
    }
}

extension String {
    /// One of the two, by the language of this process.
    static func say(_ english: String, _ chinese: String) -> String {
        Spoken.language == .chinese ? chinese : english
    }

    /// `; did you mean …?`, or nothing where no name is near.
    static func didYouMean(_ name: String?) -> String {
        name.map { say("; did you mean `\($0)`?", "；是不是 `\($0)`？") } ?? ""
    }

    /// ` (a, b)`: all the names that there are.
    static func allOf(_ names: [String]) -> String {
        say(" (\(names.joined(separator: ", ")))", "（\(names.joined(separator: "、"))）")
    }
}

extension ArgumentHelp {
    static func say(_ english: String, _ chinese: String) -> ArgumentHelp { ArgumentHelp(.say(english, chinese)) }

    /// Of the files that a command works on.
    static var paths: ArgumentHelp {
        .say(
            "Files and directories (default: rules_dir of the config, else ./rules).",
            "文件和目录（默认取配置的 rules_dir，其次 ./rules）。")
    }
    static var configForNames: ArgumentHelp {
        .say(
            "The operators' file, for the names of channels and the rules directory (default ./nudged.yaml).",
            "运维的配置文件，从中取渠道名和规则目录（默认 ./nudged.yaml）。")
    }
    static var rulesDirectory: ArgumentHelp {
        .say(
            "The rules directory (default: rules_dir of the config, else ./rules).",
            "规则目录（默认取配置的 rules_dir，其次 ./rules）。")
    }
}

extension Bilingual {
    /// By the language of this process.
    var spoken: String { text(Spoken.language) }
}

extension Language: ExpressibleByArgument {
    package init?(argument: String) { self.init(named: argument) }
}

/// `--lang`: the parser takes and checks it, `Spoken` has read it before.
struct LanguageOption: ParsableArguments {
    @Option(
        help: .say(
            "en or zh-CN (default: `lang` of nudged.yaml, else the locale's).",
            "en 或 zh-CN（默认取 nudged.yaml 的 `lang`，其次取系统语言环境）。"))
    var lang: Language?
}

extension StoreOptions {
    /// The time zone is that of the rules directory, else of the rules in force, else the standard one.
    func speech(_ config: Configuration?, _ store: MemberStore) -> Speech {
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        var settings: Settings?
        if let config {
            settings = try? RuleSetLoader.load(directory: config.rulesDir, channels: channels).sound.settings
        }
        if settings == nil, let inForce = try? store.rulesInForce() {
            settings = RuleSetLoader.check(inForce, channels: channels).sound.settings
        }
        return Speech(language: Spoken.language, zone: settings?.zone ?? Settings().zone)
    }
}

/// Asks before something that cannot be undone.
enum Question {
    /// True when `--yes` was given or somebody agrees, at a terminal or by a line that stands ready on standard input.
    /// Throws when nobody answers: an end of file is no answer.
    static func isAgreed(_ question: String, yes: Bool) throws -> Bool {
        if yes { return true }
        let isTerminal = isatty(STDIN_FILENO) == 1
        if isTerminal { Console.note("\(question) [y/N] ") }
        guard isTerminal || isReady(STDIN_FILENO), let answer = readLine() else {
            throw Failure(
                .usage,
                .say(
                    "nothing was changed: there is nobody to ask on standard input; --yes goes ahead without asking",
                    "没有改动任何内容：标准输入上无人可问；加 --yes 可直接执行"))
        }
        return ["y", "yes", "是"].contains(answer.trimmingCharacters(in: .whitespaces).lowercased())
    }

    /// Whether something can be read at once, an end of file too. A pipe whose other end says nothing is not waited for.
    private static func isReady(_ file: Int32) -> Bool {
        var input = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        return poll(&input, 1, 1000) > 0
    }
}
