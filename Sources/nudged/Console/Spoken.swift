import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

/// The language of a command's output for people: `--lang`, else `lang:` of nudged.yaml, else the locale's.
enum Spoken {
    /// - Parameter config: the operators' file that was named; nil: ./nudged.yaml if it exists. Errors in it are not
    ///   reported here.
    static func language(_ lang: Language?, config: String? = nil) -> Language {
        if let lang { return lang }
        let path = config ?? StoreOptions.standardConfig
        let isThere = FileManager.default.fileExists(atPath: path)
        if isThere, let file = try? RuleSetLoader.read(path), let own = ConfigReader.language(file) { return own }
        let environment = ProcessInfo.processInfo.environment
        let locale = environment["LC_ALL"].flatMap { $0.isEmpty ? nil : $0 } ?? environment["LANG"] ?? ""
        return locale.hasPrefix("zh") ? .chinese : .english
    }
}

/// `--lang`, for commands that have no option of their own for it.
struct LanguageOption: ParsableArguments {
    @Option(help: "en or zh-CN (default: `lang` of nudged.yaml, else the locale's).")
    var lang: Language?
}

extension StoreOptions {
    /// The time zone is that of the rules directory, else of the rules in force, else the standard one.
    func speech(_ lang: Language?, _ config: Configuration?, _ store: MemberStore) -> Speech {
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        var settings: Settings?
        if let config {
            settings = try? RuleSetLoader.load(directory: config.rulesDir, channels: channels).sound.settings
        }
        if settings == nil, let inForce = try? store.rulesInForce() {
            settings = RuleSetLoader.check(inForce, channels: channels).sound.settings
        }
        return Speech(
            language: Spoken.language(lang, config: self.config), zone: settings?.zone ?? Settings().zone)
    }
}

/// Asks before something that cannot be undone.
enum Question {
    /// True when `--yes` was given or a person at the terminal agrees. Throws when there is nobody to ask.
    static func isAgreed(_ question: String, yes: Bool, _ speech: Speech) throws -> Bool {
        if yes { return true }
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                .usage,
                speech.say(
                    "nothing was changed: there is nobody to ask on standard input; --yes goes ahead without asking",
                    "没有改动任何内容：标准输入上无人可问；加 --yes 可直接执行"))
        }
        FileHandle.standardError.write(Data("\(question) [y/N] ".utf8))
        return ["y", "yes", "是"].contains((readLine() ?? "").trimmingCharacters(in: .whitespaces).lowercased())
    }
}
