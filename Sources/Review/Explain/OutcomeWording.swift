import Kit
import Policies
import Rules
import Store

/// What came of an occurrence, why, and what would have changed it, in words.
struct OutcomeWording {
    let say: Phrases
    let rule: Rule
    let zone: Zone
    var values: ShownValues { ShownValues(zone: zone) }

    // MARK: the verdict

    /// `NOT SENT: a condition does not hold`.
    func verdict(_ explanation: Explanation) -> String {
        if let since = explanation.liveSince?.adding(micros: 1) {
            let at = TestWording.clock(since, zone)
            return head(.notDue) + say(": the rule went live at \(at), after this was due", ":规则 \(at) 才上线,这次在那之前")
        }
        guard let line = explanation.line else {
            let standing = explanation.standing.map { TriggerWording(say: say, rule: rule).words($0, zone) }
            return head(explanation.outcome) + (standing.map { say(": ", ":") + $0 } ?? "")
        }
        switch line.outcome {
        case .sent, .taskCreated, .done:
            return head(line.outcome) + say(": ", ":") + (explanation.path.map { actions($0, line) } ?? "")
        case .notDue where explanation.isPassedOver:
            return head(.notDue) + say(": the draw took others", ":这次抽到了别人")
        case .notDue:
            return head(.notDue) + say(": not in the audience of this occasion", ":不在这次的人群里")
        default:
            return head(line.outcome) + say(": ", ":") + reason(line, explanation.ending)
        }
    }

    /// As recorded in the live store.
    func verdict(_ decision: PastDecision) -> String {
        var words = detail(decision)
        if decision.isShadow { words += say(" (shadow, nothing went out)", "(影子模式,没有发出)") }
        return head(decision.outcome) + (words.isEmpty ? "" : say(": ", ":") + words)
    }

    private func head(_ outcome: Outcome) -> String {
        let sends = !RulePlan.sends(of: rule).isEmpty
        switch outcome {
        case .sent: return say("SENT", "已发送")
        case .taskCreated: return say("TASK CREATED", "已派任务")
        case .done: return say("DONE", "已完成")
        case .waiting: return say("WAITING", "等待中")
        case .held: return say("HELD", "暂缓")
        case .skipped: return sends ? say("NOT SENT", "没有发送") : say("NOT DONE", "没有执行")
        case .suppressed: return sends ? say("NOT SENT", "没有发送") : say("NOT DONE", "没有执行")
        case .cancelled: return say("CANCELLED", "已取消")
        case .heldOut: return say("HELD OUT", "对照组,没有发送")
        case .missed: return say("MISSED", "错过")
        case .failed: return say("FAILED", "失败")
        case .notDue: return say("NOT DUE", "未到时间")
        }
    }

    // MARK: reasons

    func reason(_ line: Decision, _ ending: EventMark?) -> String {
        guard let because = line.because else { return "" }
        return reason(because.pairs(in: zone).map { ($0.key, $0.value.plain) }, ending)
            + (line.until.map(until) ?? "")
    }

    private func until(_ release: Instant) -> String {
        say(", until \(TestWording.clock(release, zone))", ",到 \(TestWording.clock(release, zone)) 再判断")
    }

    /// By the code key of the closed list and its value.
    func reason(_ pairs: [(key: String, value: String)], _ ending: EventMark?) -> String {
        guard let (key, value) = pairs.first else { return "" }
        switch key {
        case "condition", "history": return say("a condition does not hold", "有条件不成立")
        case "audience":
            return value == "in"
                ? say("the member is in none of the segments", "会员不在任何指定人群里")
                : say("the member is in an excluded segment", "会员在排除的人群里")
        case "choose": return say("no branch of `choose` holds", "`choose` 没有一个分支成立")
        case "personalisation":
            return say("the member's personalisation is \(value)", "会员的个性化设置是 \(value)")
        case "unreachable": return say("no channel is usable", "没有可用的渠道") + " (\(obstacle(value)))"
        case "quiet_hours": return say("quiet hours", "免打扰时段")
        case "limit":
            return value == "once_per"
                ? say("it acted for this member before", "对这位会员已经执行过") : say("the rule's limit is reached", "规则的次数已满")
        case "cap":
            let parts = value.split(separator: " ").map(String.init)
            return say(
                "the cap of \(value) is reached",
                "频次上限(\(say.span(parts.last ?? ""))内 \(parts.first ?? "") 条)已满")
        case "holdout": return say("the member is in the holdout \(value)", "会员在对照组 \(value)")
        case "coupon_stock": return say("no code of \(value) is left", "券 \(value) 没有库存")
        case "template": return say("the text has no \(value)", "文案缺少 \(value)")
        case "field": return say("\(value) cannot be read for this member", "读不出这位会员的 \(value)")
        case "recommend": return say("there is nothing to recommend", "没有可推荐的商品")
        case "unless", "anchor":
            let ref = ending?.ref.map { " \($0)" } ?? ""
            return say("\(value)\(ref) arrived", "发生了 \(value)\(ref)")
        case "superseded": return superseded(by: value)
        case "message":
            return say("the message that it follows never left (\(value))", "它跟进的那条消息没有发出(\(value))")
        case "passed": return say("\(value) has passed", "\(value) 已过")
        case "late": return say("the daemon was \(value) late", "系统晚了 \(say.span(value))")
        default: return "\(key) \(value)"
        }
    }

    /// By what began the wait anew, which its occasion names.
    private func superseded(by occasion: String) -> String {
        let at = occasion.split(separator: "@").last.flatMap { TimePoint(text: String($0)) }.map {
            TestWording.clock($0.instant(in: zone), zone)
        }
        guard let at else { return say("\(occasion) takes its place", "由 \(occasion) 取代") }
        switch rule.trigger {
        case .cartIdle: return say("the cart was touched again at \(at)", "购物车在 \(at) 又有改动")
        case .browsed: return say("there was another view at \(at)", "在 \(at) 又有浏览")
        case .inactive: return say("the member was active again at \(at)", "会员在 \(at) 又有活动")
        default: return say("another one at \(at) takes its place", "由 \(at) 的另一次取代")
        }
    }

    func obstacle(_ value: String) -> String {
        switch value {
        case Reach.Obstacle.noAddress.rawValue: say("no address", "没有地址")
        case Reach.Obstacle.suppressed.rawValue: say("suppressed", "已列入不发名单")
        case Reach.Obstacle.noConsent.rawValue: say("no consent", "没有授权")
        default: value
        }
    }

    /// Behind the outcome of a history line.
    func detail(_ decision: PastDecision) -> String {
        guard decision.because.isEmpty else {
            let actual = decision.because.first { $0.key == "actual" }?.value
            let words = reason(decision.because, decision.ending) + (decision.until.map(until) ?? "")
            guard let first = decision.because.first, let actual else { return words }
            return words + " (\(first.value): \(values.masked(actual, first.value)))"
        }
        return [decision.channel, decision.template, decision.coupon, decision.task, decision.variant]
            .compactMap(\.self).joined(separator: say(", ", "、"))
    }

    func detail(_ line: Decision, _ ending: EventMark?) -> String {
        guard line.because == nil else {
            let words = reason(line, ending)
            switch line.because {
            case .condition(let field, let actual):
                let shown = actual.map { values.masked(values.text($0), field) } ?? say("missing", "缺失")
                return words + " (\(field): \(shown))"
            case .history(let event, let count): return words + " (\(event): \(say.times(count)))"
            default: return words
            }
        }
        var parts: [String] = []
        if let coupon = line.coupon { parts.append(say("coupon \(coupon)", "券 \(coupon)")) }
        if let message = line.message { parts.append(self.message(message)) }
        if let task = line.task { parts.append(say("task \(task)", "任务 \(task)")) }
        parts += line.untoldEffects.map { EffectWording.words($0, say) }
        if let variant = line.variant { parts.append(say("variant \(variant)", "版本 \(variant)")) }
        return parts.joined(separator: say(", ", "、"))
    }

    private func message(_ message: Decision.Message) -> String {
        guard let address = message.maskedAddress, !(message.address ?? "").isEmpty else { return message.channel }
        return say("\(message.channel) to \(address)", "\(message.channel) 发到 \(address)")
    }

    // MARK: actions

    /// `coupon BDAY-30OFF, then sms to 138****0005`.
    func actions(_ path: Verdict.Path, _ line: Decision) -> String {
        let words: [String] = path.actions.compactMap { action in
            switch action {
            case .giveCoupon(let give): say("coupon \(give.template)", "发券 \(give.template)")
            case .send: line.message.map(message) ?? path.entry?.channel
            case .createTask(let task): say("task \(task.script ?? task.title)", "任务 \(task.script ?? task.title)")
            case .addTag(let tag): say("tag \(tag)", "打标签 \(tag)")
            case .removeTag(let tag): say("tag \(tag) away", "移除标签 \(tag)")
            case .adjustPoints(let adjust): say("\(adjust.add) points", "积分 \(adjust.add)")
            case .recommend, .choose: nil
            }
        }
        let variant = path.variant.map { say(" (variant \($0))", "(版本 \($0))") } ?? ""
        return words.joined(separator: say(", then ", ",再 ")) + variant
    }
}
