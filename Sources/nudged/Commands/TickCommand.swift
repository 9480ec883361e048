import Config
import Engine
import Review
import Kit
import ArgumentParser
import Foundation
import Policies
import Rules
import Store

struct TickCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tick",
        abstract: "Evaluate once and exit: decide what became due since the last tick.",
        discussion: """
            Decisions, coupons and deliveries are recorded as the daemon records them; `nudged run` hands deliveries over.
            A rule counts from the first tick that knows it. An instant more than ten minutes ahead of the clock is
            refused: what is decided is decided for good.

            EXAMPLES
              nudged tick --at "2026-03-07 09:30" --config nudged.yaml
              nudged tick --at 2026-03-07T09:30:00+08:00 --json

            EXIT 0 done, 2 could not run, 75 a daemon holds the store, 78 rules or config refused
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption
    @Option(help: "The instant to evaluate at: RFC 3339, or local time in the settings' zone.")
    var at: String
    @Option(name: .customLong("rules"), help: "The rules directory (default: rules_dir of the config, else ./rules).")
    var rulesDir: String?
    @Flag(help: "Print per rule: candidates, due, sent (decided to send), skipped, ms.")
    var json = false
    @Flag(help: "One more line of JSON: the milliseconds of the whole tick, its commit included.")
    var total = false

    func run() throws {
        let config = try options.loadConfig()
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let loaded: RuleSetLoader.Loaded
        do {
            loaded = try RuleSetLoader.load(directory: rulesDir ?? config?.rulesDir ?? "rules", channels: channels)
        } catch { throw Failure(.couldNotRun, "\(error)") }
        guard let set = loaded.set else {
            Console.error(FindingsText.render(loaded.diagnostics, sources: loaded.sources))
            throw Failure(.refused, "the rules have errors; nothing was evaluated")
        }
        let now = try DryRunWindow.instant(at, "--at", set.settings)
        let words = Speech(language: Spoken.language(language.lang, config: options.config), zone: set.settings.zone)
        try refuseFuture(now, words)
        let url = try options.storeURL(config)
        do {
            let lock = try StoreLock(databasePath: try MemberStore.filePath(of: url))
            let store = try options.open(config, whenAbsent: .isCreated, ownsLock: true)
            try refuseMarksOfTheFuture(store, words)
            let (loaded, set, source) = try applied(store, loaded, set, channels: channels)
            let live = set.rules.filter { $0.status == .live || $0.status == .shadow }
            let prepared = try store.goLive(
                PlannedSet(set, rules: live, channels: channels), files: loaded.filesJSON, hash: loaded.hash,
                source: source, at: now)
            try withExtendedLifetime(lock) {
                report(try store.tick(prepared, at: now) { _ in })
                _ = try store.trimTraces(set.settings, at: now, slice: 10 * MemberStore.traceSlice)
            }
        } catch let error as MemberStore.OpenError {
            throw Failure(.couldNotRun, error.description)
        }
    }

    /// Decisions are for good: an instant in the future would use up what falls due until then.
    private func refuseFuture(_ now: Instant, _ words: Speech) throws {
        let clock = Instant.now
        guard now > ClockHold.farthest(at: clock) else { return }
        let (at, today) = (words.time(now), words.time(clock))
        throw Failure(
            .usage,
            words.say(
                "--at \(at) is more than ten minutes ahead of the clock (\(today)): decisions are for good, so nothing was "
                    + "evaluated; see what would come with `nudged dry-run --store`",
                "--at \(at) 比现在（\(today)）晚了十分钟以上：决定一经作出不能收回，没有执行；"
                    + "要看以后会发什么，用 `nudged dry-run --store`"))
    }

    /// Rules evaluated until a future instant would decide nothing, and nobody would notice.
    private func refuseMarksOfTheFuture(_ store: MemberStore, _ words: Speech) throws {
        guard let future = try store.clockHoldNow().future(at: .now) else { return }
        throw Failure(
            .couldNotRun,
            words.say(
                "the rules of this store were evaluated until \(words.time(future)), which has not come yet; when the "
                    + "clock is right, `nudged release --clock` mends that",
                "这个库的规则已经执行到 \(words.time(future))，这个时间还没有到；确认时钟无误后用 `nudged release --clock` 修复"))
    }

    /// Chooses as the daemon does: what `nudged apply` put in force, while the directory is unchanged since. A
    /// directory that is named always wins.
    private func applied(
        _ store: MemberStore, _ directory: RuleSetLoader.Loaded, _ set: RuleSet, channels: [ChannelDeclaration]
    ) throws -> (RuleSetLoader.Loaded, RuleSet, RuleVersion.Source) {
        guard rulesDir == nil, let inForce = try store.rulesInForce(), inForce.source == .applied,
            try store.lastFromDirectory()?.hash == directory.hash
        else { return (directory, set, .directory) }
        let kept = RuleSetLoader.check(inForce, channels: channels)
        guard let own = kept.set else { return (directory, set, .directory) }
        Console.error("note: the applied rules (version \(inForce.version)) run; the rules directory is what it was")
        return (kept, own, .applied)
    }

    private func report(_ report: TickReport) {
        for rule in report.rules {
            if let fault = rule.fault { Console.error("error: \(rule.rule) cannot be evaluated: \(fault)") }
            if let reason = rule.guarded {
                Console.error(
                    "warning: \(rule.rule) is held by the blast guard: \(reason); nudged release --rule \(rule.rule)")
            }
            let skipped = rule.skipped.sorted { $0.key < $1.key }
            if json {
                Console.print(
                    JSONText.object([
                        "rule": .text(rule.rule), "candidates": .int(rule.candidates), "due": .int(rule.due),
                        "sent": .int(rule.decidedToSend), "skipped": .int(skipped.reduce(0) { $0 + $1.value }),
                        "outcomes": .object(skipped.map { JSONText.Member($0.key, .int($0.value)) }),
                        "ms": .number((rule.milliseconds * 1000).rounded() / 1000),
                    ]).rendered)
            } else {
                let rest = skipped.map { ", \($0.value) \($0.key)" }.joined()
                let sends = "\(rule.decidedToSend) decided to send"
                Console.print("\(rule.rule)  \(rule.candidates) candidates, \(sends)\(rest)")
            }
        }
        if total {
            let all = JSONText.number((report.milliseconds * 1000).rounded() / 1000)
            Console.print(JSONText.object(["total_ms": all]).rendered)
        }
    }
}
