import Kit
import Policies
import Rules
import Store

/// Outcomes in words, the same for what was expected and for what came.
struct TestWording {
    var outcome: String
    var channel: String?
    var template: String?
    var coupon: String?
    var task: String?
    var variant: String?
    /// Beside the coupon and the task above.
    var effects: [(Phrases) -> String] = []
    var until: String?
    var tried: [(channel: String, reason: String)] = []
    /// Keys and plain values, in order.
    var because: [(key: String, value: String?)] = []

    init(_ line: SimulatedLine) {
        let decision = line.line
        outcome = decision.outcome.rawValue
        channel = decision.message?.channel
        template = decision.message?.template
        (coupon, task, variant) = (decision.coupon, decision.task, decision.variant)
        effects = decision.untoldEffects.map { effect in { EffectWording.words(effect, $0) } }
        until = decision.until.map { TestWording.clock($0, decision.zone) }
        tried = line.tried
        because = line.because.map { ($0.key, $0.value.plain) }
    }

    init(_ expectation: Expectation, zone: Zone) {
        outcome = expectation.outcome
        func text(_ key: String) -> String? { expectation.fields.first { $0.key == key }?.value.text }
        (channel, template, coupon) = (text("channel"), text("template"), text("coupon"))
        (task, variant) = (text("task"), text("variant"))
        let done = expectation.fields.first { $0.key == "effects" }?.value.items ?? []
        effects = done.map { item in { EffectWording.words(item, $0) } }
        until = expectation.until.map { TestWording.clock($0, zone) }
        let items = expectation.fields.first { $0.key == "tried" }?.value.items ?? []
        tried = items.flatMap { $0.entries ?? [] }.map { ($0.key, $0.value.text ?? "") }
        switch expectation.reason {
        case .code(let key): because = [(key, nil)]
        case .pairs(let entries): because = entries.map { ($0.key, $0.value.text) }
        case nil: break
        }
    }

    /// Outcomes stay the words that the file uses.
    func text(_ say: Phrases) -> String {
        var words = outcome.replacing("_", with: " ")
        if let channel { words += say(" by \(channel)", ",渠道 \(channel)") }
        if let template { words += say(", template \(template)", ",模板 \(template)") }
        if let coupon { words += say(", coupon \(coupon)", ",券 \(coupon)") }
        if let task { words += say(", script \(task)", ",话术 \(task)") }
        for effect in effects { words += say(", ", ",") + effect(say) }
        if let variant { words += say(", variant \(variant)", ",版本 \(variant)") }
        if let until { words += say(" until \(until)", ",到 \(until)") }
        if let reason = TestWording.reason(because, say) { words += say(", because \(reason)", ",因为\(reason)") }
        if !tried.isEmpty {
            let entries = tried.map { "\($0.channel): \($0.reason)" }.joined(separator: ", ")
            words += say(", after \(entries)", ",之前试过 \(entries)")
        }
        return words
    }

    /// Keys and plain values in the order of the decision; nil where there are none.
    static func reason(_ because: [(key: String, value: String?)], _ say: Phrases) -> String? {
        guard let (key, value) = because.first else { return nil }
        let actual = because.first { $0.key == "actual" }?.value
        guard let value else { return say("of \(key)", " \(key)") }
        switch key {
        case "condition":
            guard let actual else { return say("of \(value)", " \(value)") }
            return say("\(value) is \(actual)", actual == "missing" ? " \(value) 缺失" : " \(value) 是 \(actual)")
        case "history":
            guard let actual else { return say("of \(value) before", "以前的 \(value)") }
            return say("\(value) happened \(actual) times", " \(value) 发生过 \(actual) 次")
        case "audience":
            return value == "in"
                ? say("the member is in none of its segments", "会员不在任何指定人群里")
                : say("the member is in an excluded segment", "会员在排除的人群里")
        case "choose": return say("no branch of `choose` holds", " `choose` 没有一个分支成立")
        case "personalisation": return say("the member's personalisation is \(value)", "会员的个性化设置是 \(value)")
        case "unreachable": return say("no channel is usable: \(value)", "没有可用的渠道: \(value)")
        case "quiet_hours": return say("of quiet hours", "在免打扰时段")
        case "limit": return say("the limit \(value) is reached", "次数 \(value) 已满")
        case "cap": return say("the cap of \(value) is reached", "频次上限 \(value) 已满")
        case "holdout": return say("the member is in the holdout \(value)", "会员在对照组 \(value)")
        case "coupon_stock": return say("no code of \(value) is left", "券 \(value) 没有库存")
        case "template": return say("the text has no \(value)", "文案缺少 \(value)")
        case "field": return say("\(value) cannot be read for this member", "读不出这位会员的 \(value)")
        case "recommend": return say("there is nothing to recommend", "没有可推荐的商品")
        case "unless", "anchor": return say("\(value) arrived", "发生了 \(value)")
        case "superseded": return say("\(value) takes its place", "由 \(value) 取代")
        case "message": return say("the message that it follows never left (\(value))", "它跟进的那条消息没有发出(\(value))")
        case "passed": return say("\(value) has passed", " \(value) 已过")
        case "late": return say("the daemon was \(value) late", "系统晚了 \(value)")
        default: return say("\(key) is \(value)", " \(key) 是 \(value)")
        }
    }

    /// `2026-03-07 09:30`, with seconds only where there are some.
    static func clock(_ instant: Instant, _ zone: Zone) -> String {
        let text = zone.rfc3339(instant).replacing("T", with: " ")
        let seconds = text.dropFirst(16).prefix { $0 != "+" && $0 != "-" }
        return String(text.prefix(16)) + (seconds == ":00" ? "" : seconds)
    }

    static func head(_ line: Decision) -> String { "\(clock(line.at, line.zone))  \(line.rule)  \(line.member)" }
}
