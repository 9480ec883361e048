import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "What changed rules would do, before they are live: differences by meaning, people, messages, cost.",
        discussion: """
            Compares rule files with the set in force, counts who qualifies before and after, replays the last 30 days
            under both and runs the next 30. The store is only read, and its daemon goes on.

            EXAMPLES
              nudged plan                                  ./rules (or rules_dir) against ./nudged.yaml's store
              nudged plan rules -o plan.json               keep it, to put exactly this in force: nudged apply plan.json
              nudged plan rules --store sqlite:nudged.db --exit-code

            EXIT 0 done, 1 the files have errors, 2 could not run, 4 there are changes (with --exit-code)
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "Files and directories (default: rules_dir of the config, else ./rules).")
    var paths: [String] = []
    @OptionGroup var options: StoreOptions
    @Option(name: [.customShort("o"), .customLong("output")], help: "Save the plan to this file, for `nudged apply`.")
    var output: String?
    @Option(help: "The instant to plan for (default: now): RFC 3339, or local time in the settings' zone.")
    var at: String?
    @Option(help: "Replay and forecast at most this many members; counts are scaled. 0: all of them.")
    var sample = ChangePlanning.standardSample
    @Flag(help: "Exit 4 when there are changes.")
    var exitCode = false
    @Option(help: "text or json.")
    var format = Format.text
    @Option(name: .customLong("lang"), help: "en or zh-CN (default: `lang` of nudged.yaml, else the locale's).")
    var spoken: Language?

    private var lang: Language { Spoken.language(spoken, config: options.config) }

    private static let hasChanges: Int32 = 4

    func validate() throws {
        guard sample >= 0 else { throw ValidationError("--sample counts members: 0 or more") }
    }

    func run() throws {
        if let output { try requireReplaceable(output) }
        let config = try options.loadConfig()
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let (loaded, set) = try rules(config, channels)
        let url = try options.storeURL(config)
        let now = try at.map { try DryRunWindow.instant($0, "--at", set.settings) } ?? .now
        var planning = ChangePlanning(storeURL: url, channels: channels, at: now)
        planning.sample = sample == 0 ? Int.max : sample
        planning.language = lang
        let plan: ChangePlan
        do {
            plan = try planning.run(loaded, set) { StageNote.show($0) }
            StageNote.clear()
        } catch let error as MemberStore.OpenError {
            throw Failure(.couldNotRun, error.description)
        } catch let broken as ChangePlanning.BrokenBase {
            let first = broken.findings.first?.short ?? ""
            throw Failure(
                .couldNotRun,
                "the live rules (version \(broken.version)) have errors with this version or config, so nothing can be compared: \(first)"
            )
        }
        if let output { try save(plan, output) }
        switch format {
        case .text: Console.print(PlanText(plan, language: lang).text)
        case .json: Console.print(plan.json(includingFiles: false).rendered)
        }
        if exitCode, !plan.isEmpty { throw ExitCode(PlanCommand.hasChanges) }
    }

    private func rules(_ config: Configuration?, _ channels: [ChannelDeclaration]) throws -> (
        RuleSetLoader.Loaded, RuleSet
    ) {
        let given = paths.isEmpty ? [config?.rulesDir ?? "rules"] : paths
        let loaded: RuleSetLoader.Loaded
        do {
            loaded =
                given.count == 1 && RuleSetLoader.isDirectory(given[0])
                ? try RuleSetLoader.load(directory: given[0], channels: channels)
                : try RuleSetLoader.load(paths: given.flatMap(RuleSetLoader.yamlFiles), channels: channels)
        } catch { throw Failure(.couldNotRun, "\(error)") }
        guard let set = loaded.set else {
            let errors = loaded.diagnostics.filter { $0.severity == .error }
            Console.error(FindingsText.render(errors, sources: loaded.sources, language: lang))
            throw Failure(.findings, FindingsVerdict(errors, files: loaded.files.count).line(lang))
        }
        return (loaded, set)
    }

    /// Also called before the work, because a plan takes a while.
    private func requireReplaceable(_ path: String) throws {
        try OwnFile.requireReplaceable(path, as: ("a saved plan", "保存的计划"), isOwn: SavedPlan.isOne)
    }

    private func save(_ plan: ChangePlan, _ path: String) throws {
        let text = plan.json(includingFiles: true).rendered + "\n"
        try requireReplaceable(path)
        do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
            throw Failure(.couldNotRun, "\(path): cannot be written; check the directory and its permissions")
        }
    }
}

/// Shows the work under way on a terminal's standard error.
enum StageNote {
    private static let isTerminal = isatty(STDERR_FILENO) == 1

    static func show(_ words: String) { write("\r\u{1B}[K\(words) …") }
    static func clear() { write("\r\u{1B}[K") }

    private static func write(_ text: String) {
        if isTerminal { FileHandle.standardError.write(Data(text.utf8)) }
    }
}
