import Engine
import Kit
import Policies
import Rules
import Store

/// The history of a rule and a member, one line each, and where the member stands at the end.
package struct HistoryReport {
    private let lines: [HistoryLine]
    private let rule: Rule
    private let zone: Zone
    private let version: RulesVersion
    private let say: Phrases

    /// - Parameter version: of `rule`; no line number is shown for a decision of another version.
    package init(
        _ lines: [HistoryLine], rule: Rule, zone: Zone, version: RulesVersion = .none, language: Language
    ) {
        self.version = version
        self.lines = lines
        self.rule = rule
        self.zone = zone
        say = Phrases(language: language)
    }

    /// Whether any line is a final outcome that acted.
    package var acts: Bool { lines.contains { row($0).outcome.acts } }

    package var text: String {
        let table = lines.map { line in
            let row = row(line)
            let word = message(of: line)?.standing.word(say) ?? row.outcome.word(say)
            return (clock: Phrases.clock(line.at, zone), row: (word: word, words: row.words, line: row.line))
        }
        let clocks = table.map(\.clock.count).max() ?? 0
        let words = max(58, (table.map { $0.row.line == nil ? 0 : Columns.width($0.row.words) }.max() ?? 0) + 2)
        return table.map { clock, row in
            let start = "  " + Columns.padded(clock, clocks + 2) + Columns.padded(row.word, 11)
            guard let number = row.line else { return start + row.words }
            return start + Columns.padded(row.words, words) + ":\(number)"
        }.joined(separator: "\n")
    }

    package var json: String {
        JSONText.object([
            "version": .int(1), "acts": .bool(acts),
            "lines": .list(
                lines.map { line in
                    let row = row(line)
                    return .object([
                        "at": .text(zone.rfc3339(line.at)), "outcome": .text(row.outcome.rawValue),
                        "words": .text(row.words), "line": row.line.map { .int($0) } ?? .null,
                        "decision": decision(line),
                    ])
                }),
        ]).rendered
    }

    /// How the message stands that was decided to be sent; nil for anything else.
    private func message(of line: HistoryLine) -> DeliveryState? {
        guard case .recorded(let decision) = line.event, decision.outcome == .sent else { return nil }
        return decision.message
    }

    private func decision(_ line: HistoryLine) -> JSONText {
        switch line.event {
        case .decided(let decision, _): ExplainReport.json(decision)
        case .recorded(let decision): ExplainReport.json(decision)
        case .waiting, .now: .null
        }
    }

    private func row(_ line: HistoryLine) -> (outcome: Outcome, words: String, line: Int?) {
        let outcomes = OutcomeWording(say: say, rule: rule, zone: zone)
        let triggers = TriggerWording(say: say, rule: rule)
        switch line.event {
        case .waiting(let occurrence, let cause):
            let due = Phrases.clock(occurrence.due, zone)
            return (.waiting, triggers.start(occurrence, cause) + say(", due \(due)", "，到时 \(due)"), place(nil))
        case .decided(let decision, let ending):
            return (
                decision.outcome, outcomes.detail(decision, ending), place(decision.because, of: decision.outcome)
            )
        case .recorded(let decision):
            var words = outcomes.detail(decision) + outcomes.standing(message(of: line))
            words += say(" (rules version \(decision.rulesVersion))", "（规则版本 \(decision.rulesVersion)）")
            let line =
                version.isInForce(decision.rulesVersion)
                ? place(decision.reason, of: decision.outcome) : nil
            return (decision.outcome, words, line)
        case .now(let standing):
            let outcome: Outcome =
                switch standing.state {
                case .waiting: .waiting
                case .held: .held
                default: .notDue
                }
            return (outcome, triggers.words(standing, zone), nil)
        }
    }

    /// The line of the rule's key that decided.
    private func place(_ reason: Reason?, of outcome: Outcome = .waiting) -> Int? {
        let body = outcome == .waiting ? "when" : rule.bodyKey
        return (reason.map { $0.key(body: body) } ?? body).flatMap { rule.origin.keyLines[$0] }
    }
}

extension Rule {
    /// The key that holds its actions.
    var bodyKey: String { origin.keyLines["do"] == nil ? "experiment" : "do" }
}
