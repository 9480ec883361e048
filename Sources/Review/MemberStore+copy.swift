import Rules
import Store

extension MemberStore {
    /// A private copy on which one rule can be decided for one member: of that member alone where nobody else counts.
    package static func copy(
        of url: String, toDecide rule: String, for member: String, in set: RuleSet
    ) throws -> MemberStore {
        set.needsEveryone(toDecide: rule) ? try privateCopy(of: url) : try inMemoryCopy(of: url, member: member)
    }
}

extension RuleSet {
    /// A draw is among all members, and bestsellers are everyone's.
    fileprivate func needsEveryone(toDecide id: String) -> Bool {
        rules.contains { rule in
            rule.id == id && (rule.audience?.pick != nil || rule.recommends) || rule.status == .live && rule.recommends
        }
    }
}

extension Rule {
    /// Whether any path of the rule makes a recommendation.
    fileprivate var recommends: Bool { steps.contains { if case .recommend = $0 { true } else { false } } }
}
