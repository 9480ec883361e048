import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run rule tests on a virtual clock: what must come, to the minute, and why.",
        discussion: """
            Runs the daemon's own planner, SQL and gates on a store in memory; channels deliver unless a test says otherwise.

            EXAMPLES
              nudged test                                     every test under rules/tests
              nudged test rules/tests/birthday.test.yaml
              nudged test --run "half past nine" --trace      every outcome of these tests, and what decided it
              nudged test --coverage --coverage-at-least 80%  what no test has shown yet
              nudged test --update                            rewrites what failing tests expect, after asking

            EXIT 0 all passed, 1 failures or findings, 2 could not run, 64 usage
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, junit, json, github }

    @Argument(help: "Test files and directories (default: the tests of the rules directory).")
    var paths: [String] = []
    @Option(name: .customLong("run"), help: "Only tests whose name this regular expression finds.")
    var namePattern: String?
    @Flag(help: "Print every outcome, waiting ones too, with the conditions behind it.")
    var trace = false
    @Flag(help: "Print what no test has shown yet.")
    var coverage = false
    @Option(help: "Fail below this share of what tests can show, compared exactly: 80%.")
    var coverageAtLeast: String?
    @Flag(help: "Rewrite what failing tests expect into what came: shows the changes and asks.")
    var update = false
    @Flag(help: "With --update: write without asking.")
    var yes = false
    @Option(help: "text, junit, json or github.")
    var format = Format.text
    @Option(
        name: .customLong("lang"),
        help: "Language of findings and report: en or zh-CN (default: `lang` of nudged.yaml, else the locale's).")
    var spoken: Language?

    private var lang: Language { Spoken.language(spoken, config: config) }
    @Option(help: "The operators' file, for the names of channels and the rules directory (default ./nudged.yaml).")
    var config: String?

    func validate() throws {
        if yes, !update { throw ValidationError("--yes goes with --update") }
        if update, format != .text { throw ValidationError("--update is for people: it goes with --format text") }
    }

    func run() throws {
        let config = try StoreOptions.config(config)
        let least = try coverageAtLeast.map(basisPoints)
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        var session = try session(channels, config?.rulesDir)
        if update, try TestUpdating(session: session, channels: channels, isAgreed: yes).run() {
            session = try self.session(channels, config?.rulesDir)
        }
        Console.print(rendered(session))
        let isCovered = least.map { session.coverage.reaches(basisPoints: $0) } ?? true
        if !isCovered, let coverageAtLeast {
            let all = session.coverage
            Console.error("coverage is \(all.covered) of \(all.goals), below \(coverageAtLeast)")
        }
        if !session.isGood || !isCovered { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    private func session(_ channels: [ChannelDeclaration], _ rulesDir: String?) throws -> TestSession {
        let pattern = try namePattern.map(regex)
        let given = try paths.isEmpty ? [standardPath(rulesDir)] : paths
        let session: TestSession
        let progress = ProgressLine("reading tests")
        defer { progress.finish() }
        do {
            session = try TestSession(
                paths: given, channels: channels,
                where: { name in pattern.map { name.firstMatch(of: $0) != nil } ?? true },
                onTest: { progress.say("\($0.file):\($0.line)  \($0.name)") })
        } catch let refusal as RuleSetLoader.Refusal {
            throw Failure(.couldNotRun, refusal.description)
        } catch {
            throw Failure(.couldNotRun, "the tests stopped: \(error)")
        }
        guard !session.files.isEmpty else {
            throw Failure(
                .couldNotRun, "\(given.joined(separator: ", ")): there are no test files here (files with `tests:`)")
        }
        if let namePattern, session.results.isEmpty, !session.hasErrors {
            throw Failure(.couldNotRun, "no test has a name like `\(namePattern)`")
        }
        return session
    }

    private func rendered(_ session: TestSession) -> String {
        switch format {
        case .json: return TestForms.json(session)
        case .junit: return TestForms.junit(session)
        case .github: return TestForms.github(session)
        case .text:
            let findings = FindingsText.render(
                session.findings, sources: session.sources, colour: Console.hasColour, language: lang)
            let verdict =
                session.hasErrors
                ? FindingsVerdict(session.findings, files: session.files.count).line(lang)
                    + (lang == .chinese ? " 有错误的测试文件没有运行。\n\n" : " Test files with errors were not run.\n\n")
                : ""
            let report = TestReport(session, trace: trace, coverage: coverage, language: lang).text
            return (findings.isEmpty ? "" : findings + "\n") + verdict + report
        }
    }

    private func standardPath(_ rulesDir: String?) throws -> String {
        let candidates = rulesDir.map { ["\($0)/tests"] } ?? ["rules/tests", "tests"]
        guard let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw Failure(.couldNotRun, "there is no \(candidates[0]) here; name the test files: nudged test PATH…")
        }
        return path
    }

    private func regex(_ text: String) throws -> Regex<AnyRegexOutput> {
        do { return try Regex(text) } catch {
            throw Failure(.usage, "--run `\(text)` is not a regular expression")
        }
    }

    /// `80%` or `80`, at most two decimals.
    private func basisPoints(_ text: String) throws -> Int {
        let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
        guard let points = Decimal2.hundredths(digits), (0...10_000).contains(points) else {
            throw Failure(.usage, "--coverage-at-least `\(text)` is not a share; write 80%")
        }
        return Int(points)
    }
}
