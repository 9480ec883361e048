import Engine
import Kit
import Policies
import Rules
import Store

extension Explainer {
    /// What a cancelled wait would have led to without the event that ended it.
    func without(_ ending: EventMark, _ occurrence: Occurrence, _ db: Session) throws -> NearestChange? {
        var nearest: NearestChange?
        try db.savepoint {
            try records(db).forget(ending)
            let due = occurrence.due
            let found = try scan(Window(after: due.adding(micros: -1), through: due), db)
            if let again = found.first(where: { $0.occurrence.occasion == occurrence.occasion }),
                case .due(let fresh) = again,
                let loaded = try FactsLoader(db: db, query: own.queries[0]).load([fresh], at: due).loaded[0]
            {
                nearest = try NearestChangeSearch(
                    db: db, prepared: own, plan: plan, occurrence: fresh, loaded: loaded, now: due, records: records(db)
                ).trial(.withoutEvent(ending)) { _ in }
            }
            return .takeBack
        }
        return nearest
    }
}

extension PreparedRules {
    func joined(_ other: PreparedRules, in store: MemberStore) throws -> PreparedRules {
        let rules = planned.plans.map(\.rule) + other.planned.plans.map(\.rule)
        return try PreparedRules(planned.with(rules: rules), rulesVersion: 0, in: store)
    }
}

extension Evaluation {
    /// The decision that deciding would give, rolled back.
    func preview(_ item: Item, at now: Instant) throws -> Decision? {
        let occurrence = item.found.occurrence
        var outcomes = Outcomes()
        var until: Instant?
        try db.savepoint {
            outcomes = try decide([item], at: now)
            if !outcomes.held.isEmpty {
                until = try MemberRecords(db, rule: occurrence.rule, member: occurrence.member)
                    .release(of: occurrence.occasion)
            }
            return .takeBack
        }
        if let line = outcomes.lines.first { return line }
        // A release into another quiet window waits on without a line of its own.
        guard let until else { return nil }
        return Decision(held: occurrence, at: now, until: until)
    }
}
