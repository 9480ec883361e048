extension RuleSet {
    /// True where a rule that runs, is watched or rests asks for events of that name: as its trigger, in `unless` or
    /// `history`, or by the SQL of a derived field.
    package func hears(of event: String) -> Bool {
        rules.contains { $0.hears(of: event) } || segments.values.contains { $0.condition.hears(of: event) }
            || fields.contains { $0.sqliteSQL?.contains(event) ?? false }
    }
}

extension Rule {
    fileprivate func hears(of event: String) -> Bool {
        guard [.live, .shadow, .paused].contains(status) else { return false }
        return trigger.listens(to: event, unless: unless.names) || condition?.hears(of: event) ?? false
            || steps.contains { step in
                guard case .choose(let branches, _) = step else { return false }
                return branches.contains { $0.condition.hears(of: event) }
            }
    }
}

extension Condition {
    fileprivate func hears(of event: String) -> Bool {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts): parts.contains { $0.hears(of: event) }
        case .history(let test): test.event == event
        case .field: false
        }
    }
}
