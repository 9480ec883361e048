import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

extension Language: ExpressibleByArgument {}

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check rule files: every finding of every file, with place and remedy.",
        discussion: """
            EXAMPLES
              nudged check                       the workspace: ./nudged.yaml where there is one, and its rules
              nudged check rules --format json   for scripts and editors
              nudged check --config nudged.yaml  the test before a start or a reload: the rules as the daemon reads
                                                 them (no fixtures, no tests), the secrets, the store, the log files
              nudged check --store sqlite:s.db   also what only the members show; nothing is written

            EXIT 0 clean, 1 errors, 2 could not run
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, short, json, github, junit, sarif }
    enum Denied: String, ExpressibleByArgument, CaseIterable { case warnings }

    @Argument(help: "Files and directories (default: rules_dir of the config, else ./rules).")
    var paths: [String] = []
    @Option(
        help: """
            The operators' file (default ./nudged.yaml). When it is named and PATHS are not, all that the daemon needs \
            of it is tried; else it is for the channels and the rules directory.
            """)
    var config: String?
    @Option(help: "A store to look at as well, as sqlite:/path; it is read, never written.")
    var store: String?
    @Option(help: "text, short, json, github, junit or sarif.")
    var format = Format.text
    @Option(help: "warnings: exit 1 on warnings too.")
    var deny: Denied?
    @Option(name: .customLong("lang"), help: "en or zh-CN (default: `lang` of nudged.yaml, else the locale's).")
    var spoken: Language?

    private var lang: Language { Spoken.language(spoken, config: config) }
    @Flag(help: "Print nothing when there is no finding.")
    var quiet = false

    func run() throws {
        let loaded = try load()
        let findings = loaded.diagnostics
        if !(quiet && findings.isEmpty) { Console.print(rendered(loaded)) }
        let fails = loaded.hasErrors || (deny == .warnings && !findings.isEmpty)
        if fails { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    /// Checks what the daemon would need of this config at its next start, and of the rules at the next reload.
    private func testBeforeStart(_ path: String) throws -> RuleSetLoader.Loaded {
        try StartCheck(RuleSetLoader.read(path), environment: ProcessInfo.processInfo.environment).run()
    }

    private func load() throws -> RuleSetLoader.Loaded {
        do {
            if let config, paths.isEmpty, store == nil { return try testBeforeStart(config) }
        } catch let refusal as RuleSetLoader.Refusal {
            throw Failure(.couldNotRun, refusal.description)
        }
        let named = try config.map(ConfigFile.read)
        do {
            let own = try config == nil ? StoreOptions.ownConfig.map(RuleSetLoader.read) : nil
            let rulesDir = named?.rulesDir ?? own.map(ConfigReader.rulesDirectory)
            let channels = named?.channelDeclarations ?? own?.root.flatMap(ConfigReader.channels)
            let given = paths.isEmpty ? [rulesDir ?? "rules"] : paths
            var files = try given.flatMap(RuleSetLoader.yamlFiles).map(RuleSetLoader.read)
            guard !files.isEmpty else {
                throw RuleSetLoader.Refusal("\(given.joined(separator: ", ")): there are no YAML files here")
            }
            // Errors of a file that nobody named are findings of the workspace, not a reason to check nothing.
            if let own, paths.isEmpty { files.insert(own, at: 0) }
            let context = try WorkspaceCheck.context(of: files, given: given)
            var loaded = try WorkspaceCheck.run(
                files, context: context, channels: channels ?? ChannelDeclaration.standard,
                store: try store.map { try StoreCheck(url: $0, at: .now) })
            // Its warnings are for whoever names it.
            loaded.diagnostics.removeAll { $0.severity != .error && $0.span.file == own?.path }
            return loaded
        } catch let refusal as RuleSetLoader.Refusal {
            throw Failure(.couldNotRun, refusal.description)
        } catch let error as MemberStore.OpenError {
            throw Failure(.couldNotRun, error.description)
        } catch {
            throw Failure(.couldNotRun, "the check stopped: \(error)")
        }
    }

    private func rendered(_ loaded: RuleSetLoader.Loaded) -> String {
        let findings = loaded.diagnostics
        switch format {
        case .short: return FindingsShort.render(findings)
        case .json: return FindingsJSON.render(findings, files: loaded.files.count, rules: loaded.ruleCount)
        case .github: return FindingsGitHub.render(findings)
        case .junit: return FindingsJUnit.render(findings, files: loaded.files.map(\.path))
        case .sarif: return FindingsSARIF.render(findings, sources: loaded.sources)
        case .text:
            let verdict = FindingsVerdict(findings, files: loaded.files.count).line(lang)
            let text = FindingsText.render(
                findings, sources: loaded.sources, colour: Console.hasColour, language: lang)
            return text.isEmpty ? verdict : text + "\n" + verdict
        }
    }
}
