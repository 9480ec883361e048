import Kit
import Policies
import Rules
import Store

/// One entry of a plan for people: a rule, or something else that changed.
struct PlanBlock {
    struct Row {
        var key: String
        var words: String
        /// The lines of a text that was edited, as a diff marks them.
        var lines: [String] = []
    }
    /// `+`, `~`, `-`, or `!` for a rule that is the same and still acts otherwise.
    var mark: String
    var name: String
    /// File and line of an edited rule.
    var place: String?
    var words: String?
    var rows: [Row] = []
}

/// A `ChangePlan` in words (qa-tools §2.2), for `PlanText` and `PlanMarkdown`.
struct PlanWording {
    let plan: ChangePlan
    let say: Phrases
    var about: String { plan.isEstimate ? say("about ", "约 ") : "" }

    init(_ plan: ChangePlan, language: Language) {
        self.plan = plan
        say = Phrases(language: language)
    }

    var isEmpty: Bool { plan.isEmpty }

    var head: String {
        guard let base = plan.base else {
            return say("against no live rules: this set would be version 1", "目前没有生效的规则：这套规则将是第 1 版")
        }
        let at = Phrases.clock(Instant(seconds: base.loadedAt.wholeSeconds / 60 * 60), plan.zone)
        let hash = base.hash.prefix(4)
        return say(
            "against live rules version \(base.version) (loaded \(at), hash \(hash)…)",
            "对照生效中的规则第 \(base.version) 版（\(at) 载入，指纹 \(hash)…）")
    }

    var noChange: String { say("no change.", "没有变化。") }

    // MARK: rules

    /// Rules, then settings, then what no rule names. A text that several rules send is shown with the first.
    var blocks: [PlanBlock] {
        var shown: Set<RuleSetDifference.NamedChange> = []
        return plan.difference.rules.map { block($0, &shown) } + others
    }

    private func block(
        _ change: RuleSetDifference.RuleChange, _ shown: inout Set<RuleSetDifference.NamedChange>
    ) -> PlanBlock {
        let effect = plan.effects[change.id] ?? ChangePlan.Effect()
        var block = PlanBlock(mark: mark(change.kind), name: change.id)
        switch change.kind {
        case .changed:
            block.place = "\(change.file):\(change.line)"
            block.rows = change.differences.map(row)
            for named in change.named {
                block.rows += [Row(key: title(of: named), words: version(of: named, effect))] + edits(named, &shown)
            }
            block.rows += consequences(change, effect)
        case .added:
            block.words = added(change, effect)
            block.rows = consequences(change, effect).filter { $0.key != forecastKey }
        case .removed:
            block.words = removed(effect)
            block.rows = owed(change, effect)
        case .affected:
            let named = change.named.map { "\(title(of: $0)) \(version(of: $0, effect))" }
            let cause = named.isEmpty ? say("what it sends is not the same", "发送的内容有变") : named.joined(separator: ", ")
            block.words = say("rule unchanged, but ", "规则未变，但 ") + cause
            block.rows = change.named.flatMap { edits($0, &shown) } + consequences(change, effect)
        }
        return block
    }

    typealias Row = PlanBlock.Row

    func row(_ difference: RuleFacets.Difference) -> Row {
        Row(key: difference.key, words: words(difference))
    }

    func words(_ difference: RuleFacets.Difference) -> String {
        switch (difference.before, difference.after) {
        case (let before?, let after?): "\(before) → \(after)"
        case (nil, let after?): say("new: \(after)", "新增：\(after)")
        case (let before?, nil): say("removed, was \(before)", "删除，原为 \(before)")
        case (nil, nil): ""
        }
    }

    private func title(of named: RuleSetDifference.NamedChange) -> String { "\(kindWord(named.kind)) \(named.id)" }

    private func version(of named: RuleSetDifference.NamedChange, _ effect: ChangePlan.Effect) -> String {
        guard named.kind == "template", let template = effect.templates.first(where: { $0.id == named.id }) else {
            return say("changed", "有变化")
        }
        return "v\(template.before) → v\(template.after)"
    }

    /// The most lines of an edited text that are shown; a mail may have thousands.
    private static let mostLines = 40

    /// What was edited in a template or another object, once.
    private func edits(
        _ named: RuleSetDifference.NamedChange, _ shown: inout Set<RuleSetDifference.NamedChange>
    ) -> [Row] {
        guard let edits = plan.difference.edits[named], shown.insert(named).inserted else { return [] }
        let texts = edits.texts.map { text in
            let more = text.lines.count - PlanWording.mostLines
            let rest = more > 0 ? [say("  … and \(more) more lines", "  …… 另有 \(more) 行")] : []
            return Row(
                key: "\(named.id) \(text.key)", words: "", lines: text.lines.prefix(PlanWording.mostLines) + rest)
        }
        return edits.differences.map { Row(key: "\(named.id) \($0.key)", words: words($0)) } + texts
    }

    func kindWord(_ kind: String) -> String {
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
            rows.append(
                Row(key: say("last \(ChangePlan.days) days replayed", "重演过去 \(ChangePlan.days) 天"), words: words))
        }
        if let forecast = effect.forecast, let words = acts(forecast) {
            rows.append(Row(key: forecastKey, words: words))
        }
        if let waiting = effect.waiting { rows.append(Row(key: say("waiting", "等待中"), words: words(waiting))) }
        if let row = catchUp(effect) { rows.append(row) }
        rows += owed(change, effect)
        if !effect.shadow.isEmpty {
            rows.append(
                Row(
                    key: say("in shadow, last \(ChangePlan.days) days", "影子运行，过去 \(ChangePlan.days) 天"),
                    words: say.list(counts(effect.shadow))))
        }
        if let blast = effect.blast {
            let release = "nudged release --rule \(change.id)"
            rows.append(
                Row(
                    key: say("blast guard", "群发保护"),
                    words: say(
                        "holds it on \(blast.day.text): \(blast.reason); \(release)",
                        "\(blast.day.text) 会被拦下：\(MessageCatalogue.translate(blast.reason, into: .chinese))；放行：\(release)"
                    )))
        }
        return rows
    }

    private func counts(_ outcomes: [String: Int]) -> [String] {
        outcomes.sorted { $0.key < $1.key }.map { outcome, count in
            "\(number(count)) \(Outcome(rawValue: outcome).map { $0.word(say) } ?? outcome)"
        }
    }

    /// What fell due while the rule was paused, as it is decided when it runs again.
    private func catchUp(_ effect: ChangePlan.Effect) -> Row? {
        guard let outcomes = effect.catchUp else { return nil }
        let key = say("catches up", "恢复后补做")
        guard !outcomes.isEmpty else {
            return Row(key: key, words: say("nothing fell due in the pause", "暂停期间没有到时的"))
        }
        return Row(
            key: key,
            words: about
                + say(
                    "\(say.list(counts(outcomes))), of what fell due in the pause",
                    "\(say.list(counts(outcomes)))（暂停期间到时的）"))
    }

    private func qualification(_ effect: ChangePlan.Effect) -> Row? {
        guard let counts = effect.qualification else { return nil }
        let key = say("people who qualify", "符合条件的人")
        switch (counts.before, counts.after) {
        case (let before?, let after?):
            guard before != after || counts.joined > 0 else {
                return Row(key: key, words: number(after) + say(", the same", "，不变"))
            }
            return Row(
                key: key,
                words: "\(number(before)) → \(number(after))   (+\(number(counts.joined))  −\(number(counts.left)))")
        case (nil, let after?): return Row(key: key, words: number(after))
        default: return nil
        }
    }

    private func firstDay(_ effect: ChangePlan.Effect) -> Row? {
        let key = say("first day", "第一天")
        guard let (people, how) = effect.existing else { return nil }
        let noun = self.noun(effect.forecast?.after)
        switch how {
        case .all: return Row(key: key, words: "\(about)\(number(people)) \(noun) (existing_members: all)")
        case .drip(let count, let every):
            let rounds = (people + count - 1) / max(count, 1)
            guard every == Span(1, .days) else {
                return Row(
                    key: key,
                    words: say(
                        "\(number(min(count, people))) \(noun) every \(every.text), \(rounds) times (existing_members: drip)",
                        "每 \(every.text) \(number(min(count, people))) \(noun)，共 \(rounds) 次（existing_members: drip）")
                )
            }
            return Row(
                key: key,
                words: say(
                    "\(number(min(count, people))) \(noun) a day for \(about)\(rounds) \(rounds == 1 ? "day" : "days") (existing_members: drip)",
                    "每天 \(number(min(count, people))) \(noun)，共 \(about)\(rounds) 天（existing_members: drip）")
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
        var words = say("first \(at), \(people)", "首次 \(at)，\(people)")
        if !channels.isEmpty { words += say(", ", "，") + about + say.sum(channels) }
        if tally.tasks > 0 { words += say(", \(number(tally.tasks)) tasks", "，\(number(tally.tasks)) 个任务") }
        return words
    }

    private func removed(_ effect: ChangePlan.Effect) -> String {
        guard let waiting = effect.waiting else { return say("nobody is waiting in it", "没有人在等待") }
        return waiting.released == 1
            ? say("1 person is waiting in it: released without a message", "有 1 人在等待：将放开，不发消息")
            : say(
                "\(number(waiting.released)) people are waiting in it: released without a message",
                "有 \(number(waiting.released)) 人在等待：将放开，不发消息")
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
                    "\(number(waiting.released)) are released without a message", "\(number(waiting.released)) 人放开，不发消息"
                ))
        }
        if waiting.paused > 0 {
            parts.append(
                say(
                    "\(number(waiting.paused)) stay, and get nothing while it is paused",
                    "\(number(waiting.paused)) 人留在等待中，暂停期间不发"))
        }
        if waiting.shadowed > 0 {
            parts.append(
                say(
                    "\(number(waiting.shadowed)) are decided in shadow and get nothing, also later",
                    "\(number(waiting.shadowed)) 人只在影子中决定，以后也不会收到"))
        }
        return say.list(parts)
    }

    /// Messages decided, but not handed over yet.
    private func owed(_ change: RuleSetDifference.RuleChange, _ effect: ChangePlan.Effect) -> [Row] {
        guard effect.owed > 0 else { return [] }
        let owed = number(effect.owed)
        let words =
            if effect.catchUp != nil {
                say("\(owed) messages that waited leave now, unless they are too late", "\(owed) 条等候的消息现在发出，过期的不发")
            } else if effect.waiting?.paused ?? 0 > 0 || isPaused(change) {
                say("\(owed) messages wait until it runs again or are too late", "\(owed) 条消息等到恢复后再发，过期则不发")
            } else {
                say("\(owed) messages are cancelled", "\(owed) 条消息取消")
            }
        return [Row(key: say("on their way", "待发送"), words: words)]
    }

    private func isPaused(_ change: RuleSetDifference.RuleChange) -> Bool {
        change.differences.contains { $0.key == "status" && $0.after == Rule.Status.paused.rawValue }
    }
}
