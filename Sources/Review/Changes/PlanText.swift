import Kit
import Policies
import Rules
import Store

/// A `ChangePlan` for people (qa-tools §2.2).
package struct PlanText {
    private let plan: ChangePlan
    private let say: Phrases
    private var about: String { plan.isEstimate ? say("about ", "约 ") : "" }

    package init(_ plan: ChangePlan, language: Language) {
        self.plan = plan
        say = Phrases(language: language)
    }

    package var text: String {
        var lines = [head, ""]
        if plan.isEmpty { return lines[0] + "\n\n" + say("no change.", "没有变化。") }
        for change in plan.difference.rules { lines += block(change) }
        lines += others
        lines += ["", totals] + cost + overBudget + sampled
        return lines.joined(separator: "\n")
    }

    private var head: String {
        guard let base = plan.base else {
            return say("against no live rules: this set would be version 1", "目前没有生效的规则:这套规则将是第 1 版")
        }
        let at = Phrases.clock(Instant(seconds: base.loadedAt.wholeSeconds / 60 * 60), plan.zone)
        let hash = base.hash.prefix(4)
        return say(
            "against live rules version \(base.version) (loaded \(at), hash \(hash)…)",
            "对照生效中的规则第 \(base.version) 版(\(at) 载入,指纹 \(hash)…)")
    }

    // MARK: a rule

    private static let idColumn = 30
    private static let placeColumn = 66

    private func block(_ change: RuleSetDifference.RuleChange) -> [String] {
        let effect = plan.effects[change.id] ?? ChangePlan.Effect()
        let title = "  \(mark(change.kind)) \(change.id)"
        switch change.kind {
        case .changed:
            return [Columns.padded(title, PlanText.placeColumn) + "\(change.file):\(change.line)"]
                + rows(change.differences.map(row) + named(change, effect) + consequences(change, effect))
        case .added:
            let summary = added(change, effect)
            return [Columns.padded(title, PlanText.idColumn) + summary]
                + rows(consequences(change, effect).filter { $0.key != forecastKey })
        case .removed:
            return [Columns.padded(title, PlanText.idColumn) + removed(effect)] + rows(owed(change, effect))
        case .affected:
            let words = named(change, effect).map { "\($0.key) \($0.words)" }
            let cause = words.isEmpty ? say("what it sends is not the same", "发送的内容有变") : words.joined(separator: ", ")
            return [Columns.padded(title, PlanText.idColumn) + say("rule unchanged, but ", "规则未变,但 ") + cause]
                + rows(consequences(change, effect))
        }
    }

    private typealias Row = (key: String, words: String)

    private func rows(_ rows: [Row]) -> [String] {
        let width = (rows.map { Columns.width($0.key) }.max() ?? 0) + 3
        return rows.map { "      " + Columns.padded($0.key, max(width, 27)) + $0.words }
    }

    private func row(_ difference: RuleFacets.Difference) -> Row {
        switch (difference.before, difference.after) {
        case (let before?, let after?): (difference.key, "\(before) → \(after)")
        case (nil, let after?): (difference.key, say("new: \(after)", "新增:\(after)"))
        case (let before?, nil): (difference.key, say("removed, was \(before)", "删除,原为 \(before)"))
        case (nil, nil): (difference.key, "")
        }
    }

    private func named(_ change: RuleSetDifference.RuleChange, _ effect: ChangePlan.Effect) -> [Row] {
        change.named.map { named in
            if let template = effect.templates.first(where: { $0.id == named.id }), named.kind == "template" {
                return ("\(kindWord(named.kind)) \(named.id)", "v\(template.before) → v\(template.after)")
            }
            return ("\(kindWord(named.kind)) \(named.id)", say("changed", "有变化"))
        }
    }

    private func kindWord(_ kind: String) -> String {
        switch kind {
        case "template": say("template", "模板")
        case "coupon": say("coupon", "券")
        case "segment": say("segment", "人群")
        default: say("field", "字段")
        }
    }

    private var forecastKey: String { say("next \(ChangePlan.days) days", "未来 \(ChangePlan.days) 天") }

    private func consequences(_ change: RuleSetDifference.RuleChange, _ effect: ChangePlan.Effect) -> [Row] {
        var rows: [Row] = []
        if let row = qualification(effect) { rows.append(row) }
        if let row = firstDay(effect) { rows.append(row) }
        if let replay = effect.replay, let words = acts(replay) {
            rows.append((say("last \(ChangePlan.days) days replayed", "重演过去 \(ChangePlan.days) 天"), words))
        }
        if let forecast = effect.forecast, let words = acts(forecast) { rows.append((forecastKey, words)) }
        if let waiting = effect.waiting { rows.append((say("waiting", "等待中"), words(waiting))) }
        rows += owed(change, effect)
        if !effect.shadow.isEmpty {
            let counts = effect.shadow.sorted { $0.key < $1.key }.map { outcome, count in
                "\(number(count)) \(Outcome(rawValue: outcome).map { $0.word(say) } ?? outcome)"
            }
            rows.append(
                (say("in shadow, last \(ChangePlan.days) days", "影子运行,过去 \(ChangePlan.days) 天"), say.list(counts)))
        }
        if let blast = effect.blast {
            let release = "nudged release --rule \(change.id)"
            rows.append(
                (
                    say("blast guard", "群发保护"),
                    say(
                        "holds it on \(blast.day.text): \(blast.reason); \(release)",
                        "\(blast.day.text) 会被拦下:\(MessageCatalogue.translate(blast.reason, into: .chinese));放行:\(release)"
                    )
                ))
        }
        return rows
    }

    private func qualification(_ effect: ChangePlan.Effect) -> Row? {
        guard let counts = effect.qualification else { return nil }
        let key = say("people who qualify", "符合条件的人")
        switch (counts.before, counts.after) {
        case (let before?, let after?):
            guard before != after || counts.joined > 0 else { return (key, number(after) + say(", the same", ",不变")) }
            return (
                key, "\(number(before)) → \(number(after))   (+\(number(counts.joined))  −\(number(counts.left)))"
            )
        case (nil, let after?): return (key, number(after))
        default: return nil
        }
    }

    private func firstDay(_ effect: ChangePlan.Effect) -> Row? {
        let key = say("first day", "第一天")
        guard let (people, how) = effect.existing else { return nil }
        let noun = self.noun(effect.forecast?.after)
        switch how {
        case .all: return (key, "\(about)\(number(people)) \(noun) (existing_members: all)")
        case .drip(let count, let every):
            let rounds = (people + count - 1) / max(count, 1)
            guard every == Span(1, .days) else {
                return (
                    key,
                    say(
                        "\(number(min(count, people))) \(noun) every \(every.text), \(rounds) times (existing_members: drip)",
                        "每 \(every.text) \(number(min(count, people))) \(noun),共 \(rounds) 次(existing_members: drip)")
                )
            }
            return (
                key,
                say(
                    "\(number(min(count, people))) \(noun) a day for \(about)\(rounds) \(rounds == 1 ? "day" : "days") (existing_members: drip)",
                    "每天 \(number(min(count, people))) \(noun),共 \(about)\(rounds) 天(existing_members: drip)")
            )
        case .skip: return nil
        }
    }

    private func noun(_ tally: OutcomeTally?) -> String {
        guard let tally, tally.tasks > tally.sent else { return say("messages", "条消息") }
        return say("tasks", "个任务")
    }

    /// `206 → 412 tasks`; nil when nothing happens on either side.
    private func acts(_ pair: ChangePlan.Pair) -> String? {
        let (before, after) = (pair.before?.acts ?? 0, pair.after?.acts ?? 0)
        guard pair.before != nil || pair.after != nil, before + after > 0 else { return nil }
        let noun = self.noun(after > 0 ? pair.after : pair.before)
        let counts = before == after ? "\(about)\(number(after))" : "\(about)\(number(before)) → \(number(after))"
        var words = "\(counts) \(noun)"
        let channels = Set(pair.before?.messages.keys.map { $0 } ?? []).union(
            pair.after?.messages.keys.map { $0 } ?? [])
        if channels.count > 1 {
            let parts = channels.sorted().map { channel in
                let (before, after) = (pair.before?.messages[channel] ?? 0, pair.after?.messages[channel] ?? 0)
                return "\(display(channel)) "
                    + (before == after ? number(after) : "\(number(before)) → \(number(after))")
            }
            words += " (\(say.list(parts)))"
        }
        return words
    }

    private func added(_ change: RuleSetDifference.RuleChange, _ effect: ChangePlan.Effect) -> String {
        let forecast = effect.forecast?.after
        guard forecast != nil else { return say("not live yet", "尚未启用") }
        let tally = (forecast?.acts ?? 0) > 0 ? forecast : effect.next
        guard let tally, let first = tally.first else {
            return say("nobody in the next \(ChangePlan.days) days", "未来 \(ChangePlan.days) 天没有人")
        }
        let at = Phrases.clock(first, plan.zone)
        let isOnce = effect.next != nil || tally.byDay.count == 1
        let people =
            isOnce
            ? say("\(about)\(number(tally.acts)) people", "\(about)\(number(tally.acts)) 人")
            : say(
                "\(about)\(number(tally.acts)) in \(ChangePlan.days) days",
                "\(ChangePlan.days) 天内\(about)\(number(tally.acts)) 次")
        let channels = tally.messages.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            .map { "\(number($0.value)) \(display($0.key))" }
        var words = say("first \(at), \(people)", "首次 \(at),\(people)")
        if !channels.isEmpty { words += say(", ", ",") + about + say.sum(channels) }
        if tally.tasks > 0 { words += say(", \(number(tally.tasks)) tasks", ",\(number(tally.tasks)) 个任务") }
        return words
    }

    private func removed(_ effect: ChangePlan.Effect) -> String {
        guard let waiting = effect.waiting else { return say("nobody is waiting in it", "没有人在等待") }
        return waiting.released == 1
            ? say("1 person is waiting in it: released without a message", "有 1 人在等待:将放开,不发消息")
            : say(
                "\(number(waiting.released)) people are waiting in it: released without a message",
                "有 \(number(waiting.released)) 人在等待:将放开,不发消息")
    }

    private func words(_ waiting: ChangePlan.Waiting) -> String {
        var parts: [String] = []
        if waiting.continuing > 0 {
            parts.append(
                say(
                    "\(number(waiting.continuing)) continue under the new rule",
                    "\(number(waiting.continuing)) 人按新规则继续等待"))
        }
        if waiting.recomputed > 0 {
            parts.append(say("\(number(waiting.recomputed)) get a new due time", "\(number(waiting.recomputed)) 人重新计时"))
        }
        if waiting.released > 0 {
            parts.append(
                say(
                    "\(number(waiting.released)) are released without a message", "\(number(waiting.released)) 人放开,不发消息"
                ))
        }
        if waiting.paused > 0 {
            parts.append(
                say(
                    "\(number(waiting.paused)) stay, and get nothing while it is paused",
                    "\(number(waiting.paused)) 人留在等待中,暂停期间不发"))
        }
        if waiting.shadowed > 0 {
            parts.append(
                say(
                    "\(number(waiting.shadowed)) are decided in shadow and get nothing, also later",
                    "\(number(waiting.shadowed)) 人只在影子中决定,以后也不会收到"))
        }
        return say.list(parts)
    }

    /// Messages decided, but not handed over yet.
    private func owed(_ change: RuleSetDifference.RuleChange, _ effect: ChangePlan.Effect) -> [Row] {
        guard effect.owed > 0 else { return [] }
        let stays = effect.waiting?.paused ?? 0 > 0 || isPaused(change)
        return [
            (
                say("on their way", "待发送"),
                stays
                    ? say(
                        "\(number(effect.owed)) messages wait until it runs again or are too late",
                        "\(number(effect.owed)) 条消息等到恢复后再发,过期则不发")
                    : say("\(number(effect.owed)) messages are cancelled", "\(number(effect.owed)) 条消息取消")
            )
        ]
    }

    private func isPaused(_ change: RuleSetDifference.RuleChange) -> Bool {
        change.differences.contains { $0.key == "status" && $0.after == Rule.Status.paused.rawValue }
    }

    // MARK: the rest

    private var others: [String] {
        var lines = plan.difference.settings.map { difference -> String in
            let row = row(difference)
            return Columns.padded("  ~ settings \(row.key)", PlanText.idColumn) + row.words
        }
        let used = Set(plan.difference.rules.flatMap(\.named))
        let groups = Dictionary(grouping: plan.difference.named.filter { !used.contains($0) }) {
            "\($0.change.rawValue) \($0.kind)"
        }
        for (_, named) in groups.sorted(by: { $0.key < $1.key }) {
            guard let first = named.first else { continue }
            lines.append("  \(mark(first.change)) " + other(named, first))
        }
        return lines
    }

    /// Each by name, or just their number when they are too many to read.
    private func other(_ named: [RuleSetDifference.NamedChange], _ first: RuleSetDifference.NamedChange) -> String {
        let change =
            switch first.change {
            case .added: say("new", "新增")
            case .removed: say("removed", "删除")
            case .changed, .affected: say("changed, named by no rule", "有变化,没有规则用到")
            }
        let kind = kindWord(first.kind)
        guard named.count <= 3 else {
            return say("\(number(named.count)) \(kind)s: \(change)", "\(kind) \(number(named.count)) 个:\(change)")
        }
        return "\(kind) \(say.list(named.map(\.id))): \(change)"
    }

    private func mark(_ kind: RuleSetDifference.Kind) -> String {
        switch kind {
        case .added: "+"
        case .removed: "-"
        case .changed: "~"
        case .affected: "!"
        }
    }

    private var totals: String {
        let kinds = Dictionary(grouping: plan.difference.rules, by: \.kind).mapValues(\.count)
        let (adds, changes, removes) = (kinds[.added] ?? 0, kinds[.changed] ?? 0, kinds[.removed] ?? 0)
        let perDay = "\(number(daily(plan.before.messages))) → \(number(daily(plan.after.messages)))"
        return say(
            "\(adds) to add, \(changes) to change, \(removes) to remove.   Messages per day: \(plan.isEstimate ? "about " : "")\(perDay).",
            "新增 \(adds) 条,修改 \(changes) 条,删除 \(removes) 条。   每天消息:\(about)\(perDay)。")
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
                    "未来 \(ChangePlan.days) 天短信计费条数:\(segments)。")
            ]
        }
        let yuan = "\(money(before, price)) → \(money(after, price))"
        return [
            say(
                "SMS segments in the next \(ChangePlan.days) days: \(segments), \(yuan) yuan.",
                "未来 \(ChangePlan.days) 天短信计费条数:\(segments),\(yuan) 元。")
        ]
    }

    private var overBudget: [String] {
        plan.overBudget.map { over in
            let (cost, budget) = (Value.money2(over.cost / Settings.fen), Value.money2(over.budget / Settings.fen))
            return say(
                "On \(over.day.text) \(over.channel) would cost \(about)\(cost) yuan, its budget is \(budget): marketing waits for the next day.",
                "\(over.day.text) \(over.channel) 预计花费 \(about)\(cost) 元,预算 \(budget) 元:超出的营销消息等到次日。")
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
                "带\"约\"的数字由 \(number(plan.of)) 名会员中的 \(number(plan.taken)) 名推算(--sample)。")
        ]
    }

    private func display(_ channel: String) -> String {
        switch channel {
        case "sms": say("SMS", "短信")
        case "wechat": say("WeChat", "微信")
        default: channel
        }
    }

    /// `61,204`.
    private func number(_ count: Int) -> String {
        var digits = Array(String(abs(count)))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: index)
            index -= 3
        }
        return (count < 0 ? "-" : "") + String(digits)
    }
}
