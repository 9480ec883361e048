/// How a condition treats values that are missing (rule-language §3).
extension Condition {
    /// The fields that are certainly there where the condition holds: a positive test is false for a missing value.
    package var provenPresent: Set<String> { provenPresent(negated: false) }

    private func provenPresent(negated: Bool) -> Set<String> {
        switch self {
        case .all(let children): Condition.proven(by: children, together: !negated, negated: negated)
        case .any(let children): Condition.proven(by: children, together: negated, negated: negated)
        case .none(let children): Condition.any(children).provenPresent(negated: !negated)
        case .history: []
        case .field(let test): test.passesMissing == negated && test.provesValue ? [test.field.name] : []
        }
    }

    /// The fields proven by all children together, or by each of them alone.
    private static func proven(by children: [Condition], together: Bool, negated: Bool) -> Set<String> {
        let each = children.map { $0.provenPresent(negated: negated) }
        guard !together else { return each.reduce(into: []) { $0.formUnion($1) } }
        return each.dropFirst().reduce(each.first ?? []) { $0.intersection($1) }
    }

    /// A test that members without a value pass, though it does not mention them (R211).
    package struct MissingMatch: Sendable {
        package var test: FieldTest
        /// True when it passes them because of a `none` around it.
        package var isUnderNone: Bool
    }

    /// Such tests on fields of a member that can be missing, where nothing else in the condition excludes those members.
    package var missingMatches: [MissingMatch] { missingMatches(negated: false, present: []) }

    private func missingMatches(negated: Bool, present: Set<String>) -> [MissingMatch] {
        let present = present.union(provenPresent(negated: negated))
        switch self {
        case .all(let children), .any(let children):
            return children.flatMap { $0.missingMatches(negated: negated, present: present) }
        case .none(let children):
            return children.flatMap { $0.missingMatches(negated: !negated, present: present) }
        case .history: return []
        case .field(let test):
            guard test.field.source == .member, test.field.canBeMissing, test.passesMissing != negated,
                !test.asksAboutPresence(negated: negated), !present.contains(test.field.name)
            else { return [] }
            return [MissingMatch(test: test, isUnderNone: negated)]
        }
    }
}

extension FieldTest {
    /// Being set proves no value for a birthday: one without a year is set and has no date.
    fileprivate var provesValue: Bool {
        field.name != "member.birthday" || !tests.allSatisfy { if case .isSet = $0 { true } else { false } }
    }

    /// True when the author has said what a missing value is to do. Under `none` an `is_set` beside other tests leaves
    /// nobody out, so only one that stands alone counts.
    fileprivate func asksAboutPresence(negated: Bool) -> Bool {
        let areAbout = tests.map { if case .isSet = $0 { true } else { false } }
        return negated ? areAbout.allSatisfy { $0 } : areAbout.contains(true)
    }
}
