import Policies
import Rules

/// Outcomes for people: one line each, the text of a message or of a call below it, and a count at the end.
enum OutcomeText {
    static func render(_ lines: [DecisionLine]) -> String {
        guard !lines.isEmpty else { return "nothing is due in this window" }
        return (lines.map(line) + [summary(lines)]).joined(separator: "\n")
    }

    static func line(_ line: DecisionLine) -> String {
        let clock = line.zone.rfc3339(line.at).prefix(16).replacing("T", with: " ")
        let head = "\(clock)  \(line.rule)  \(line.member)  \(outcome(line))"
        guard let text = line.message?.text ?? line.script else { return head }
        return "\(head)\n    \(text)"
    }

    private static func outcome(_ line: DecisionLine) -> String {
        var words = line.outcome.rawValue
        if let message = line.message {
            words += " by \(message.channel)"
            if let address = message.maskedAddress { words += " to \(address)" }
            words += ", template \(message.template)"
        }
        if let coupon = line.coupon { words += ", coupon \(coupon)" }
        if let task = line.task { words += ", script \(task)" }
        if let variant = line.variant { words += ", variant \(variant)" }
        if let until = line.until { words += " until \(line.zone.rfc3339(until).prefix(16).replacing("T", with: " "))" }
        if let because = line.because {
            words +=
                ", because "
                + because.pairs(in: line.zone).map { "\($0.key) \(plain($0.value))" }.joined(separator: ", ")
        }
        if !line.tried.isEmpty {
            words += " (" + line.tried.map { "\($0.channel): \($0.obstacle.rawValue)" }.joined(separator: ", ") + ")"
        }
        return words
    }

    private static func plain(_ value: JSONText) -> String {
        if case .text(let text) = value { return text }
        return value.rendered
    }

    private static func summary(_ lines: [DecisionLine]) -> String {
        let counts = Dictionary(grouping: lines, by: \.outcome).map { ($0.key.rawValue, $0.value.count) }
            .sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
        return "\n\(lines.count) \(lines.count == 1 ? "outcome" : "outcomes"): "
            + counts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    }
}
