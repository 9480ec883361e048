import Config
import Engine
import Review
import Kit
import ArgumentParser
import Foundation
import Policies
import Rules
import Store

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: .say(
            "Why one member got something of one rule, or nothing.", "一位会员为什么收到、或没有收到一条规则的消息。"),
        discussion: .say(
            """
            Decides again with the daemon's own planner, SQL and gates on a private copy, and shows everything that was read:
            the conditions with their values, the channels, limits and caps, and the smallest change that would have made
            the rule act. With a live store the decision on record comes first, by the rules and on the values of then
            (`traces` in settings.yaml says how long they are kept). Nothing is written.

            EXAMPLES
              nudged explain --rule birthday-gift --member lin --fixtures rules/fixtures/members.yaml --at "2026-03-07 09:30"
              nudged explain --rule cart-abandoned-24h --member 10086 --store sqlite:nudged.db --since 2026-05-01
              nudged explain --rule birthday-gift --member 10086 --config nudged.yaml --at 2026-03-07 --json

            A bare date means every decision of that day. EXIT 0 it decided to act, 3 it decided not to, 1 the files have
            errors, 2 could not run, 64 usage
            """,
            """
            在私有副本上用守护进程的同一套计划、SQL 和检查重新决定一次，并列出读到的一切：条件及其取值、渠道、次数和频次上限，\
            以及最小改动多少规则就会执行。用线上数据库时先显示当时的决定记录，依据当时的规则和数据\
            （保留多久由 settings.yaml 的 `traces` 决定）。不写入任何内容。

            示例
              nudged explain --rule birthday-gift --member lin --fixtures rules/fixtures/members.yaml --at "2026-03-07 09:30"
              nudged explain --rule cart-abandoned-24h --member 10086 --store sqlite:nudged.db --since 2026-05-01
              nudged explain --rule birthday-gift --member 10086 --config nudged.yaml --at 2026-03-07 --json

            只写日期表示当天的全部决定。退出码  0 决定执行，3 决定不执行，1 文件有错误，2 未能运行，64 用法有误
            """))

    @Argument(help: .rulesDirectory)
    var rulesDir: String?
    @Option(help: .say("The rule, whatever its status.", "规则，不论状态。"), completion: .ruleNames)
    var rule: String
    @Option(help: .say("The member's id.", "会员编号。"))
    var member: String
    @Option(
        help: .say(
            "The instant: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in the settings' time zone.",
            "时间：RFC 3339，或 settings 时区的 YYYY-MM-DD[ HH:MM[:SS]]。"))
    var at: String?
    @Option(
        help: .say("The history from this instant on, instead of one instant.", "不看单个时间，看从此时起的历史。"))
    var since: String?
    @Option(help: .say("End of the history (default: now).", "历史到何时为止（默认现在）。"))
    var until: String?
    @Option(parsing: .upToNextOption, help: .say("Fixture files, instead of a store.", "用示例会员文件，不用数据库。"))
    var fixtures: [String] = []
    @OptionGroup var options: StoreOptions
    @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。"))
    var json = false
    @OptionGroup var language: LanguageOption

    func validate() throws {
        guard (at == nil) != (since == nil) else {
            throw ValidationError(.say("give either --at T or --since T", "--at 和 --since 要写且只写一个"))
        }
        guard until == nil || since != nil else {
            throw ValidationError(.say("--until goes with --since", "--until 要与 --since 连用"))
        }
        guard fixtures.isEmpty || options.store == nil else {
            throw ValidationError(.say("give either --fixtures FILE… or --store URL", "--fixtures 和 --store 只能写一个"))
        }
    }

    func run() throws {
        let config = try options.loadConfig()
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let workspace = try Workspace(
            rulesDir ?? config?.rulesDir ?? "rules", channels: channels, language: Spoken.language)
        let set = workspace.set
        let window = try at.map { text in
            ExplainWindow.from(
                try DryRunWindow.instant(text, "--at", set.settings), written: text, in: set.settings.zone)
        }
        let from = try since.map { try DryRunWindow.instant($0, "--since", set.settings) }
        guard let explained = set.rules.first(where: { $0.id == rule }) else {
            let hint = String.didYouMean(Suggestion.nearest(to: rule, among: set.rules.map(\.id)))
            throw Failure(.usage, .say("there is no rule `\(rule)`", "没有规则 `\(rule)`") + hint)
        }
        let store = try open(workspace, config)
        let acts: Bool
        do {
            let version = try RulesVersion(of: set, in: store)
            let explainer = try Explainer(
                store: store, set: set, channels: fixtures.isEmpty ? channels : channels.uncredited, rule: rule,
                member: member, amongAll: !fixtures.isEmpty)
            if let window {
                let report = try ExplainReport.of(
                    explainer, in: store, set, channels: channels, window: window, language: Spoken.language)
                Console.print(json ? report.json : report.text)
                acts = report.acts
            } else {
                let start = from ?? .distantPast
                let report = HistoryReport(
                    try explainer.history(from: start, until: try end(after: start, set.settings)), rule: explained,
                    zone: try explainer.zone, version: version, language: Spoken.language)
                Console.print(json ? report.json : report.text)
                acts = report.acts
            }
        } catch is Explainer.NoMember {
            let known = fixtures.isEmpty ? try MemberStore.reading(try options.storeURL(config)) : store
            throw try UnknownMember.failure(member, among: known)
        } catch let failure as Failure {
            throw failure
        } catch {
            let reason = Bilingual(error)
            throw Failure(
                .couldNotRun, .say("the explanation stopped: \(reason)", "解释中断：\(reason.chinese)"))
        }
        if !acts { throw ExitCode(ExplainCommand.decidedNotTo) }
    }

    private static let decidedNotTo: Int32 = 3

    private func end(after start: Instant, _ settings: Settings) throws -> Instant {
        guard let until else {
            let now = Instant(seconds: Int64(Date().timeIntervalSince1970))
            let end = max(now, start.adding(micros: 1))
            try DryRunWindow.refuseEndless(from: start, until: end, "--since")
            return end
        }
        let end = try DryRunWindow.instant(until, "--until", settings)
        guard end > start else { throw Failure(.usage, .say("--until must be after --since", "--until 必须晚于 --since")) }
        try DryRunWindow.refuseEndless(from: start, until: end, "--since")
        return end
    }

    private func open(_ workspace: Workspace, _ config: Configuration?) throws -> MemberStore {
        guard fixtures.isEmpty else { return try workspace.fixtureStore(fixtures) }
        return try MemberStore.copy(
            of: options.storeURL(config), toDecide: rule, for: member, in: workspace.set)
    }
}
