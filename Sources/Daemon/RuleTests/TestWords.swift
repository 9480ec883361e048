import Policies
import Rules
import Store

/// Outcomes in words, the same for what was expected and for what came.
struct TestWords {
    var outcome: String
    var channel: String?
    var template: String?
    var coupon: String?
    var task: String?
    var variant: String?
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
        until = decision.until.map { TestWords.clock($0, decision.zone) }
        tried = line.tried
        because = line.because.map { ($0.key, TestWords.plain($0.value)) }
    }

    init(_ expectation: Expectation, zone: Zone) {
        outcome = expectation.outcome
        func text(_ key: String) -> String? { expectation.fields.first { $0.key == key }?.value.text }
        (channel, template, coupon) = (text("channel"), text("template"), text("coupon"))
        (task, variant) = (text("task"), text("variant"))
        until = expectation.until.map { TestWords.clock($0, zone) }
        let items = expectation.fields.first { $0.key == "tried" }?.value.items ?? []
        tried = items.flatMap { $0.entries ?? [] }.map { ($0.key, $0.value.text ?? "") }
        switch expectation.reason {
        case .code(let key): because = [(key, nil)]
        case .pairs(let entries): because = entries.map { ($0.key, $0.value.text) }
        case nil: break
        }
    }

    var text: String {
        var words = outcome.replacing("_", with: " ")
        if let channel { words += " by \(channel)" }
        if let template { words += ", template \(template)" }
        if let coupon { words += ", coupon \(coupon)" }
        if let task { words += ", script \(task)" }
        if let variant { words += ", variant \(variant)" }
        if let until { words += " until \(until)" }
        if let reason { words += ", because \(reason)" }
        if !tried.isEmpty { words += ", after " + tried.map { "\($0.channel): \($0.reason)" }.joined(separator: ", ") }
        return words
    }

    private var reason: String? {
        guard let (key, value) = because.first else { return nil }
        let actual = because.first { $0.key == "actual" }?.value
        guard let value else { return "of \(key)" }
        switch key {
        case "condition": return actual.map { "\(value) is \($0)" } ?? "of \(value)"
        case "history": return actual.map { "\(value) happened \($0) times" } ?? "of \(value) before"
        case "audience":
            return value == "in" ? "the member is in none of its segments" : "the member is in an excluded segment"
        case "choose": return "no branch of `choose` holds"
        case "personalisation": return "the member's personalisation is \(value)"
        case "unreachable": return "no channel is usable: \(value)"
        case "quiet_hours": return "of quiet hours"
        case "limit": return "the limit \(value) is reached"
        case "cap": return "the cap of \(value) is reached"
        case "holdout": return "the member is in the holdout \(value)"
        case "coupon_stock": return "no code of \(value) is left"
        case "template": return "the text has no \(value)"
        case "recommend": return "there is nothing to recommend"
        case "unless", "anchor": return "\(value) arrived"
        case "superseded": return "\(value) takes its place"
        case "passed": return "\(value) has passed"
        case "late": return "the daemon was \(value) late"
        default: return "\(key) is \(value)"
        }
    }

    private static func plain(_ value: JSONText) -> String {
        if case .text(let text) = value { return text }
        return value.rendered
    }

    /// `2026-03-07 09:30`, with seconds only where there are some.
    static func clock(_ instant: Instant, _ zone: Zone) -> String {
        let text = zone.rfc3339(instant).replacing("T", with: " ")
        let seconds = text.dropFirst(16).prefix { $0 != "+" && $0 != "-" }
        return String(text.prefix(16)) + (seconds == ":00" ? "" : seconds)
    }

    static func head(_ line: DecisionLine) -> String { "\(clock(line.at, line.zone))  \(line.rule)  \(line.member)" }
}
