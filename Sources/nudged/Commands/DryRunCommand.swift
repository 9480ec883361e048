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
        abstract: "Who would get what at which instant: every outcome in order, on a virtual clock.",
        discussion: """
            Runs the daemon's own planner, SQL and gates on a private copy. It writes nothing and cannot send.
            A rule that cannot be evaluated (SQL of fields.yaml that is broken) is named at the end, with exit 2.

            EXAMPLES
              nudged dry-run --fixtures rules/fixtures/members.yaml --at "2026-03-07"
              nudged dry-run rules --fixtures members.yaml --at 2026-03-01 --until 2026-04-01 --only birthday-gift
              nudged dry-run --store sqlite:nudged.db --at "2026-03-07 00:00" --format ndjson
              nudged dry-run --store sqlite:nudged.db --at 2026-03-01 --until 2026-04-01 --by day --lang zh-CN

            EXIT 0 done, 1 the files have errors, 2 could not run, 64 usage
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, ndjson }

    enum Period: String, ExpressibleByArgument, CaseIterable { case day }

    @Argument(help: "The rules directory (default: rules_dir of the config, else ./rules).")
    var rulesDir: String?
    @Option(parsing: .upToNextOption, help: "Fixture files: members and their history.")
    var fixtures: [String] = []
    @Option(help: "A store to run on instead, as sqlite:/path; it is read, never written.")
    var store: String?
    @Option(help: "Beginning of the window: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in the settings' time zone.")
    var at: String
    @Option(help: "End of the window, exclusive (default: 24 h later).")
    var until: String?
    @Option(help: "Run only this rule, whatever its status (repeatable).")
    var only: [String] = []
    @Option(help: "Print only this member (repeatable).")
    var member: [String] = []
    @Flag(help: "Print `waiting` and `not_due` too.")
    var all = false
    @Option(help: "The operators' file, for the names of channels and the rules directory (default ./nudged.yaml).")
    var config: String?
    @Option(help: "day: count by day and rule, with channels, SMS segments and their cost, instead of each outcome.")
    var by: Period?
    @Option(help: "text or ndjson.")
    var format = Format.text
    @Option(
        name: .customLong("lang"),
        help: "Language of findings and outcomes: en or zh-CN (default: `lang` of nudged.yaml, else the locale's).")
    var spoken: Language?

    private var lang: Language { Spoken.language(spoken, config: config) }

    func validate() throws {
        guard fixtures.isEmpty != (store == nil) else {
            throw ValidationError("give either --fixtures FILE… or --store URL")
        }
    }

    func run() throws {
        let config = try StoreOptions.config(config)
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let workspace = try Workspace(rulesDir ?? config?.rulesDir ?? "rules", channels: channels, language: lang)
        let set = workspace.set
        let window = try DryRunWindow(at: at, until: until, settings: set.settings)
        let rules = try selectedRules(set)
        let members = try openStore(workspace)
        let planned = PlannedSet(set, rules: rules, channels: channels)
        let faults =
            by == nil
            ? try listOutcomes(planned, members, window) : try countOutcomes(planned, members, window)
        guard faults.isEmpty else { throw Failure(.couldNotRun, faults.joined(separator: "\n")) }
    }

    private func listOutcomes(
        _ planned: PlannedSet, _ members: MemberStore, _ window: DryRunWindow
    ) throws -> [String] {
        var text = OutcomeText(language: lang)
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
            throw Failure(.couldNotRun, "the outcomes cannot be put into order: \(error)")
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
        let progress = ProgressLine("looking for what is due")
        defer { progress.finish() }
        do {
            var simulation = Simulation(
                store: members, prepared: try PreparedRules(planned, rulesVersion: 0, in: members), from: window.at,
                until: window.until)
            simulation.includesAll = all
            let zone = planned.set.settings.zone
            simulation.onInstant = { progress.say("deciding \(zone.date(of: $0).text)") }
            var faults: [String] = []
            simulation.onFault = { rule, reason in
                faults.append(
                    lang == .chinese
                        ? "\(rule) 无法运行,其余规则照常: \(reason)" : "\(rule) cannot be evaluated, the others were: \(reason)")
            }
            try simulation.each { simulated in
                if member.isEmpty || member.contains(simulated.line.member) { try take(simulated.line) }
            }
            return faults
        } catch {
            throw Failure(.couldNotRun, "the dry-run stopped: \(error)")
        }
    }

    private func selectedRules(_ set: RuleSet) throws -> [Rule] {
        guard !only.isEmpty else { return set.rules.filter { $0.status == .live } }
        let known = set.rules.filter { $0.status != .retired }
        return try only.map { id in
            guard var rule = known.first(where: { $0.id == id }) else {
                let hint = Suggestion.nearest(to: id, among: known.map(\.id)).map { "; did you mean `\($0)`?" } ?? ""
                throw Failure(.usage, "there is no rule `\(id)` to run\(hint)")
            }
            rule.status = .live
            return rule
        }
    }

    private func output(_ calendar: OutcomeCalendar) {
        switch format {
        case .ndjson: Console.print(calendar.ndjson.map(\.rendered).joined(separator: "\n"))
        case .text: Console.print(CalendarReport(calendar, width: Console.width, language: lang).text)
        }
    }

    private func openStore(_ workspace: Workspace) throws -> MemberStore {
        do {
            guard let store else { return try workspace.fixtureStore(fixtures) }
            return try MemberStore.privateCopy(of: store)
        } catch let error as MemberStore.OpenError {
            throw Failure(.couldNotRun, error.description)
        }
    }

    /// T13: without `existing_members`, members already past the limit are left out.
    private func warn(_ rules: [Rule]) {
        for rule in rules {
            guard case .inactive = rule.trigger, rule.existingMembers == nil else { continue }
            Console.error(
                lang == .chinese
                    ? "警告: \(rule.id) 没有写 `existing_members`;已经超过期限的会员会被跳过"
                    : "warning: \(rule.id) does not state `existing_members`; members already past its limit are skipped"
            )
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
        guard self.until > self.at else { throw Failure(.usage, "--until lies before --at") }
    }

    static func instant(_ text: String, _ option: String, _ settings: Settings) throws -> Instant {
        guard let point = TimePoint(text: text) else {
            throw Failure(
                .usage,
                "\(option) `\(text)` is not a time; write 2026-03-07, \"2026-03-07 09:30\" or 2026-03-07T09:30:00+08:00"
            )
        }
        return point.instant(in: settings.zone)
    }
}
