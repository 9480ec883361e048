import Kit
import Rules
import Store

/// Words for `nudged status`: one screen.
package struct StatusWording {
    private let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    package func page(_ report: StatusReport) -> String {
        let head = "nudged  \(speech.time(report.at))"
        return
            ([head] + [daemon(report), rules(report)] + stops(report) + channels(report) + folders(report)
            + deliveries(report) + [store(report)] + attention(report)).joined(separator: "\n")
    }

    // MARK: lines

    private func line(_ english: String, _ chinese: String, _ text: String) -> String {
        Columns.padded(speech.say(english, chinese), 11) + text
    }

    private func daemon(_ report: StatusReport) -> String {
        let process = report.process.map { speech.say(" (process \($0))", "（进程 \($0)）") } ?? ""
        let running = report.store.isInUse ? speech.say("running", "运行中") + process : speech.say("not running", "未运行")
        let tick =
            report.lateBy.map {
                speech.say("rules last evaluated \(ago($0)) ago", "上次计算规则：\(ago($0))前")
            } ?? speech.say("rules never evaluated", "还没有计算过规则")
        return line("daemon", "守护进程", running + speech.say(", ", "，") + tick)
    }

    private func rules(_ report: StatusReport) -> String {
        let rules = report.rules
        guard let version = rules.version, let recorded = rules.recordedAt else {
            return line("rules", "规则", speech.say("none in force yet", "还没有生效的规则") + directory(rules))
        }
        let counts = Rule.Status.allCases.compactMap { status in
            rules.counts[status].map { "\($0) \(StoredWords.status(status, speech.language))" }
        }
        let age = ago(Int(max(0, report.at.micros - recorded.micros) / 1_000_000))
        return line(
            "rules", "规则",
            speech.say("version \(version), \(age) old: ", "第 \(version) 版，\(age)前：")
                + counts.joined(separator: speech.say(", ", "、")) + directory(rules))
    }

    private func directory(_ rules: RulesStanding) -> String {
        switch rules.directory {
        case .same: speech.say("; the directory is the same", "；规则目录与之相同")
        case .differs: speech.say("; the directory differs and is not in force yet", "；规则目录有改动，尚未生效")
        case .appliedInstead:
            speech.say("; applied by a plan, the directory is as before", "；由 nudged apply 生效，规则目录是之前的内容")
        case .refused:
            speech.say(
                "; the directory is refused: \(rules.findings.first?.english ?? "")",
                "；规则目录有错，未生效：\(rules.findings.first?.chinese ?? "")")
        case .unknown: ""
        }
    }

    private func stops(_ report: StatusReport) -> [String] {
        guard !report.stops.isEmpty else { return [line("stops", "暂停", speech.say("none", "无"))] }
        let words = StopWording(speech: speech)
        return report.stops.map { line("stops", "暂停", words.line($0)) }
    }

    private func channels(_ report: StatusReport) -> [String] {
        let standing = StandingWording(speech: speech)
        return report.channels.map { channel in
            let accepted = channel.state?.acceptedAt.map { speech.say("last accepted ", "最近接收 ") + speech.time($0) }
            let refused = channel.state?.refusedCode.map { speech.say("last not taken: ", "最近未接收：") + $0 }
            let parts = [
                channel.config.id, standing.words(channel.state, at: report.at), accepted, refused,
                standing.rate(channel.config), speech.say("owed \(channel.owed)", "待发 \(channel.owed)"),
            ]
            return line("channel", "渠道", parts.compactMap(\.self).joined(separator: "  "))
        }
    }

    private func folders(_ report: StatusReport) -> [String] {
        report.folders.map { folder in
            let waiting = folder.waiting.map { speech.say("waiting \($0)", "待导入 \($0)") }
            let parts = [
                folder.folder.id, folder.folder.kind.rawValue, waiting ?? speech.say("cannot be read", "读不了"),
                speech.say("in rejected/ \(folder.rejected)", "rejected/ 里 \(folder.rejected)"),
            ]
            return line("folder", "投递目录", parts.joined(separator: "  "))
        }
    }

    /// What `deliveries list --state pending` lists besides; empty where there is none.
    private func overdue(_ report: StatusReport) -> String {
        guard report.overdue > 0 else { return "" }
        return speech.say(
            "; pending but past their send_by \(report.overdue), the daemon ends them as expired",
            "；已过最晚时间 \(report.overdue)（状态仍是 pending，守护进程运行时记为过期）")
    }

    private func deliveries(_ report: StatusReport) -> [String] {
        let oldest = report.oldestOwed.map {
            speech.say(", the oldest of \(speech.time($0))", "，最早的 \(speech.time($0))")
        }
        let total = line(
            "deliveries", "投递",
            speech.say("owed \(report.owed)", "待发 \(report.owed)") + (oldest ?? "") + overdue(report)
                + speech.say(
                    "; unclear \(report.unclear); expired today \(report.expired)",
                    "；不明 \(report.unclear)；今天过期 \(report.expired)"))
        guard !report.store.rules.isEmpty else { return [total] }
        var table = TextTable(
            [
                speech.say("rule", "规则"), speech.say("oldest", "最早"), speech.say("next due", "下次到期"),
                speech.say("owed", "待发"), speech.say("unclear", "不明"), speech.say("expired", "过期"),
            ], textColumns: 3)
        for rule in report.store.rules {
            table.add([
                rule.rule, rule.oldestOwed.map(speech.time) ?? "-", rule.nextDue.map(speech.time) ?? "-",
                String(rule.owed), String(rule.unclear), String(rule.expired),
            ])
        }
        return [total] + table.lines.map { "  " + $0 }
    }

    private func store(_ report: StatusReport) -> String {
        let files = report.store.files
        let backup = report.troubles.backedUp.map { speech.say(", last backup ", "，上次备份 ") + speech.time($0) } ?? ""
        let free = files.freeBytes.map { speech.say(", free on its disk ", "，磁盘剩余 ") + StatusWording.size($0) } ?? ""
        return line(
            "store", "数据库",
            "\(files.path)  \(StatusWording.size(files.bytes))"
                + speech.say(", log ", "，日志 ") + StatusWording.size(files.logBytes) + free
                + speech.say(", schema ", "，结构 ") + files.schema + backup)
    }

    private func attention(_ report: StatusReport) -> [String] {
        let all = report.attention
        guard !all.isEmpty else { return [speech.say("all is well", "一切正常")] }
        return [speech.say("needs a person: \(all.count)", "需要处理：\(all.count) 项")]
            + all.map { "  \($0.words.text(speech.language)) → \($0.remedy.text(speech.language))" }
    }

    // MARK: sizes and times

    /// `12.3 MiB`.
    package static func size(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (size, unit) = (Double(bytes), 0)
        while size >= 1024, unit < units.count - 1 { (size, unit) = (size / 1024, unit + 1) }
        let tenths = Int((size * 10).rounded())
        return unit == 0 ? "\(bytes) B" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// `12 s`, `5 min`, `3 h`, `4 d`.
    private func ago(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: speech.say("\(seconds) s", "\(seconds) 秒")
        case ..<7200: speech.say("\(seconds / 60) min", "\(seconds / 60) 分钟")
        case ..<172_800: speech.say("\(seconds / 3600) h", "\(seconds / 3600) 小时")
        default: speech.say("\(seconds / 86_400) d", "\(seconds / 86_400) 天")
        }
    }

    // MARK: JSON

    package func json(_ report: StatusReport) -> JSONText {
        let rules = report.rules
        let counts = Rule.Status.allCases.map { JSONText.Member($0.rawValue, .int(rules.counts[$0] ?? 0)) }
        let attention = report.attention
        return .object([
            "at": .text(speech.time(report.at)), "ok": .bool(attention.isEmpty),
            "daemon": .object([
                "running": .bool(report.store.isInUse), "process": number(report.process),
                "last_tick": time(report.lastTick), "late_seconds": number(report.lateBy),
            ]),
            "rules": .object([
                "version": number(rules.version), "hash": text(rules.hash), "source": text(rules.source?.rawValue),
                "recorded_at": time(rules.recordedAt), "counts": .object(counts),
                "directory": .text(rules.directory.rawValue),
                "findings": .list(rules.findings.map { .text($0.english) }),
            ]),
            "stops": .list(report.stops.map(StopWording(speech: speech).json)),
            "channels": .list(report.channels.map(channel)), "folders": .list(report.folders.map(\.json)),
            "owed": .int(report.owed), "oldest_owed": time(report.oldestOwed), "unknown": .int(report.unclear),
            "overdue": .int(report.overdue), "expired_today": .int(report.expired),
            "by_rule": .list(report.store.rules.map(rule)),
            "store": .object([
                "path": .text(report.store.files.path), "bytes": .int(Int(report.store.files.bytes)),
                "log_bytes": .int(Int(report.store.files.logBytes)),
                "free_bytes": number(report.store.files.freeBytes.map { Int($0) }),
                "schema": .text(report.store.files.schema), "backed_up_at": time(report.troubles.backedUp),
            ]),
            "attention": .list(attention.map(\.json)),
        ])
    }

    private func rule(_ rule: StoreStanding.OfRule) -> JSONText {
        .object([
            "rule": .text(rule.rule), "owed": .int(rule.owed), "oldest_owed": time(rule.oldestOwed),
            "unknown": .int(rule.unclear), "oldest_unknown": time(rule.oldestUnclear),
            "overdue": .int(rule.overdue), "expired_today": .int(rule.expired), "next_due": time(rule.nextDue),
        ])
    }

    private func channel(_ channel: ChannelStatus) -> JSONText {
        let state = channel.state
        return .object([
            "channel": .text(channel.config.id), "state": text(state?.standing.rawValue), "since": time(state?.since),
            "until": time(state?.until), "accepted_at": time(state?.acceptedAt),
            "refused_at": time(state?.refusedAt), "refused_code": text(state?.refusedCode),
            "rate": text(channel.config.rate.map { "\($0.count)/\($0.unit.rawValue)" }), "owed": .int(channel.owed),
        ])
    }

    private func text(_ text: String?) -> JSONText { text.map(JSONText.text) ?? .null }
    private func time(_ instant: Instant?) -> JSONText { text(instant.map(speech.time)) }
    private func number(_ number: Int?) -> JSONText { number.map(JSONText.int) ?? .null }
}
