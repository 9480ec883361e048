import Rules

/// What makes a rule the same rule to those who wait in it, whatever else was edited: hashed into the store when it goes
/// live, and compared when its text changes.
extension Rule {
    /// A rule with another one starts anew.
    package var triggerHash: String { Chance.fingerprint("\(trigger)") }

    /// Whom the rule reaches among those its trigger finds: `if`, `audience` with its segments, `existing_members`.
    package func reachHash(in set: RuleSet) -> String {
        let segments = ((audience?.inSegments ?? []) + ["!"] + (audience?.notInSegments ?? []))
            .map { "\($0) \(set.segments[$0]?.condition.shape ?? "")" }
        return Chance.fingerprint("\(condition?.shape ?? "") \(segments) \(String(describing: existingMembers))")
    }
}

extension Condition {
    /// The tree without its places in the file.
    var shape: String {
        func joined(_ children: [Condition]) -> String { children.map(\.shape).joined(separator: ", ") }
        switch self {
        case .all(let children): return "all(\(joined(children)))"
        case .any(let children): return "any(\(joined(children)))"
        case .none(let children): return "none(\(joined(children)))"
        case .field(let test): return "\(test.field.name) \(test.tests)"
        case .history(let test):
            let span = test.withinLast?.text ?? ""
            return "\(test.event) \(test.times) \(span) \(test.filter.map { "\($0.tests)" } ?? "")"
        }
    }
}
