import Engine
import Kit
import Policies
import Rules
import Store

extension ExplainReport {
    /// One object, versioned. Words are in the language asked for; keys and outcomes are the same in both.
    package var json: String {
        JSONText.object([
            "version": .int(1), "acts": .bool(acts), "rules_version": version.json,
            "decided": .list(decided.map(json)), "explanations": .list(explanations.map { json($0) }),
        ]).rendered
    }

    private func json(_ explanation: Explanation, message: DeliveryState? = nil) -> JSONText {
        let rule = explanation.plan.rule
        let words = OutcomeWording(say: say, rule: rule, zone: explanation.zone)
        func text(_ value: String?) -> JSONText { value.map { .text($0) } ?? .null }
        return .object([
            "rule": .text(rule.id), "member": .text(explanation.member),
            "at": .text(explanation.zone.rfc3339(explanation.at)), "zone": .text(explanation.zone.name),
            "file": .text(rule.origin.file), "line": .int(rule.origin.line),
            "outcome": .text(explanation.outcome.rawValue),
            "verdict": .text(words.verdict(explanation, message: message)),
            "decision": explanation.line.map(ExplainReport.json) ?? .null,
            "rows": .list(
                rows(explanation).map { row in
                    .object([
                        "gate": .text(row.key), "words": .text(row.words.trimmingPrefix("  ").description),
                        "mark": .text(row.mark.rawValue), "read": .text(row.detail),
                        "line": row.line.map { .int($0) } ?? .null, "file": row.file.map { .text($0) } ?? .null,
                    ])
                }),
            "not_read": .list(unread(explanation).map { .text($0.key) }),
            "nearest": text(nearest(explanation, words)),
        ])
    }

    /// A decision on record, with its explanation from the values of the time, or why there is none.
    private func json(_ past: Recollection) -> JSONText {
        guard case .object(let members) = ExplainReport.json(past.decision) else { return .null }
        let (explanation, missing): (JSONText, JSONText) =
            switch past.basis {
            case .explained(let explanation): (json(explanation, message: past.decision.message), .null)
            case .removed: (.null, "removed")
            case .neverKept: (.null, "never_kept")
            case .unreadable: (.null, "rules_unreadable")
            }
        return .object(
            members + [
                .init("nearest", .bool(past.isNearest)), .init("explanation", explanation),
                .init("values_missing", missing),
            ])
    }

    static func json(_ decision: PastDecision) -> JSONText {
        .object([
            "occasion": .text(decision.occasion), "due": .text(decision.due.utcText), "at": .text(decision.at.utcText),
            "outcome": .text(decision.outcome.rawValue),
            "because": decision.because.isEmpty
                ? .null
                : .object(decision.because.map { JSONText.Member($0.key, .text(ShownValues.masked($0.value))) }),
            "until": decision.until.map { .text($0.utcText) } ?? .null,
            "message": decision.message.map { .text($0.rawValue) } ?? .null,
            "rules_version": .int(decision.rulesVersion), "shadow": .bool(decision.isShadow),
        ])
    }

    /// A line as printed everywhere, and with the name of the member masked where it decided.
    static func json(_ line: Decision) -> JSONText {
        var line = line
        if case .condition(let field, let actual?) = line.because {
            let values = ShownValues(zone: line.zone)
            let shown = values.masked(values.text(actual), field)
            if shown != values.text(actual) { line.because = .condition(field, actual: .text(shown)) }
        }
        return line.json
    }
}
