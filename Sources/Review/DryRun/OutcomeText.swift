import Kit
import Policies
import Rules

/// Outcomes for people: one line each, below it the text of a message or of a call, and a count at the end.
package struct OutcomeText {
    private let say: Phrases
    private var counts: [String: Int] = [:]

    package init(language: Language = .english) { say = Phrases(language: language) }

    /// The text after the last outcome, or instead of any.
    package var ending: String {
        guard !counts.isEmpty else { return say("nothing is due in this window", "这段时间里什么也没有") }
        let total = counts.values.reduce(0, +)
        let parts = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            .map { key, count in
                say("\(count) \(key)", "\(Outcome(rawValue: key)?.word(in: .chinese) ?? key) \(count)")
            }
        return "\n" + say("\(total) \(total == 1 ? "outcome" : "outcomes"): ", "共 \(total) 个结果：") + say.list(parts)
    }

    /// Counts an outcome and returns its text.
    package mutating func row(_ line: Decision) -> String {
        counts[line.outcome.rawValue, default: 0] += 1
        let head = "\(clock(line.at, line))  \(line.rule)  \(line.member)  \(outcome(line))"
        guard let text = line.message?.maskedText ?? line.maskedScript else { return head }
        return "\(head)\n    \(text)"
    }

    private func clock(_ instant: Instant, _ line: Decision) -> String {
        String(line.zone.rfc3339(instant).prefix(16)).replacing("T", with: " ")
    }

    /// The English outcome is the same word as in test files.
    private func outcome(_ line: Decision) -> String {
        var words = line.outcome.word(in: say.language)
        if let message = line.message {
            words += say(" by \(message.channel)", "，渠道 \(message.channel)")
            if let address = message.maskedAddress { words += say(" to \(address)", "，发到 \(address)") }
            words += say(", template \(message.template)", "，模板 \(message.template)")
        }
        if let coupon = line.coupon { words += say(", coupon \(coupon)", "，券 \(coupon)") }
        for effect in line.untoldEffects { words += say(", ", "，") + EffectWording.words(effect, say) }
        if let task = line.task { words += say(", script \(task)", "，话术 \(task)") }
        if let variant = line.variant { words += say(", variant \(variant)", "，版本 \(variant)") }
        if let until = line.until { words += say(" until \(clock(until, line))", "，到 \(clock(until, line))") }
        words += because(line)
        if !line.tried.isEmpty {
            words += say.tried(line.tried)
        }
        return words
    }

    private func because(_ line: Decision) -> String {
        guard let because = line.because else { return "" }
        let pairs = because.pairs(in: line.zone).map { (key: $0.key, value: $0.value.plain) }
        let english = pairs.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return say(", because \(english)", "，因为" + ReasonWording(say: say, form: .clause).words(because, in: line.zone))
    }
}
