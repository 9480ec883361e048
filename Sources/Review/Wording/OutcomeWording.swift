import Engine
import Kit
import Policies
import Rules
import Store

/// The outcome of an occurrence, its reason, and what would have changed it, in words.
struct OutcomeWording {
    let say: Phrases
    let rule: Rule
    let zone: Zone
    var values: ShownValues { ShownValues(zone: zone) }

    // MARK: the verdict

    /// `NOT SENT: a condition does not hold`.
    ///
    /// - Parameter message: how the message of a decision on record stands; nil says what the decision was.
    func verdict(_ explanation: Explanation, message: DeliveryState? = nil) -> String {
        if let since = explanation.liveSince?.adding(micros: 1) {
            let at = Phrases.clock(since, zone)
            return head(.notDue) + say(": the rule went live at \(at), after this was due", "：规则 \(at) 才上线，这次在那之前")
        }
        guard let line = explanation.line else {
            let standing = explanation.standing.map { TriggerWording(say: say, rule: rule).words($0, zone) }
            return head(explanation.outcome) + (standing.map { say(": ", "：") + $0 } ?? "")
        }
        switch line.outcome {
        case .sent, .taskCreated, .done:
            return head(line.outcome, message) + say(": ", "：") + (explanation.path.map { actions($0, line) } ?? "")
                + standing(message)
        case .notDue where explanation.isPassedOver:
            return head(.notDue) + say(": the draw took others", "：这次抽到了别人")
        case .notDue:
            return head(.notDue) + say(": not in the audience of this occasion", "：不在这次的人群里")
        default:
            return head(line.outcome) + say(": ", "：") + reason(line, explanation.ending)
        }
    }

    /// The verdict on record in the live store.
    func verdict(_ decision: PastDecision) -> String {
        var words = detail(decision)
        if decision.isShadow { words += say(" (shadow, nothing went out)", "（影子模式，没有发出）") }
        return head(decision.outcome, decision.message) + (words.isEmpty ? "" : say(": ", "：") + words)
            + standing(decision.message)
    }

    /// Only what a provider took was sent, whatever was decided.
    private func head(_ outcome: Outcome, _ message: DeliveryState?) -> String {
        guard outcome == .sent, let standing = message?.standing else { return head(outcome) }
        return say(standing.word(Phrases(language: .english)).uppercased(), standing.word(say))
    }

    /// `; its message: expired`, where that is more than `sent`.
    func standing(_ message: DeliveryState?) -> String {
        guard let message, ![.accepted, .delivered].contains(message) else { return "" }
        let word = StoredWords.state(message.rawValue, say.language)
        return say("; its message: \(word)", "；消息：\(word)")
    }

    private func head(_ outcome: Outcome) -> String { outcome.headline(say, sends: !RulePlan.sends(of: rule).isEmpty) }

    // MARK: reasons

    func reason(_ line: Decision, _ ending: EventMark?) -> String {
        guard let because = line.because else { return "" }
        return reasons(ending).words(because, in: zone) + (line.until.map(until) ?? "")
    }

    private func reasons(_ ending: EventMark?) -> ReasonWording {
        ReasonWording(say: say, form: .sentence, ending: ending, trigger: rule.trigger, zone: zone)
    }

    private func until(_ release: Instant) -> String {
        say(", until \(Phrases.clock(release, zone))", "，到 \(Phrases.clock(release, zone)) 再判断")
    }

    /// The words behind the outcome of a history line.
    func detail(_ decision: PastDecision) -> String {
        guard decision.because.isEmpty else {
            let actual = decision.because.first { $0.key == "actual" }?.value
            let because = decision.because.map { (key: $0.key, value: Optional($0.value)) }
            let words = (reasons(decision.ending).words(because) ?? "") + (decision.until.map(until) ?? "")
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

    private func points(_ amount: AdjustPoints.Amount) -> String {
        switch amount {
        case .fixed(let points): say("\(points) points", "积分 \(points)")
        case .each(let field, let times):
            say("points of \(field.name) times \(times.text)", "积分 \(field.name) × \(times.text)")
        }
    }

    /// `coupon BDAY-30OFF, then sms to 138****0005`.
    func actions(_ path: Verdict.Path, _ line: Decision) -> String {
        let words: [String] = path.actions.compactMap { action in
            switch action {
            case .giveCoupon(let give): say("coupon \(give.template)", "发券 \(give.template)")
            case .send: line.message.map(message) ?? path.entry?.channel
            case .createTask(let task): say("task \(task.script ?? task.title)", "任务 \(task.script ?? task.title)")
            case .addTag(let tag): say("tag \(tag)", "打标签 \(tag)")
            case .removeTag(let tag): say("tag \(tag) away", "移除标签 \(tag)")
            case .adjustPoints(let adjust): points(adjust.add)
            case .recommend, .choose: nil
            }
        }
        let variant = path.variant.map { say(" (variant \($0))", "（版本 \($0)）") } ?? ""
        return words.joined(separator: say(", then ", "，再 ")) + variant
    }
}

/// What an operator may call a message that was decided.
enum MessageStanding {
    case owed, sent, unclear, notSent

    func word(_ say: Phrases) -> String {
        switch self {
        case .owed: say("to be sent", "待发")
        case .sent: Outcome.sent.word(say)
        case .unclear: say("unclear", "结果不明")
        case .notSent: say("not sent", "没有发送")
        }
    }
}

extension DeliveryState {
    var standing: MessageStanding {
        switch self {
        case .pending, .claimed, .sending, .retryWait: .owed
        case .accepted, .delivered, .undelivered: .sent
        case .unknown, .unknownClosed: .unclear
        case .rejected, .dead, .expired, .cancelled, .suppressed: .notSent
        }
    }
}

extension Outcome {
    /// The word in a list of outcomes.
    func word(_ say: Phrases) -> String {
        guard say.language == .chinese else { return rawValue.replacing("_", with: " ") }
        return switch self {
        case .sent: "已发送"
        case .taskCreated: "已派任务"
        case .done: "已完成"
        case .waiting: "等待中"
        case .held: "暂缓"
        case .skipped: "跳过"
        case .cancelled: "已取消"
        case .suppressed: "不发"
        case .heldOut: "对照组"
        case .missed: "错过"
        case .failed: "失败"
        case .notDue: "未到时间"
        }
    }

    /// The headline of an explanation.
    func headline(_ say: Phrases, sends: Bool) -> String {
        switch self {
        case .skipped, .suppressed: sends ? say("NOT SENT", "没有发送") : say("NOT DONE", "没有执行")
        case .heldOut: say("HELD OUT", "对照组，没有发送")
        default: say(word(Phrases(language: .english)).uppercased(), word(say))
        }
    }
}
