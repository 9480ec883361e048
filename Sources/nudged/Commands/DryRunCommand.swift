import Config
import Engine
import Review
import Kit
import ArgumentParser
import Foundation
import Policies
import Rules
import Store

struct DryRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dry-run",
        abstract: .say(
            "Who would get what at which instant: every outcome in order, on a virtual clock.",
            "谁会在何时收到什么：用虚拟时钟按顺序列出每个结果。"),
        discussion: .say(
            """
            Runs the daemon's own planner, SQL and gates on a private copy. It writes nothing and cannot send.
            A rule that cannot be evaluated (SQL of fields.yaml that is broken) is named at the end, with exit 2.

            EXAMPLES
              nudged dry-run --fixtures rules/fixtures/members.yaml --at "2026-03-07"
              nudged dry-run rules --fixtures members.yaml --at 2026-03-01 --until 2026-04-01 --only birthday-gift
              nudged dry-run --store sqlite:nudged.db --at "2026-03-07 00:00" --format ndjson
              nudged dry-run --store sqlite:nudged.db --at 2026-03-01 --until 2026-04-01 --by day --lang zh-CN

            EXIT 0 done, 1 the files have errors, 2 could not run, 64 usage
            """,
            """
            在私有副本上用守护进程的同一套计划、SQL 和检查运行，不写入任何内容，也发不出消息。\
            无法运行的规则（fields.yaml 的 SQL 有错）在最后列出，以 2 退出。

            示例
              nudged dry-run --fixtures rules/fixtures/members.yaml --at "2026-03-07"
              nudged dry-run rules --fixtures members.yaml --at 2026-03-01 --until 2026-04-01 --only birthday-gift
              nudged dry-run --store sqlite:nudged.db --at "2026-03-07 00:00" --format ndjson
              nudged dry-run --store sqlite:nudged.db --at 2026-03-01 --until 2026-04-01 --by day

            退出码  0 完成，1 文件有错误，2 未能运行，64 用法有误
            """))

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, ndjson }

    enum Period: String, ExpressibleByArgument, CaseIterable { case day }

    @Argument(help: .rulesDirectory)
    var rulesDir: String?
    @Option(parsing: .upToNextOption, help: .say("Fixture files: members and their history.", "示例会员文件：会员及其记录。"))
    var fixtures: [String] = []
    @Option(
        help: .say(
            "A store to run on instead, as sqlite:/path; it is read, never written.",
            "改用数据库：sqlite:/path；只读，绝不写入。"))
    var store: String?
    @Option(
        help: .say(
            "Beginning of the window: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in the settings' time zone.",
            "从何时开始：RFC 3339，或 settings 时区的 YYYY-MM-DD[ HH:MM[:SS]]。"))
    var at: String
    @Option(help: .say("End of the window, exclusive (default: 24 h later).", "到何时为止，不含此刻（默认 24 小时后）。"))
    var until: String?
    @Option(
        help: .say("Run only this rule, whatever its status (repeatable).", "只运行这条规则，不论状态（可写多次）。"),
        completion: .ruleNames)
    var only: [String] = []
    @Option(help: .say("Print only this member (repeatable).", "只打印这位会员（可写多次）。"))
    var member: [String] = []
    @Flag(help: .say("Print `waiting` and `not_due` too.", "`waiting` 和 `not_due` 也打印。"))
    var all = false
    @Option(help: .configForNames)
    var config: String?
    @Option(
        help: .say(
            "day: count by day and rule, with channels, SMS segments and their cost, instead of each outcome.",
            "day：不逐条列出，按天和规则统计，含渠道、短信计费条数和费用。"))
    var by: Period?
    @Option(help: .say("text or ndjson.", "text 或 ndjson。"))
    var format = Format.text
    @OptionGroup var language: LanguageOption

    func validate() throws {
        guard fixtures.isEmpty != (store == nil) else {
            throw ValidationError(.say("give either --fixtures FILE… or --store URL", "--fixtures 和 --store 要写且只写一个"))
        }
    }

    func run() throws {
        let config = try StoreOptions.config(config)
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let workspace = try Workspace(
            rulesDir ?? config?.rulesDir ?? "rules", channels: channels, language: Spoken.language)
        let set = workspace.set
        let window = try DryRunWindow(at: at, until: until, settings: set.settings)
        let rules = try selectedRules(set)
        let members = try openStore(workspace)
        for name in member where try !members.hasMember(name) { throw try UnknownMember.failure(name, among: members) }
        let planned = PlannedSet(set, rules: rules, channels: store == nil ? channels.uncredited : channels)
        let faults =
            by == nil
            ? try listOutcomes(planned, members, window) : try countOutcomes(planned, members, window)
        guard faults.isEmpty else { throw Failure(.couldNotRun, faults.joined(separator: "\n")) }
    }

    private func listOutcomes(
        _ planned: PlannedSet, _ members: MemberStore, _ window: DryRunWindow
    ) throws -> [String] {
        var text = OutcomeText(language: Spoken.language)
        do {
            let spool = try LineSpool()
            let faults = try simulate(planned, members, window) { line in
                try spool.add(line, format == .ndjson ? line.json.rendered : text.row(line))
            }
            warn(try selectedRules(planned.set))
            var block: [String] = []
            try spool.each { line in
                block.append(line)
                guard block.count == 200 else { return }
                Console.print(block.joined(separator: "\n"))
                block = []
            }
            if format == .text { block.append(text.ending) }
            if !block.isEmpty { Console.print(block.joined(separator: "\n")) }
            return faults
        } catch let failure as Failure {
            throw failure
        } catch {
            let reason = Bilingual(error)
            throw Failure(
                .couldNotRun,
                .say("the outcomes cannot be put into order: \(reason)", "结果无法排序：\(reason.chinese)"))
        }
    }

    private func countOutcomes(
        _ planned: PlannedSet, _ members: MemberStore, _ window: DryRunWindow
    ) throws -> [String] {
        let rules = try selectedRules(planned.set)
        var calendar = OutcomeCalendar(
            from: window.at, until: window.until, rules: rules.map(\.id),
            settings: planned.set.settings)
        let faults = try simulate(planned, members, window) { calendar.add($0) }
        warn(rules)
        output(calendar)
        return faults
    }

    /// Hands over the outcomes. Returns a sentence for each rule that cannot be run; the others run all the same.
    private func simulate(
        _ planned: PlannedSet, _ members: MemberStore, _ window: DryRunWindow,
        take: @escaping (Decision) throws -> Void
    ) throws -> [String] {
        let progress = ProgressLine(.say("looking for what is due", "正在查找到期的事"))
        defer { progress.finish() }
        do {
            var simulation = Simulation(
                store: members, prepared: try PreparedRules(planned, rulesVersion: 0, in: members), from: window.at,
                until: window.until)
            simulation.showsUndecided = all
            let zone = planned.set.settings.zone
            simulation.onInstant = {
                progress.say(.say("deciding \(zone.date(of: $0).text)", "正在决定 \(zone.date(of: $0).text)"))
            }
            var faults: [String] = []
            simulation.onFault = { rule, reason in
                faults.append(
                    .say("\(rule) cannot be evaluated, the others were: \(reason)", "\(rule) 无法运行，其余规则照常：\(reason)"))
            }
            try simulation.each { simulated in
                if member.isEmpty || member.contains(simulated.line.member) { try take(simulated.line) }
            }
            return faults
        } catch {
            let reason = Bilingual(error)
            throw Failure(.couldNotRun, .say("the dry-run stopped: \(reason)", "试运行中断：\(reason.chinese)"))
        }
    }

    private func selectedRules(_ set: RuleSet) throws -> [Rule] {
        guard !only.isEmpty else { return set.rules.filter { $0.status == .live } }
        let known = set.rules.filter { $0.status != .retired }
        return try only.map { id in
            guard var rule = known.first(where: { $0.id == id }) else {
                let hint = String.didYouMean(Suggestion.nearest(to: id, among: known.map(\.id)))
                throw Failure(.usage, .say("there is no rule `\(id)` to run", "没有可以运行的规则 `\(id)`") + hint)
            }
            rule.status = .live
            return rule
        }
    }

    private func output(_ calendar: OutcomeCalendar) {
        switch format {
        case .ndjson: Console.print(calendar.ndjson.map(\.rendered).joined(separator: "\n"))
        case .text: Console.print(CalendarReport(calendar, width: Console.width, language: Spoken.language).text)
        }
    }

    private func openStore(_ workspace: Workspace) throws -> MemberStore {
        guard let store else { return try workspace.fixtureStore(fixtures) }
        return try MemberStore.privateCopy(of: store)
    }

    /// T13: without `existing_members`, members already past the limit are left out.
    private func warn(_ rules: [Rule]) {
        for rule in rules {
            guard case .inactive = rule.trigger, rule.existingMembers == nil else { continue }
            Console.error(
                .say(
                    "warning: \(rule.id) does not state `existing_members`; members already past its limit are skipped",
                    "警告：\(rule.id) 没有写 `existing_members`；已经超过期限的会员会被跳过"))
        }
    }
}

/// `at ≤ now < until`.
struct DryRunWindow {
    var at: Instant
    var until: Instant

    init(at: String, until: String?, settings: Settings) throws {
        self.at = try DryRunWindow.instant(at, "--at", settings)
        self.until =
            try until.map { try DryRunWindow.instant($0, "--until", settings) }
            ?? self.at.adding(micros: 86_400_000_000)
        guard self.until > self.at else {
            throw Failure(.usage, .say("--until must be after --at", "--until 必须晚于 --at"))
        }
        try DryRunWindow.refuseEndless(from: self.at, until: self.until, "--at")
    }

    static func instant(_ text: String, _ option: String, _ settings: Settings) throws -> Instant {
        guard let point = TimePoint(text: text) else { throw Failure.noTime(text, option) }
        let instant = point.instant(in: settings.zone)
        if Horizon.holds(instant, in: settings.zone) { return instant }
        let (first, last) = (Horizon.years.lowerBound, Horizon.years.upperBound)
        throw Failure(
            .usage,
            .say(
                "\(option) `\(text)` lies outside the years \(first) to \(last)",
                "\(option) `\(text)` 不在 \(first) 年到 \(last) 年之间"))
    }

    /// Ends the command where the window would take the clock through more than ten years.
    /// - Parameter option: the one that says where the window begins.
    static func refuseEndless(from start: Instant, until end: Instant, _ option: String) throws {
        guard Horizon.isExceeded(from: start, until: end) else { return }
        throw Failure(
            .usage,
            .say(
                "the window is longer than ten years; let --until lie within ten years of \(option)",
                "时间范围超过十年；请让 --until 在 \(option) 之后十年以内"))
    }
}

extension Failure {
    static func noTime(_ text: String, _ option: String) -> Failure {
        let examples = ["2026-03-07", "\"2026-03-07 09:30\"", "2026-03-07T09:30:00+08:00"]
        return Failure(
            .usage,
            .say(
                "\(option) `\(text)` is not a time; write \(examples[0]), \(examples[1]) or \(examples[2])",
                "\(option) `\(text)` 不是时间；写成 \(examples[0])、\(examples[1]) 或 \(examples[2])"))
    }
}
