import Kit
import Rules
import Store

/// Words for `nudged report`.
package struct ReportWording {
    private let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    package func page(_ reports: [RuleReport], _ range: ReportRange) -> String {
        let head = speech.say(
            "decided from \(speech.time(range.since)) until \(speech.time(range.until)); orders within \(days(range)) of a message",
            "\(speech.time(range.since)) 至 \(speech.time(range.until)) 的决定；消息后 \(days(range))内的订单")
        guard !reports.isEmpty else { return head + "\n" + speech.say("nothing was decided", "没有任何决定") }
        var table = TextTable(
            [
                speech.say("rule", "规则"), speech.say("due", "到期"), speech.say("to send", "决定发送"),
                speech.say("owed", "待发"), speech.say("accepted", "渠道接收"), speech.say("delivered", "其中送达"),
                speech.say("failed", "失败"), speech.say("unclear", "不明"), speech.say("dropped", "未发出"),
                speech.say("coupons", "发券"), speech.say("used", "已用"),
                speech.say("orders", "订单"), speech.say("revenue", "金额"),
            ])
        for report in reports {
            table.add(
                [report.rule]
                    + [
                        report.due, report.sent, report.owed, report.accepted, report.delivered, report.failed,
                        report.unclear, report.dropped, report.couponsGiven, report.couponsUsed, report.orders,
                    ].map(String.init) + [money(report.revenue)])
        }
        return ([head] + table.lines + reports.flatMap(details)).joined(separator: "\n")
    }

    private func details(_ report: RuleReport) -> [String] {
        let skipped = report.skipped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\(StoredWords.ending($0.key, speech.language)) \($0.value)" }
        var lines = ["\(report.rule)  \(speech.say("uplift: ", "提升："))\(uplift(report))"]
        if !skipped.isEmpty {
            lines.append("  \(speech.say("not sent: ", "未发送："))" + skipped.joined(separator: speech.say(", ", "、")))
        }
        return lines
    }

    private func uplift(_ report: RuleReport) -> String {
        let groups = speech.say(
            "\(report.treated.bought) of \(report.treated.people) sent to bought, \(report.heldOut.bought) of \(report.heldOut.people) held out",
            "发送组 \(report.treated.people) 人次中 \(report.treated.bought) 人次购买，对照组 \(report.heldOut.people) 人次中 \(report.heldOut.bought) 人次"
        )
        guard let uplift = report.uplift else {
            return speech.say("not enough data yet", "数据还不够") + "  (\(groups))"
        }
        let interval = speech.say(
            "\(points(uplift.difference)) points, 95 % between \(points(uplift.low)) and \(points(uplift.high))",
            "\(points(uplift.difference)) 个百分点，95% 区间 \(points(uplift.low)) 至 \(points(uplift.high))")
        return interval + "  (\(groups))"
    }

    /// `+1.2`, in hundredths of people.
    private func points(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return (tenths < 0 ? "-" : "+") + "\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }

    private func money(_ fen: Int64) -> String {
        let cents = fen.magnitude % 100
        return (fen < 0 ? "-" : "") + "¥\(fen.magnitude / 100)" + (cents == 0 ? "" : ".\(cents / 10)\(cents % 10)")
    }

    private func days(_ range: ReportRange) -> String {
        let days = range.attributed / 86_400_000_000
        return speech.say(days == 1 ? "1 day" : "\(days) days", "\(days) 天")
    }

    package func json(_ report: RuleReport) -> JSONText {
        func group(_ group: RuleReport.Group) -> JSONText {
            .object(["people": .int(group.people), "bought": .int(group.bought)])
        }
        let uplift = report.uplift.map { uplift in
            JSONText.object([
                "difference": .number(uplift.difference), "low": .number(uplift.low), "high": .number(uplift.high),
                "confidence": .number(0.95),
            ])
        }
        return .object([
            "rule": .text(report.rule), "due": .int(report.due), "sent": .int(report.sent),
            "accepted": .int(report.accepted), "delivered": .int(report.delivered), "failed": .int(report.failed),
            "unknown": .int(report.unclear), "owed": .int(report.owed), "dropped": .int(report.dropped),
            "skipped": .object(report.skipped.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) }),
            "coupons_given": .int(report.couponsGiven), "coupons_used": .int(report.couponsUsed),
            "orders": .int(report.orders), "revenue": .number(Double(report.revenue) / 100),
            "treated": group(report.treated), "held_out": group(report.heldOut), "uplift": uplift ?? .null,
        ])
    }
}
