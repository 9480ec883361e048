import Kit

/// The warnings that a rule set as a whole earns on the day of the check: rules that will never be due.
package struct RuleSetAdvice {
    private let set: RuleSet
    private let nodes: RuleNodes
    private let today: LocalDate

    /// - Parameter now: the time of the check, for dates that have passed on the shop's clock.
    package init(_ set: RuleSet, files: [YAMLFile], at now: Instant) {
        self.set = set
        nodes = RuleNodes(files)
        today = set.settings.zone.date(of: now)
    }

    /// For the rules that may run.
    package var findings: [Diagnostic] {
        self.set.rules.filter { $0.status != .retired }.flatMap { rule in
            [passed(rule), hearsItself(rule)].compactMap { $0 }
        }
    }

    private func passed(_ rule: Rule) -> Diagnostic? {
        guard case .schedule(.once(let date), _) = rule.trigger, date < today,
            let place = nodes[rule]?["when"]?["schedule"]?["on"]
        else { return nil }
        return nodes.warning(
            "R252", "the rule was due on \(date.text), and never will be again", at: place, of: rule,
            help: ["write the date of this year, or  status: retired"])
    }

    /// A rule is due by an event that nobody but itself raises, so it never begins.
    private func hearsItself(_ rule: Rule) -> Diagnostic? {
        guard case .event(let event) = rule.trigger, let filter = event.filter,
            let place = nodes[rule]?["when"]?["event"]?["where"], raises(rule, event.name, filter)
        else { return nil }
        return nodes.warning(
            "R254", "the rule waits for a `\(event.name)` that only the rule itself raises, so it never begins",
            at: place,
            of: rule, help: ["name the rule whose message or coupon it follows"])
    }

    private func raises(_ rule: Rule, _ event: String, _ filter: EventFilter) -> Bool {
        filter.tests.contains { key in
            let names = key.tests.flatMap(\.namedTexts)
            switch (event, key.key) {
            case (_, "rule"): return names == [rule.id]
            case ("coupon.given", "template"):
                let givers = set.rules.filter { giver in
                    giver.status != .retired && giver.givenCoupons.contains { names.contains($0.template) }
                }
                return !names.isEmpty && givers.map(\.id) == [rule.id]
            default: return false
            }
        }
    }
}

/// Where a rule of a set is written.
struct RuleNodes {
    private var nodes: [String: (node: YAMLNode, path: [String])] = [:]

    init(_ files: [YAMLFile]) {
        for file in files {
            for (index, node) in (file.root?["rules"]?.items ?? []).enumerated() {
                if let id = node["id"]?.text, nodes[id] == nil { nodes[id] = (node, ["rules", "\(index)"]) }
            }
        }
    }

    subscript(rule: Rule) -> YAMLNode? { nodes[rule.id]?.node }

    func warning(_ code: String, _ message: String, at place: YAMLNode, of rule: Rule, help: [String]) -> Diagnostic {
        let path = nodes[rule.id].map { $0.path + $0.node.path(to: place.span) } ?? []
        return Diagnostic(code, .warning, message, at: place.span, help: help, rule: rule.id, path: path)
    }
}

extension Comparison {
    /// The words that the comparison names as a whole.
    var namedTexts: [String] {
        switch operand {
        case .values(let values): values.compactMap { if case .text(let text) = $0 { text } else { nil } }
        case .item(let text): [text]
        case .anyItem(let texts), .everyItem(let texts): texts
        default: []
        }
    }
}
