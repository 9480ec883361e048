import Rules
import Store

extension MemberStore {
    /// A private copy on which one rule can be decided for one member: of that member alone where nobody else counts.
    package static func copy(
        of url: String, toDecide rule: String, for member: String, in set: RuleSet
    ) throws -> MemberStore {
        try reading(url).requireCurrentSchema()
        return set.needsEveryone(toDecide: rule)
            ? try privateCopy(of: url) : try inMemoryCopy(of: url, member: member)
    }
}

extension RuleSet {
    /// A draw is among all members, and bestsellers and the codes of a pool are everyone's.
    fileprivate func needsEveryone(toDecide id: String) -> Bool {
        rules.contains { rule in
            rule.id == id && (rule.audience?.pick != nil || rule.recommends || asksStock(rule))
                || rule.status == .live && rule.recommends
        }
    }

    private func asksStock(_ rule: Rule) -> Bool {
        let segments = (rule.audience?.inSegments ?? []) + (rule.audience?.notInSegments ?? [])
        let branches = rule.steps.flatMap { step -> [Condition] in
            if case .choose(let branches, _) = step { branches.map(\.condition) } else { [] }
        }
        let conditions =
            [rule.condition].compactMap(\.self) + branches + segments.compactMap { self.segments[$0]?.condition }
        return conditions.contains { !$0.stocks.isEmpty }
    }
}

extension Rule {
    /// Whether any path of the rule makes a recommendation.
    fileprivate var recommends: Bool { steps.contains { if case .recommend = $0 { true } else { false } } }
}
