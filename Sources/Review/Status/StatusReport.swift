import Config
import Kit
import Rules
import Store

/// How the daemon, its rules, its channels and its store stand, and what of that needs a person.
package struct StatusReport: Sendable {
    package var at: Instant
    package var rules: RulesStanding
    package var stops: [StopListing]
    package var channels: [ChannelStatus]
    package var folders: [FolderStatus]
    package var store: StoreStanding
    /// The process that has the store; nil when none does, or it did not say.
    package var process: Int?

    /// Reads it all; what it costs depends on what is owed, not on how many members there are.
    package init(_ config: Configuration?, _ store: MemberStore, zone: Zone, at now: Instant) throws {
        at = now
        rules = try RulesStanding(config, store, at: now)
        stops = try store.stops()
        channels = try config.map { try ChannelStatus.all(of: $0, in: store, at: now) } ?? []
        folders = (config?.folders ?? []).map(FolderStatus.init)
        let day = zone.startOfDay(zone.date(of: now))
        self.store = try store.standing(
            rules.planned, today: Window(after: day.adding(micros: -1), through: now), at: now)
        process = self.store.isInUse ? store.path.flatMap(StoreLock.process(ofStore:)) : nil
    }

    package var owed: Int { store.rules.reduce(0) { $0 + $1.owed } }
    package var oldestOwed: Instant? { store.rules.compactMap(\.oldestOwed).min() }
    package var unclear: Int { store.rules.reduce(0) { $0 + $1.unclear } }
    package var oldestUnclear: Instant? { store.rules.compactMap(\.oldestUnclear).min() }
    package var expired: Int { store.rules.reduce(0) { $0 + $1.expired } }
    /// When rules were last evaluated, to within ten seconds or so; nil: never, or by a clock that is ahead.
    package var lastTick: Instant? { store.clock.future(at: at) == nil ? store.clock.evaluated : nil }
    /// How long ago that was, in seconds.
    package var lateBy: Int? { lastTick.map { Int(max(0, at.micros - $0.micros) / 1_000_000) } }
}

// MARK: what needs a person

extension StatusReport {
    /// Ticks by cron come at most so far apart; the daemon itself evaluates twice a second.
    private static let longestTick = 600
    private static let longestTickOfDaemon = 180
    /// An unclear try that is older than that was not settled by a receipt or by asking the provider.
    private static let unclearFor: Int64 = 3_600_000_000
    private static let leastFree: Int64 = 512 << 20
    /// The log is cut to 64 MiB whenever it starts over, so a reader that does not end keeps one of this size.
    private static let largestLog: Int64 = 256 << 20

    /// What needs a person, the most urgent first; empty when all is well.
    package var attention: [Attention] {
        daemon + stops.map(held) + ofRules + ofChannels + ofDeliveries + ofFiles + folders.compactMap(\.attention)
    }

    private var daemon: [Attention] {
        if let future = store.clock.future(at: at) {
            return [
                Attention(
                    "clock_ahead",
                    Bilingual(
                        "the rules were evaluated until \(future.utcText), which has not come yet: nothing is decided",
                        "规则已经计算到 \(future.utcText)，这个时间还没有到：不再做任何决定"),
                    remedy: Bilingual(
                        "set the clock right, then `nudged release --clock`", "校准时钟，然后 `nudged release --clock`"))
            ]
        }
        guard !store.clock.isHeld else { return [] }
        if !store.isInUse, lateBy.map({ $0 > StatusReport.longestTick }) ?? true {
            return [
                Attention(
                    "not_running", Bilingual("no daemon runs: nothing is decided or sent", "守护进程没有运行：不做决定，也不发送"),
                    remedy: Bilingual(
                        "`systemctl start nudged`, or `nudged run --config nudged.yaml`",
                        "`systemctl start nudged`，或 `nudged run --config nudged.yaml`"))
            ]
        }
        guard store.isInUse, let lateBy, lateBy > StatusReport.longestTickOfDaemon else { return [] }
        return [
            Attention(
                "late",
                Bilingual("the daemon last evaluated the rules \(lateBy) s ago", "守护进程上次计算规则是 \(lateBy) 秒前"),
                remedy: Bilingual("read its log: `journalctl -u nudged`", "查看日志：`journalctl -u nudged`"))
        ]
    }

    private func held(_ stop: StopListing) -> Attention {
        let option =
            switch stop.scope {
            case "all", StopScope.rollback.text, StopScope.clock.text: "--\(stop.scope)"
            default:
                stop.scope.split(separator: ":", maxSplits: 1).last.map { name in
                    stop.scope.hasPrefix("channel:") ? "--channel \(name)" : "--rule \(name)"
                } ?? "--all"
            }
        return Attention(
            "held",
            Bilingual(
                "held: \(stop.scope), by \(stop.who): \(stop.reason)",
                "暂停中：\(stop.scope)，\(MessageCatalogue.translate(stop.who, into: .chinese))："
                    + MessageCatalogue.translate(stop.reason, into: .chinese)),
            remedy: Bilingual("`nudged release \(option)` when it may go on", "可以继续时 `nudged release \(option)`"))
    }

    private var ofRules: [Attention] {
        guard rules.directory == .refused else { return [] }
        let first = rules.findings.first ?? Bilingual("it cannot be read", "读不出来")
        return [
            Attention(
                "rules_refused",
                Bilingual(
                    "the rules directory is refused, the rules in force stay: \(first)",
                    "规则目录有错，沿用生效中的规则：\(first.chinese)"),
                remedy: Bilingual("`nudged check` shows every finding", "`nudged check` 列出全部问题"))
        ]
    }

    private var ofChannels: [Attention] {
        channels.compactMap { channel in
            let name = channel.config.id
            switch channel.state?.standing {
            case .closed:
                return Attention(
                    "channel_closed",
                    Bilingual("channel \(name) is closed: it kept failing", "渠道 \(name) 已关闭：连续失败"),
                    remedy: Bilingual(
                        "`nudged channels test \(name)`, then `nudged channels retry \(name)`",
                        "`nudged channels test \(name)`，然后 `nudged channels retry \(name)`"))
            case .misconfigured:
                return Attention(
                    "channel_misconfigured",
                    Bilingual(
                        "channel \(name) is misconfigured: its provider refuses the settings or the account",
                        "渠道 \(name) 配置有误：服务商不接受配置或账号"),
                    remedy: Bilingual(
                        "mend nudged.yaml or the account: `nudged channels test \(name)`",
                        "修正 nudged.yaml 或账号：`nudged channels test \(name)`"))
            case .ready, .throttled, nil: return nil
            }
        }
    }

    private var ofDeliveries: [Attention] {
        guard let oldestUnclear, at.micros - oldestUnclear.micros > StatusReport.unclearFor else { return [] }
        return [
            Attention(
                "unclear",
                Bilingual(
                    "unclear for more than an hour whether they arrived: \(unclear) deliveries",
                    "超过一小时仍不清楚是否送达：\(unclear) 条"),
                remedy: Bilingual(
                    "ask the provider: `nudged deliveries list --state unknown`",
                    "向服务商查询：`nudged deliveries list --state unknown`"))
        ]
    }

    private var ofFiles: [Attention] {
        var found: [Attention] = []
        if let free = store.files.freeBytes, free < StatusReport.leastFree {
            found.append(
                Attention(
                    "disk_low",
                    Bilingual(
                        "only \(StatusWording.size(free)) of the disk are free", "磁盘只剩 \(StatusWording.size(free))"),
                    remedy: Bilingual(
                        "make room: a full disk stops all sending", "腾出空间：磁盘写满会停止一切发送")))
        }
        if store.files.logBytes > StatusReport.largestLog {
            let size = StatusWording.size(store.files.logBytes)
            found.append(
                Attention(
                    "log_large",
                    Bilingual("the write-ahead log has grown to \(size)", "预写日志已增长到 \(size)"),
                    remedy: Bilingual(
                        "end what has been reading the store for long", "结束长时间读取数据库的程序")))
        }
        return found
    }
}
