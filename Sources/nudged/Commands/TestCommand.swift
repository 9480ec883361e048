import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: .say(
            "Run rule tests on a virtual clock: what must come, to the minute, and why.",
            "用虚拟时钟运行规则测试：应发什么、精确到分钟、为什么。"),
        discussion: .say(
            """
            Runs the daemon's own planner, SQL and gates on a store in memory; channels deliver unless a test says otherwise.

            EXAMPLES
              nudged test                                     every test under rules/tests
              nudged test rules/tests/birthday.test.yaml
              nudged test --run "half past nine" --trace      every outcome of these tests, and what decided it
              nudged test --coverage --coverage-at-least 80%  what no test has shown yet
              nudged test --update                            rewrites what failing tests expect, and an empty list; asks first

            EXIT 0 all passed, 1 failures or findings, 2 could not run, 64 usage
            """,
            """
            在内存数据库上用守护进程的同一套计划、SQL 和检查运行；测试没有另写的，渠道都算送达。

            示例
              nudged test                                     rules/tests 下的全部测试
              nudged test rules/tests/birthday.test.yaml
              nudged test --run "九点半" --trace              这些测试的每个结果及其依据
              nudged test --coverage --coverage-at-least 80%  还有哪些没有测到
              nudged test --update                            询问后，把失败测试的预期（空的也算）改成实际结果

            退出码  0 全部通过，1 有失败或检查结果，2 未能运行，64 用法有误
            """))

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, junit, json, github }

    @Argument(
        help: .say(
            "Test files and directories (default: the tests of the rules directory).",
            "测试文件和目录（默认规则目录下的 tests）。"))
    var paths: [String] = []
    @Option(
        name: .customLong("run"),
        help: .say("Only tests whose name this regular expression finds.", "只运行名字与这个正则表达式相符的测试。"))
    var namePattern: String?
    @Flag(
        help: .say(
            "Print every outcome, waiting ones too, with the conditions behind it.",
            "打印每个结果（含等待中的）及其条件。"))
    var trace = false
    @Flag(help: .say("Print what no test has shown yet.", "打印还没有测到的部分。"))
    var coverage = false
    @Option(
        help: .say(
            "Fail below this share of what tests can show, compared exactly: 80%.",
            "覆盖低于这个比例算失败，精确比较：80%。"))
    var coverageAtLeast: String?
    @Flag(
        help: .say(
            "Rewrite what failing tests expect into what came, and fill empty `expect`: shows the changes and asks.",
            "把失败测试的预期改成实际结果，并填写空的 `expect`：先显示改动，再询问。"))
    var update = false
    @Flag(help: .say("With --update: write without asking.", "与 --update 连用：不询问，直接写入。"))
    var yes = false
    @Option(help: .say("text, junit, json or github.", "text、junit、json 或 github。"))
    var format = Format.text
    @Option(help: .configForNames)
    var config: String?
    @OptionGroup var language: LanguageOption

    func validate() throws {
        if yes, !update { throw ValidationError(.say("--yes goes with --update", "--yes 要与 --update 连用")) }
        if update, format != .text {
            throw ValidationError(
                .say("--update is for people: it goes with --format text", "--update 是给人用的，只能用 --format text"))
        }
    }

    func run() throws {
        let config = try StoreOptions.config(config)
        let bar = try coverageAtLeast.map { CoverageBar(basisPoints: try basisPoints($0), written: $0) }
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        if update {
            let recording = try session(channels, config?.rulesDir, records: true)
            try TestUpdating(session: recording, channels: channels, isAgreed: yes).run()
        }
        let session = try session(channels, config?.rulesDir, records: false)
        Console.print(rendered(session, bar))
        let shortfall = bar.flatMap { session.coverage.shortfall(of: $0, in: Spoken.language) }
        if let shortfall { Console.error(shortfall) }
        if !session.isGood || shortfall != nil { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    private func session(
        _ channels: [ChannelDeclaration], _ rulesDir: String?, records: Bool
    ) throws -> TestSession {
        let pattern = try namePattern.map(regex)
        let given = try paths.isEmpty ? [standardPath(rulesDir)] : paths
        let session: TestSession
        let progress = ProgressLine(.say("reading tests", "正在读取测试"))
        defer { progress.finish() }
        do {
            session = try TestSession(
                paths: given, channels: channels, records: records,
                where: { name in pattern.map { name.firstMatch(of: $0) != nil } ?? true },
                onTest: { progress.say("\($0.file):\($0.line)  \($0.name)") })
        } catch let refusal as RuleSetLoader.Refusal {
            throw refusal
        } catch {
            let reason = Bilingual(error)
            throw Failure(.couldNotRun, .say("the tests stopped: \(reason)", "测试中断：\(reason.chinese)"))
        }
        guard !session.files.isEmpty else {
            throw Failure(
                .couldNotRun,
                given.joined(separator: ", ")
                    + .say(": there are no test files here (files with `tests:`)", "：这里没有测试文件（含 `tests:` 的文件）"))
        }
        if let namePattern, session.results.isEmpty, !session.hasErrors {
            throw Failure(.couldNotRun, .say("no test has a name like `\(namePattern)`", "没有名字像 `\(namePattern)` 的测试"))
        }
        return session
    }

    private func rendered(_ session: TestSession, _ bar: CoverageBar?) -> String {
        let forms = TestForms(session, bar: bar, language: Spoken.language)
        switch format {
        case .json: return forms.json
        case .junit: return forms.junit
        case .github: return forms.github
        case .text:
            let findings = FindingsText.render(
                session.findings, sources: session.sources, colour: Console.hasColour, language: Spoken.language)
            let verdict =
                session.hasErrors
                ? FindingsVerdict(session.findings, files: session.files.count).line(Spoken.language)
                    + .say(" Test files with errors were not run.\n\n", "有错误的测试文件没有运行。\n\n")
                : ""
            let report = TestReport(session, trace: trace, coverage: coverage, language: Spoken.language).text
            return (findings.isEmpty ? "" : findings + "\n") + verdict + report
        }
    }

    private func standardPath(_ rulesDir: String?) throws -> String {
        let candidates = rulesDir.map { ["\($0)/tests"] } ?? ["rules/tests", "tests"]
        guard let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            // What is in a folder that cannot be read is not known.
            if let rulesDir, RuleSetLoader.isDirectory(rulesDir) { _ = try RuleSetLoader.yamlFiles(under: rulesDir) }
            throw Failure(
                .couldNotRun,
                .say(
                    "there is no \(candidates[0]) here; name the test files: nudged test PATH…",
                    "这里没有 \(candidates[0])；请写明测试文件：nudged test PATH…"))
        }
        return path
    }

    private func regex(_ text: String) throws -> Regex<AnyRegexOutput> {
        do { return try Regex(text) } catch {
            throw Failure(
                .usage, .say("--run `\(text)` is not a regular expression", "--run `\(text)` 不是正则表达式"))
        }
    }

    /// `80%` or `80`, at most two decimals.
    private func basisPoints(_ text: String) throws -> Int {
        let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
        guard let points = Decimal2.hundredths(digits), (0...10_000).contains(points) else {
            throw Failure(
                .usage,
                .say(
                    "--coverage-at-least `\(text)` is not a share; write 80%",
                    "--coverage-at-least `\(text)` 不是比例；写成 80%"))
        }
        return Int(points)
    }
}
