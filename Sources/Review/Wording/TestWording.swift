import Engine
import Kit
import Policies
import Rules
import Store

/// Outcomes in words, alike for the expected and the actual one.
struct TestWording {
    var outcome: String
    var channel: String?
    var template: String?
    var coupon: String?
    var task: String?
    var variant: String?
    /// Those besides the coupon and the task above.
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
        until = decision.until.map { Phrases.clock($0, decision.zone) }
        tried = line.tried
        because = line.because.map { ($0.key, $0.value.plain) }
    }

    init(_ expectation: Expectation, zone: Zone) {
        outcome = expectation.outcome
        func text(_ key: String) -> String? { expectation.fields.first { $0.key == key }?.value.text }
        (channel, template, coupon) = (text("channel"), text("template"), text("coupon"))
        (task, variant) = (text("task"), text("variant"))
        let done = expectation.fields.first { $0.key == "effects" }?.value.items ?? []
        effects = done.filter { !isTold($0) }.map { item in { EffectWording.words(item, $0) } }
        until = expectation.until.map { Phrases.clock($0, zone) }
        let items = expectation.fields.first { $0.key == "tried" }?.value.items ?? []
        tried = items.flatMap { $0.entries ?? [] }.map { ($0.key, $0.value.text ?? "") }
        switch expectation.reason {
        case .code(let key): because = [(key, nil)]
        case .pairs(let entries): because = entries.map { ($0.key, $0.value.text.map(Mask.text)) }
        case nil: break
        }
    }

    /// True for `{coupon: X}` beside `coupon: X`.
    private func isTold(_ effect: YAMLNode) -> Bool {
        guard let entries = effect.entries, entries.count == 1, let text = entries[0].value.text else { return false }
        return entries[0].key == "coupon" && text == coupon
    }

    /// In English the outcome is the word of the file.
    func text(_ say: Phrases) -> String {
        var words = Outcome(rawValue: outcome)?.word(say) ?? outcome
        if let channel { words += say(" by \(channel)", "，渠道 \(channel)") }
        if let template { words += say(", template \(template)", "，模板 \(template)") }
        if let coupon { words += say(", coupon \(coupon)", "，券 \(coupon)") }
        if let task { words += say(", script \(task)", "，话术 \(task)") }
        for effect in effects { words += say(", ", "，") + effect(say) }
        if let variant { words += say(", variant \(variant)", "，版本 \(variant)") }
        if let until { words += say(" until \(until)", "，到 \(until)") }
        if let reason = ReasonWording(say: say, form: .clause).words(because) {
            words += say(", because \(reason)", "，因为\(reason)")
        }
        if !tried.isEmpty {
            let english = tried.map { "\($0.channel): \($0.reason)" }.joined(separator: ", ")
            let chinese = tried.map { "\($0.channel)：\(say.obstacle($0.reason))" }.joined(separator: "，")
            words += say(", after \(english)", "（之前试过 \(chinese)）")
        }
        return words
    }

    static func head(_ line: Decision) -> String {
        "\(Phrases.clock(line.at, line.zone))  \(line.rule)  \(line.member)"
    }
}
