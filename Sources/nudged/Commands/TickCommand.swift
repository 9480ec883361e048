import Config
import Engine
import Review
import Kit
import ArgumentParser
import Foundation
import Policies
import Rules
import Store

struct TickCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tick",
        abstract: .say(
            "Evaluate once and exit: decide what became due since the last tick.",
            "评估一次就退出：决定上次以来到期的事。"),
        discussion: .say(
            """
            Decisions, coupons and deliveries are recorded as the daemon records them; `nudged run` hands deliveries over.
            A rule counts from the first tick that knows it. An instant more than ten minutes ahead of the clock is
            refused: what is decided is decided for good.

            One at the present time, as cron runs it, then tells whom `alerts` of nudged.yaml names what needs a person, also
            when the rules have errors; it waits a minute at most.

            EXAMPLES
              nudged tick --at "2026-03-07 09:30" --config nudged.yaml
              nudged tick --at 2026-03-07T09:30:00+08:00 --json

            EXIT 0 done, 2 could not run, 75 a daemon holds the store, 78 rules or config refused
            """,
            """
            决定、优惠券和待发消息照守护进程的方式入库；消息由 `nudged run` 发出。规则从第一次被 tick 看到起生效。\
            比现在晚十分钟以上的时间会被拒绝：决定一经作出不能收回。

            按当前时间评估（如由 cron 运行）后，会把需要处理的事项通知 nudged.yaml 里 `alerts` 指定的人，规则有错误时也通知；最多等一分钟。

            示例
              nudged tick --at "2026-03-07 09:30" --config nudged.yaml
              nudged tick --at 2026-03-07T09:30:00+08:00 --json

            退出码  0 完成，2 未能运行，75 数据库被守护进程占用，78 拒绝这份规则或配置
            """))

    @OptionGroup var options: StoreOptions
    @OptionGroup var upgrade: UpgradeOptions
    @OptionGroup var language: LanguageOption
    @Option(
        help: .say(
            "The instant to evaluate at: RFC 3339, or local time in the settings' zone.",
            "评估的时间：RFC 3339，或 settings 时区的当地时间。"))
    var at: String
    @Option(
        name: .customLong("rules"),
        help: .rulesDirectory)
    var rulesDir: String?
    @Flag(
        help: .say(
            "Print per rule: candidates, due, sent (decided to send), skipped, ms.",
            "每条规则输出：candidates、due、sent（决定发送）、skipped、ms。"))
    var json = false
    @Flag(
        help: .say(
            "One more line of JSON: the milliseconds of the whole tick, its commit included.",
            "再加一行 JSON：整次评估（含提交）的毫秒数。"))
    var total = false

    func run() async throws {
        let config = try options.loadConfig()
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let loaded: RuleSetLoader.Loaded
        do {
            loaded = try RuleSetLoader.load(directory: rulesDir ?? config?.rulesDir ?? "rules", channels: channels)
        } catch let refusal as RuleSetLoader.Refusal {
            await tellOfRefusal(refusal.words, config, in: Settings())
            throw refusal
        }
        guard let set = loaded.set else {
            Console.error(
                FindingsText.render(loaded.diagnostics, sources: loaded.sources, language: Spoken.language))
            let first = loaded.diagnostics.first { $0.severity == .error }
            let words = first.map { Bilingual($0.short, $0.short(in: .chinese)) }
            await tellOfRefusal(words, config, in: loaded.sound.settings)
            throw Failure(.refused, .say("the rules have errors; nothing was evaluated", "规则有错误，没有评估"))
        }
        let now = try DryRunWindow.instant(at, "--at", set.settings)
        let words = Speech(language: Spoken.language, zone: set.settings.zone)
        try refuseFuture(now, words)
        let (store, lock): (MemberStore, StoreLock)
        do {
            (store, lock) = try evaluate(loaded, set, config: config, at: now, words: words)
        } catch let refusal as RuleSetLoader.Refusal {
            await tellOfRefusal(refusal.words, config, in: set.settings)
            throw Failure(.refused, refusal.words.spoken)
        }
        if let config { await tellAlerts(config, store, refused: nil, zone: set.settings.zone, at: now) }
        withExtendedLifetime(lock) {}
    }

    /// The store and its lock are kept for what follows: until they are let go, no other tick and no daemon comes between.
    private func evaluate(
        _ directory: RuleSetLoader.Loaded, _ own: RuleSet, config: Configuration?, at now: Instant, words: Speech
    ) throws -> (MemberStore, StoreLock) {
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let lock = try StoreLock(databasePath: try MemberStore.filePath(of: try options.storeURL(config)))
        let store = try options.open(
            config, whenAbsent: .isCreated, ownsLock: true, copying: upgrade.copying)
        try refuseMarksOfTheFuture(store, words)
        let gone = try GoneRules(from: store, to: directory, channels: channels)
        if gone.isRefused { throw RuleSetLoader.Refusal(gone.refusal) }
        let (loaded, set, source) = try applied(store, directory, own, channels: channels)
        let live = set.rules.filter { $0.status == .live || $0.status == .shadow }
        let prepared = try store.goLive(
            PlannedSet(set, rules: live, channels: channels), files: loaded.filesJSON, hash: loaded.hash,
            source: source, at: now)
        report(try store.tick(prepared, at: now) { _ in })
        _ = try store.trimTraces(set.settings, at: now, slice: 10 * MemberStore.traceSlice)
        return (store, lock)
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
        Console.error(
            .say(
                "note: the applied rules (version \(inForce.version)) run; the rules directory is what it was",
                "说明：运行的是已应用的规则（版本 \(inForce.version)）；规则目录此后没有变化"))
        return (kept, own, .applied)
    }

    private func report(_ report: TickReport) {
        for rule in report.rules {
            if let fault = rule.fault {
                Console.error(
                    .say("error: \(rule.rule) cannot be evaluated: \(fault)", "错误：\(rule.rule) 无法运行：\(fault)"))
            }
            if let reason = rule.guarded {
                let release = "nudged release --rule \(rule.rule)"
                Console.error(
                    .say(
                        "warning: \(rule.rule) is held by the blast guard: \(reason); \(release)",
                        "警告：\(rule.rule) 被群发保护暂停：\(MessageCatalogue.translate(reason, into: .chinese))；"
                            + "放行：\(release)"))
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
                let rest = skipped.map {
                    String.say(
                        ", \($0.value) \($0.key)",
                        "，\(Outcome(rawValue: $0.key)?.word(in: .chinese) ?? $0.key) \($0.value)")
                }.joined()
                let counts = String.say(
                    "\(rule.candidates) candidates, \(rule.decidedToSend) decided to send",
                    "候选 \(rule.candidates)，决定发送 \(rule.decidedToSend)")
                Console.print("\(rule.rule)  \(counts)\(rest)")
            }
        }
        if total {
            let all = JSONText.number((report.milliseconds * 1000).rounded() / 1000)
            Console.print(JSONText.object(["total_ms": all]).rendered)
        }
    }
}
