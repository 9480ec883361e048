import Kit

/// R210 for a `history` that asks for none of the rule's own event: the one that starts the rule is counted too.
struct OwnEvent {
    let trigger: Trigger?

    /// - Parameter rule: the block of the rule. Only what must hold in any case is looked at.
    func check(_ rule: YAMLNode, _ findings: inout Findings) {
        guard let (name, isAtOnce) = event, let condition = rule["if"] else { return }
        let blocks = [condition] + (condition["all"]?.items ?? [])
        for item in blocks.flatMap({ $0["history"]?.items ?? [] }) where item["event"]?.text == name {
            // The event may lie before the window where the rule waits, and need not pass a `where`.
            guard item["where"] == nil, isAtOnce || item["within_last"] == nil, let times = item["times"],
                OwnEvent.isNone(times)
            else { continue }
            findings.append([
                Diagnostic(
                    "R210", .warning, "no member can ever meet this test of `times`", at: times.span,
                    label: "the `\(name)` that starts the rule is counted too", help: ["did you mean  times: 1?"],
                    rule: findings.rule, path: findings.path + rule.path(to: times.span))
            ])
        }
    }

    private var event: (name: String, isAtOnce: Bool)? {
        switch trigger {
        case .event(let event): (event.name, event.after.amount == 0 && event.at == nil)
        case .firstPurchase(let days, let at): ("order.paid", days == 0 && at == nil)
        default: nil
        }
    }

    private static func isNone(_ times: YAMLNode) -> Bool {
        if times.text == "0" { return true }
        return (times.entries ?? []).contains {
            ["is", "at_most"].contains($0.key) && $0.value.text == "0" || $0.key == "less_than" && $0.value.text == "1"
        }
    }
}
