import Rules

/// Hashes that tell whether an edited rule is still the same rule to the members who wait in it. They are stored when
/// the rule goes live, and compared when its text changes.
extension Rule {
    /// A rule whose trigger hash changes starts over. `w1` names the form: a stored hash without it was made from
    /// Swift's debug text by an earlier version, and cannot be computed again.
    package var triggerHash: String { Rule.form + Chance.fingerprint(trigger.canonical) }

    private static let form = "w1:"

    package static func isOfThisForm(_ hash: String) -> Bool { hash.hasPrefix(form) }

    /// Hashes whom the rule reaches of those its trigger finds: `if`, `audience` with its segments, `existing_members`.
    package func reachHash(in set: RuleSet) -> String {
        let segments = ((audience?.inSegments ?? []) + ["!"] + (audience?.notInSegments ?? []))
            .map { "\($0) \(set.segments[$0]?.condition.shape ?? "")" }
        let existing =
            switch existingMembers {
            case nil: "-"
            case .skip: "skip"
            case .all: "all"
            case .drip(let count, let span): "drip \(count) \(span.text)"
            }
        let parts = [condition?.shape ?? ""] + segments + [existing]
        return Rule.form + Chance.fingerprint(parts.joined(separator: "\u{1F}"))
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
        case .field(let test): return "\(test.field.name) \(test.tests.map(\.canonical))"
        case .history(let test):
            let span = test.period?.text ?? ""
            return "\(test.event) \(test.times.map { $0.shape }) \(span) \(test.filter?.canonical ?? "")"
        }
    }
}

extension HistoryTest.Times {
    fileprivate var shape: String {
        switch self {
        case .exactly(let n): "is \(n)"
        case .atLeast(let n): "at_least \(n)"
        case .moreThan(let n): "more_than \(n)"
        case .atMost(let n): "at_most \(n)"
        case .lessThan(let n): "less_than \(n)"
        case .between(let low, let high): "between \(low) \(high)"
        }
    }
}
