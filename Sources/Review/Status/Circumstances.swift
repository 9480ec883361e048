import Config
import Kit
import Rules
import Store

/// What may need a person, as the store and a daemon know it. `nudged status` and the alerts judge by the same.
package struct Circumstances: Sendable {
    /// Who evaluates the rules.
    package enum Evaluator: Sendable {
        case daemon
        /// A process for each evaluation, as cron starts them.
        case ticks
        case nobody
    }

    package var at: Instant
    package var troubles: StoreTroubles
    /// The channels of nudged.yaml.
    package var channels: [String]
    /// The folders of nudged.yaml whose files are imported.
    package var folders: [FolderStatus]
    /// Why the rules directory is not in force; nil where it was not refused.
    package var refused: Bilingual?
    package var evaluator: Evaluator
    /// What is free on the store's disk (nil where that is not known), and the size of its log.
    package var freeBytes: Int64?
    package var logBytes: Int64
    /// How old the last backup may be; nil: nobody asks.
    package var oldestBackup: Span?

    package init(
        at now: Instant, troubles: StoreTroubles, channels: [String], folders: [FolderStatus] = [], refused: Bilingual?,
        evaluator: Evaluator, freeBytes: Int64?, logBytes: Int64, oldestBackup: Span?
    ) {
        at = now
        (self.troubles, self.channels, self.folders) = (troubles, channels, folders)
        (self.refused, self.evaluator) = (refused, evaluator)
        (self.freeBytes, self.logBytes, self.oldestBackup) = (freeBytes, logBytes, oldestBackup)
    }

    /// The same of a store that a daemon has open, or a tick by cron.
    package init(
        _ store: MemberStore, channels: [String], folders: [Configuration.Folder] = [], refused: Bilingual?,
        oldestBackup: Span?, evaluator: Evaluator = .daemon, at now: Instant
    ) throws {
        self.init(
            at: now, troubles: try store.troubles(at: now), channels: channels, folders: folders.map(FolderStatus.init),
            refused: refused, evaluator: evaluator, freeBytes: store.path.flatMap(StoreFile.freeBytes(of:)),
            logBytes: store.logSize, oldestBackup: oldestBackup)
    }

    private var lateBy: Int? { troubles.clock.lateBy(at: at) }

    /// A channel that is ready by a start alone may be as it was: only an accept shows that it works.
    package func isProven(_ attention: AlertRow) -> Bool {
        guard attention.code.hasPrefix("channel_"), let name = attention.subject, channels.contains(name) else {
            return true
        }
        guard let state = troubles.channels.first(where: { $0.channel == name }) else { return false }
        return state.acceptedAt.map { accepted in state.refusedAt.map { $0 < accepted } ?? true } ?? false
    }
}

extension Circumstances {
    /// In seconds. The daemon evaluates twice a second, and ticks by cron come at most so far apart.
    private static let (longestTickOfDaemon, longestTick) = (180, 600)
    /// An unclear try that is older than that was not settled by a receipt or by asking the provider.
    private static let unclearFor: Int64 = 3_600_000_000
    private static let leastFree: Int64 = 512 << 20
    /// The log is cut to 64 MiB whenever it starts over, so a reader that does not end keeps one of this size.
    private static let largestLog: Int64 = 256 << 20

    /// What needs a person, the most urgent first; empty when all is well.
    package var attention: [Attention] {
        daemon + troubles.stops.map(held) + ofRules + ofFaults + ofChannels + ofDeliveries + ofBackup + ofFiles
            + folders.compactMap(\.attention)
    }

    private var daemon: [Attention] {
        if let future = troubles.clock.future(at: at) {
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
        guard !troubles.clock.isHeld else { return [] }
        if evaluator == .nobody || evaluator == .ticks && lateBy.map({ $0 > Circumstances.longestTick }) ?? true {
            return [
                Attention(
                    "not_running", Bilingual("no daemon runs: nothing is decided or sent", "守护进程没有运行：不做决定，也不发送"),
                    remedy: Bilingual(
                        "`systemctl start nudged`, or `nudged run --config nudged.yaml`",
                        "`systemctl start nudged`，或 `nudged run --config nudged.yaml`"))
            ]
        }
        guard evaluator == .daemon, let lateBy, lateBy > Circumstances.longestTickOfDaemon else { return [] }
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
            "held", of: stop.scope, since: stop.at,
            Bilingual(
                "held: \(stop.scope), by \(stop.who): \(stop.reason)",
                "暂停中：\(stop.scope)，\(MessageCatalogue.translate(stop.who, into: .chinese))："
                    + MessageCatalogue.translate(stop.reason, into: .chinese)),
            remedy: Bilingual("`nudged release \(option)` when it may go on", "可以继续时 `nudged release \(option)`"))
    }

    private var ofRules: [Attention] {
        guard let first = refused else { return [] }
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
        channels.compactMap { name in
            switch troubles.channels.first(where: { $0.channel == name })?.standing {
            case .closed:
                return Attention(
                    "channel_closed", of: name,
                    Bilingual("channel \(name) is closed: it kept failing", "渠道 \(name) 已关闭：连续失败"),
                    remedy: Bilingual(
                        "`nudged channels test \(name)`, then `nudged channels retry \(name)`",
                        "`nudged channels test \(name)`，然后 `nudged channels retry \(name)`"))
            case .misconfigured:
                return Attention(
                    "channel_misconfigured", of: name,
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

    private var ofFaults: [Attention] {
        troubles.faults.map { fault in
            Attention(
                "rule_faulted", of: fault.rule,
                Bilingual(
                    "rule \(fault.rule) cannot be evaluated and stands still: \(fault.reason)",
                    "规则 \(fault.rule) 无法计算，已停住：\(MessageCatalogue.translate(fault.reason, into: .chinese))"),
                remedy: Bilingual(
                    "mend the field or the rule, it then looks back: `nudged check --store`",
                    "修正字段或规则，之后会补看：`nudged check --store`"))
        }
    }

    private var ofDeliveries: [Attention] {
        var found: [Attention] = []
        if let unclear = troubles.unclear, at.micros - unclear.oldest.micros > Circumstances.unclearFor {
            found.append(
                Attention(
                    "unclear",
                    Bilingual(
                        "unclear for more than an hour whether they arrived: \(unclear.count) deliveries",
                        "超过一小时仍不清楚是否送达：\(unclear.count) 条"),
                    remedy: Bilingual(
                        "ask the provider: `nudged deliveries list --state unknown`",
                        "向服务商查询：`nudged deliveries list --state unknown`")))
        }
        if let dead = troubles.dead {
            found.append(
                Attention(
                    "dead",
                    Bilingual(
                        "given up after every try within the last seven days: \(dead.count) deliveries",
                        "最近七天里试完仍未发出：\(dead.count) 条"),
                    remedy: Bilingual(
                        "see why: `nudged deliveries list --state dead`, then `retry` or `cancel` them",
                        "查看原因：`nudged deliveries list --state dead`，然后用 `retry` 重发或 `cancel` 取消")))
        }
        return found
    }

    private var ofBackup: [Attention] {
        guard let most = oldestBackup else { return [] }
        let remedy = Bilingual("`nudged backup FILE`, from a timer", "`nudged backup 文件`，用定时任务运行")
        guard let last = troubles.backedUp else {
            return [
                Attention(
                    "backup_old", Bilingual("no backup is on record", "没有备份记录"), remedy: remedy)
            ]
        }
        guard at.micros - last.micros > most.roughMicros else { return [] }
        return [
            Attention(
                "backup_old",
                Bilingual(
                    "the last backup is of \(last.utcText), older than \(most.text)",
                    "上次备份是 \(last.utcText)，已超过 \(most.text)"),
                remedy: remedy)
        ]
    }

    private var ofFiles: [Attention] {
        var found: [Attention] = []
        if let free = freeBytes, free < Circumstances.leastFree {
            found.append(
                Attention(
                    "disk_low",
                    Bilingual(
                        "only \(StatusWording.size(free)) of the disk are free", "磁盘只剩 \(StatusWording.size(free))"),
                    remedy: Bilingual(
                        "make room: a full disk stops all sending", "腾出空间：磁盘写满会停止一切发送")))
        }
        if logBytes > Circumstances.largestLog {
            let size = StatusWording.size(logBytes)
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
