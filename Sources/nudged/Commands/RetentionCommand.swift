import ArgumentParser
import Config
import Foundation
import Kit
import Review
import Rules
import Store

struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: .say("Remove what the store no longer keeps, or show what would go.", "清理数据库里到期的数据，或先看会清理什么。"),
        discussion: .say(
            """
            `retention:` in nudged.yaml says how long texts, the ledger, received events and the quarantine are kept. The
            daemon removes what is older once a day by itself; this command does it now, in short transactions beside it.
            Of decisions the last one of each member and rule stays, and all that a rule may still ask for; the audit trail,
            consents and refusals always stay. With `members: 1095d`, which is off unless it is set, members go too about
            whom no row is later (order, event, registration, consent, coupon, points, task), who have nothing that is
            valid, whom no channel reaches by an address and a yes, and whose addresses nobody else has: each is erased as
            by `nudged members erase`, but refuses nothing that they did not refuse. `--dry-run` names the first of them.

            EXAMPLES
              nudged retention --dry-run
              nudged retention

            EXIT 0 done, 2 could not run
            """,
            """
            nudged.yaml 的 `retention:` 规定投递正文、决定和投递、来源事件的去重记录、隔离的事件各保留多久。守护进程每天自动清理一次；\
            这条命令立即清理，用很短的事务，可与守护进程同时进行。每个会员每条规则的最后一个决定、规则还可能用到的都会留下；审计记录、\
            同意和拒绝永远保留。写了 `members: 1095d`（不写就不清理）时，期限以来没有任何记录（订单、事件、注册、同意、券、积分、待办）、\
            也没有仍然有效的券或积分、没有任何渠道既有地址又有同意、地址也不与别人共用的会员也会清理：每人按 nudged members erase \
            的方式删除，但不会替其拒绝没有拒绝过的事。`--dry-run` 列出其中最前面的几位。

            示例
              nudged retention --dry-run
              nudged retention

            退出码  0 完成，2 未能运行
            """))

    @Flag(name: .customLong("dry-run"), help: .say("Only show what would go.", "只显示会清理什么。")) var isDry = false
    @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption

    /// The daemon's guard takes no clock that is so far ahead of its last work either.
    private static let longestGap: Int64 = 31 * 86_400_000_000

    func run() throws {
        let config = try options.loadConfig()
        let store = try isDry ? options.readStore() : options.openStore()
        let now = Instant(seconds: Instant.now.wholeSeconds)
        try requireGoodClock(store, at: now)
        let terms = RetentionTerms(
            config?.retention ?? Configuration.Retention(), lookBack: try LookBack.longest(of: store),
            channels: config?.channelDeclarations ?? [], at: now)
        let progress = ProgressLine(.say("looking at old rows", "正在检查到期数据"))
        defer { progress.finish() }
        var walk = RetentionWalk(terms)
        while !walk.isOver { try isDry ? store.preview(&walk) : store.retain(&walk) }
        progress.finish()
        let speech = options.speech(config, store)
        Console.print(json ? object(walk, speech).rendered : page(walk, speech))
    }

    /// A clock that is years ahead would take everything.
    private func requireGoodClock(_ store: MemberStore, at now: Instant) throws {
        let clock = try store.clockHoldNow()
        let isAhead = clock.evaluated.map { now.micros - $0.micros > RetentionCommand.longestGap } ?? false
        guard clock.isHeld || isAhead || clock.future(at: now) != nil else { return }
        throw Failure(
            .couldNotRun,
            .say(
                "nothing was removed: this clock and the daemon's last work do not agree; start the daemon, or `nudged release --clock`",
                "没有清理任何内容：当前时钟与守护进程上次工作的时间对不上；请先启动守护进程，或 `nudged release --clock`"))
    }

    private func page(_ walk: RetentionWalk, _ speech: Speech) -> String {
        RetentionKind.allCases.map { kind in
            let name = Columns.padded(RetentionCommand.name(kind), 22)
            guard let before = walk.terms[kind] else { return name + .say("kept for ever", "永久保留") }
            let count = walk.counts[kind] ?? RetentionWalk.Count()
            let what =
                isDry
                ? String.say("\(count.rows) would go", "会清理 \(count.rows) 条")
                : String.say("\(count.rows) removed", "清理了 \(count.rows) 条")
            let oldest = count.oldest.map {
                String.say(", the oldest of \(speech.time($0))", "，最早的 \(speech.time($0))")
            }
            let line = name + .say("before \(speech.time(before)): ", "\(speech.time(before)) 之前：") + what
            return ([line + (oldest ?? "")] + named(count)).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static let shown = 20

    /// A line with the first members who would go, by their ids alone.
    private func named(_ count: RetentionWalk.Count) -> [String] {
        guard isDry, !count.members.isEmpty else { return [] }
        let first = count.members.prefix(RetentionCommand.shown)
        let more = count.rows - first.count
        return [
            "  " + first.joined(separator: .say(", ", "、"))
                + (more > 0 ? .say(" and \(more) more", "，另有 \(more) 位") : "")
        ]
    }

    private static func name(_ kind: RetentionKind) -> String {
        switch kind {
        case .quarantine: .say("quarantine", "隔离的事件")
        case .received: .say("received events", "事件去重记录")
        case .texts: .say("texts of deliveries", "投递正文")
        case .ledger: .say("decisions", "决定和投递")
        case .members: .say("members", "会员")
        }
    }

    private func object(_ walk: RetentionWalk, _ speech: Speech) -> JSONText {
        .object(
            RetentionKind.allCases.map { kind in
                let count = walk.counts[kind] ?? RetentionWalk.Count()
                var members: [JSONText.Member] = [
                    .init("before", walk.terms[kind].map { .text(speech.time($0)) } ?? .null),
                    .init("rows", .int(count.rows)),
                    .init("oldest", count.oldest.map { .text(speech.time($0)) } ?? .null),
                ]
                if isDry, kind == .members, walk.terms[kind] != nil {
                    members.append(.init("ids", .list(count.members.map { .text($0) })))
                    members.append(.init("more", .int(count.rows - count.members.count)))
                }
                return JSONText.Member(kind.rawValue, .object(members))
            } + [JSONText.Member("removed", .bool(!isDry))])
    }
}
