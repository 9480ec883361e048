import Kit
import Policies
import Rules
import Store

/// What changed besides rules, and the sums.
extension PlanWording {
    var others: [PlanBlock] {
        var blocks = plan.difference.settings.map { difference in
            PlanBlock(mark: "~", name: "settings \(difference.key)", words: words(difference))
        }
        let used = Set(plan.difference.rules.flatMap(\.named))
        let groups = Dictionary(grouping: plan.difference.named.filter { !used.contains($0) }) {
            "\($0.change.rawValue) \($0.kind)"
        }
        for (_, named) in groups.sorted(by: { $0.key < $1.key }) {
            guard let first = named.first else { continue }
            blocks.append(PlanBlock(mark: mark(first.change), name: other(named, first)))
        }
        return blocks
    }

    /// Each by name, or just their number when they are too many to read.
    private func other(_ named: [RuleSetDifference.NamedChange], _ first: RuleSetDifference.NamedChange) -> String {
        let change =
            switch first.change {
            case .added: say("new", "新增")
            case .removed: say("removed", "删除")
            case .changed, .affected: say("changed, named by no rule", "有变化，没有规则用到")
            }
        let kind = kindWord(first.kind)
        guard named.count <= 3 else {
            return say("\(number(named.count)) \(kind)s: \(change)", "\(kind) \(number(named.count)) 个：\(change)")
        }
        return "\(kind) \(say.list(named.map(\.id))): \(change)"
    }

    func mark(_ kind: RuleSetDifference.Kind) -> String {
        switch kind {
        case .added: "+"
        case .removed: "-"
        case .changed: "~"
        case .affected: "!"
        }
    }

    /// The sums, one sentence each.
    var endings: [String] { [totals] + cost + overBudget + sampled }

    private var totals: String {
        let kinds = Dictionary(grouping: plan.difference.rules, by: \.kind).mapValues(\.count)
        let (adds, changes, removes) = (kinds[.added] ?? 0, kinds[.changed] ?? 0, kinds[.removed] ?? 0)
        let perDay = "\(number(daily(plan.before.messages))) → \(number(daily(plan.after.messages)))"
        return say(
            "\(adds) to add, \(changes) to change, \(removes) to remove.   Messages per day: \(plan.isEstimate ? "about " : "")\(perDay).",
            "新增 \(adds) 条，修改 \(changes) 条，删除 \(removes) 条。   每天消息：\(about)\(perDay)。")
    }

    private func daily(_ messages: Int) -> Int {
        Int((Double(messages) / Double(ChangePlan.days)).rounded())
    }

    private var cost: [String] {
        guard plan.before.segments + plan.after.segments > 0 else { return [] }
        let (before, after) = (plan.before.segments, plan.after.segments)
        let segments = "\(about)\(number(before)) → \(number(after))"
        guard let price = plan.segmentPrice else {
            return [
                say(
                    "SMS segments in the next \(ChangePlan.days) days: \(segments).",
                    "未来 \(ChangePlan.days) 天短信计费条数：\(segments)。")
            ]
        }
        let yuan = "\(money(before, price)) → \(money(after, price))"
        return [
            say(
                "SMS segments in the next \(ChangePlan.days) days: \(segments), \(yuan) yuan.",
                "未来 \(ChangePlan.days) 天短信计费条数：\(segments)，\(yuan) 元。")
        ]
    }

    private var overBudget: [String] {
        plan.overBudget.map { over in
            let (cost, budget) = (Value.money2(over.cost / Settings.fen), Value.money2(over.budget / Settings.fen))
            return say(
                "On \(over.day.text) \(over.channel) would cost \(about)\(cost) yuan, its budget is \(budget): marketing waits for the next day.",
                "\(over.day.text) \(over.channel) 预计花费 \(about)\(cost) 元，预算 \(budget) 元：超出的营销消息等到次日。")
        }
    }

    private func money(_ segments: Int, _ price: Double) -> String {
        let fen = (Double(segments) * price).rounded()
        guard fen < 1e15 else { return "?" }
        return Value.money2(Int64(fen))
    }

    private var sampled: [String] {
        guard plan.isEstimate else { return [] }
        return [
            say(
                "Numbers with \"about\" are scaled from \(number(plan.taken)) of \(number(plan.of)) members (--sample).",
                "带\"约\"的数字由 \(number(plan.of)) 名会员中的 \(number(plan.taken)) 名推算（--sample）。")
        ]
    }

    func display(_ channel: String) -> String {
        switch channel {
        case "sms": say("SMS", "短信")
        case "wechat": say("WeChat", "微信")
        default: channel
        }
    }

    /// `61,204`.
    func number(_ count: Int) -> String {
        var digits = Array(String(abs(count)))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: index)
            index -= 3
        }
        return (count < 0 ? "-" : "") + String(digits)
    }
}
