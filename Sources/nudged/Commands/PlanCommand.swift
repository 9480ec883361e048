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
        abstract: .say(
            "What changed rules would do, before they are live: differences by meaning, people, messages, cost.",
            "上线之前看改动的效果：含义上的差别、人数、消息和费用。"),
        discussion: .say(
            """
            Compares rule files with the set in force, counts who qualifies before and after, replays the last 30 days
            under both and runs the next 30. The store is only read, and its daemon goes on.

            EXAMPLES
              nudged plan                                  ./rules (or rules_dir) against ./nudged.yaml's store
              nudged plan rules -o plan.json               keep it, to put exactly this in force: nudged apply plan.json
              nudged plan rules --store sqlite:nudged.db --exit-code
              nudged plan --format markdown                a comment for a merge request

            EXIT 0 done, 1 the files have errors, 2 could not run, 4 there are changes (with --exit-code)
            """,
            """
            把规则文件与线上规则对照，统计改动前后符合条件的人，用两套规则重演过去 30 天，再推演未来 30 天。\
            数据库只读，守护进程照常运行。

            示例
              nudged plan                                  用 ./rules（或 rules_dir）对照 ./nudged.yaml 的数据库
              nudged plan rules -o plan.json               保存下来，之后原样生效：nudged apply plan.json
              nudged plan rules --store sqlite:nudged.db --exit-code
              nudged plan --format markdown                贴进合并请求的说明

            退出码  0 完成，1 文件有错误，2 未能运行，4 有改动（加了 --exit-code）
            """))

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

    @Argument(help: .paths)
    var paths: [String] = []
    @OptionGroup var options: StoreOptions
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: .say("Save the plan to this file, for `nudged apply`.", "把计划保存到文件，供 `nudged apply` 使用。"))
    var output: String?
    @Option(
        help: .say(
            "The instant to plan for (default: now): RFC 3339, or local time in the settings' zone.",
            "按哪个时间计划（默认现在）：RFC 3339，或 settings 时区的当地时间。"))
    var at: String?
    @Option(
        help: .say(
            "Replay and forecast at most this many members; counts are scaled. 0: all of them.",
            "最多用这么多位会员重演和推演，数字按比例放大；0 为全部。"))
    var sample = ChangePlanning.standardSample
    @Flag(help: .say("Exit 4 when there are changes.", "有改动时以 4 退出。"))
    var exitCode = false
    @Option(
        help: .say(
            "text, json, or markdown for a merge request, with addresses masked.", "text、json，或 markdown（贴进合并请求，地址已掩码）。"
        ))
    var format = Format.text
    @OptionGroup var language: LanguageOption

    private static let hasChanges: Int32 = 4

    func validate() throws {
        guard sample >= 0 else {
            throw ValidationError(.say("--sample counts members: 0 or more", "--sample 是会员数：0 或更多"))
        }
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
        planning.language = Spoken.language
        let plan: ChangePlan
        do {
            plan = try planning.run(loaded, set) { StageNote.show($0) }
            StageNote.clear()
        } catch let broken as ChangePlanning.BrokenBase {
            let first = broken.findings.first?.short(in: Spoken.language) ?? ""
            throw Failure(
                .couldNotRun,
                .say(
                    "the live rules (version \(broken.version)) have errors with this version or config, "
                        + "so nothing can be compared: \(first)",
                    "线上规则（版本 \(broken.version)）在本版本或这份配置下有错误，无从对照：\(first)"))
        }
        if let output { try save(plan, output) }
        switch format {
        case .text: Console.print(PlanText(plan, language: Spoken.language).text)
        case .json: Console.print(plan.json(includingFiles: false).rendered)
        case .markdown: Console.print(PlanMarkdown(plan, language: Spoken.language).text)
        }
        if exitCode, !plan.isEmpty { throw ExitCode(PlanCommand.hasChanges) }
    }

    private func rules(_ config: Configuration?, _ channels: [ChannelDeclaration]) throws -> (
        RuleSetLoader.Loaded, RuleSet
    ) {
        let given = paths.isEmpty ? [config?.rulesDir ?? "rules"] : paths
        let loaded =
            given.count == 1 && RuleSetLoader.isDirectory(given[0])
            ? try RuleSetLoader.load(directory: given[0], channels: channels)
            : try RuleSetLoader.load(paths: given.flatMap(RuleSetLoader.yamlFiles), channels: channels)
        guard let set = loaded.set else {
            let errors = loaded.diagnostics.filter { $0.severity == .error }
            Console.error(FindingsText.render(errors, sources: loaded.sources, language: Spoken.language))
            throw Failure(.findings, FindingsVerdict(errors, files: loaded.files.count).line(Spoken.language))
        }
        return (loaded, set)
    }

    /// Also called before the work, because a plan takes a while.
    private func requireReplaceable(_ path: String) throws {
        try OwnFile.requireReplaceable(path, as: Bilingual("a saved plan", "保存的计划"), isOwn: SavedPlan.isOne)
    }

    private func save(_ plan: ChangePlan, _ path: String) throws {
        let text = plan.json(includingFiles: true).rendered + "\n"
        try requireReplaceable(path)
        do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
            throw Failure(
                .couldNotRun,
                .say(
                    "\(path): cannot be written; check the directory and its permissions",
                    "\(path)：写不了；请检查目录及其权限"))
        }
    }
}

/// Shows the work under way on a terminal's standard error.
enum StageNote {
    private static let isTerminal = isatty(STDERR_FILENO) == 1

    static func show(_ words: String) { write("\r\u{1B}[K\(words) …") }
    static func clear() { write("\r\u{1B}[K") }

    private static func write(_ text: String) {
        if isTerminal { Console.note(text) }
    }
}
