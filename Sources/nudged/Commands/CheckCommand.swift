import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: .say(
            "Check rule files: every finding of every file, with place and remedy.",
            "检查规则文件：每个文件的每个问题，附位置和改法。"),
        discussion: .say(
            """
            EXAMPLES
              nudged check                       the workspace: ./nudged.yaml where there is one, and its rules
              nudged check rules --format json   for scripts and editors
              nudged check --config nudged.yaml  the test before a start or a reload: the rules as the daemon reads
                                                 them (no fixtures, no tests), the secrets, the store, the log files
              nudged check --store sqlite:s.db   also what only the members show; nothing is written

            EXIT 0 clean, 1 errors, 2 could not run
            """,
            """
            示例
              nudged check                       整个工作区：有 ./nudged.yaml 就连它一起，以及它的规则
              nudged check rules --format json   给脚本和编辑器用
              nudged check --config nudged.yaml  启动或重载之前的检查：守护进程会读的规则（不含示例会员和测试）、密钥、数据库、日志文件
              nudged check --store sqlite:s.db   并检查只有会员数据才看得出的问题；不写入任何内容

            退出码  0 没有问题，1 有错误，2 未能运行
            """))

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, short, json, github, junit, sarif }
    enum Denied: String, ExpressibleByArgument, CaseIterable { case warnings }

    @Argument(help: .paths)
    var paths: [String] = []
    @Option(
        help: .say(
            """
            The operators' file (default ./nudged.yaml). When it is named and PATHS are not, all that the daemon needs \
            of it is tried; else it is for the channels and the rules directory.
            """,
            """
            运维的配置文件（默认 ./nudged.yaml）。写了它而没有写 PATHS 时，守护进程要用的逐项试过；否则只从中取渠道和规则目录。
            """))
    var config: String?
    @Option(
        help: .say(
            "A store to look at as well, as sqlite:/path; it is read, never written.",
            "同时查看数据库：sqlite:/path；只读，绝不写入。"))
    var store: String?
    @Option(help: .say("text, short, json, github, junit or sarif.", "text、short、json、github、junit 或 sarif。"))
    var format = Format.text
    @Option(help: .say("warnings: exit 1 on warnings too.", "warnings：有警告也以 1 退出。"))
    var deny: Denied?
    @Flag(help: .say("Print nothing when there is no finding.", "没有问题时什么也不打印。"))
    var quiet = false
    @OptionGroup var language: LanguageOption

    func run() throws {
        let loaded = try load()
        let findings = loaded.diagnostics
        if !(quiet && findings.isEmpty) { Console.print(rendered(loaded)) }
        let fails = loaded.hasErrors || (deny == .warnings && !findings.isEmpty)
        if fails { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    /// Checks what the daemon would need of this config at its next start, and of the rules at the next reload.
    private func testBeforeStart(_ path: String) throws -> RuleSetLoader.Loaded {
        try StartCheck(ConfigFile.source(path), environment: ProcessInfo.processInfo.environment).run()
    }

    private func load() throws -> RuleSetLoader.Loaded {
        if let config, paths.isEmpty, store == nil { return try testBeforeStart(config) }
        let named = try config.map(ConfigFile.read)
        do {
            let own = try config == nil ? StoreOptions.ownConfig.map(RuleSetLoader.read) : nil
            let rulesDir = named?.rulesDir ?? own.map(ConfigReader.rulesDirectory)
            let channels = named?.channelDeclarations ?? own?.root.flatMap(ConfigReader.channels)
            let directory = rulesDir ?? "rules"
            let given = paths.isEmpty ? [directory] : paths
            var files = try given.flatMap(RuleSetLoader.yamlFiles).map(RuleSetLoader.read)
            let misnamed = try given.flatMap(RuleSetLoader.misnamed)
            guard !files.isEmpty else {
                throw RuleSetLoader.Refusal.noFiles(in: given, butMisnamed: misnamed)
            }
            // Errors of a file that nobody named are findings of the workspace, not a reason to check nothing.
            if let own, paths.isEmpty { files.insert(own, at: 0) }
            let context = try WorkspaceCheck.context(of: files, given: given, rulesDir: directory)
            var loaded = try WorkspaceCheck.run(
                files, context: context, channels: channels ?? ChannelDeclaration.standard,
                store: try store.map { try StoreCheck(url: $0, at: .now) }, at: .now,
                hasEveryRule: WorkspaceCheck.hasEveryRule(given, rulesDir: directory))
            loaded.diagnostics += misnamed
            if let own, paths.isEmpty, let config = ConfigReader.read(own).0 {
                let mappings = SourceMappings(of: config)
                loaded.add(mappings)
            }
            // Its warnings are for whoever names it, but for R103: what was to be said there is said nowhere.
            loaded.diagnostics.removeAll {
                $0.severity != .error && $0.code != "R103" && $0.span.file == own?.path
            }
            return loaded
        } catch let error where error is RuleSetLoader.Refusal || error is MemberStore.OpenError {
            throw error
        } catch {
            let reason = Bilingual(error)
            throw Failure(.couldNotRun, .say("the check stopped: \(reason)", "检查中断：\(reason.chinese)"))
        }
    }

    private func rendered(_ loaded: RuleSetLoader.Loaded) -> String {
        let (findings, language) = (loaded.diagnostics, Spoken.language)
        func spoken() -> [Diagnostic] { findings.map { $0.spoken(language) } }
        switch format {
        case .short: return FindingsShort.render(findings, in: language)
        case .json: return FindingsJSON.render(spoken(), files: loaded.files.count, rules: loaded.ruleCount)
        case .github: return FindingsGitHub.render(findings, in: language)
        case .junit: return FindingsJUnit.render(findings, files: loaded.files.map(\.path), in: language)
        case .sarif: return FindingsSARIF.render(spoken(), sources: loaded.sources)
        case .text:
            let verdict = FindingsVerdict(findings, files: loaded.files.count).line(language)
            let text = FindingsText.render(
                findings, sources: loaded.sources, colour: Console.hasColour, language: language)
            return text.isEmpty ? verdict : text + "\n" + verdict
        }
    }
}
