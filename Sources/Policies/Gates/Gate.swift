/// The gates in the order in which they are asked (semantics §5): the first that objects decides. Quiet hours hold
/// before anything is counted; the holdout comes last, so that the members held out are exactly those who would have
/// been sent to at that moment.
package enum Gate: Int, Sendable, Comparable, CaseIterable {
    /// The occasion was over before any gate was asked.
    case trigger
    case time, conditions
    /// The branch of `choose`.
    case choice
    case personalisation, reach
    /// Whether the text is complete without personal values.
    case genericText
    case quietHours, limits, holdout
    /// The actions themselves, after every gate.
    case acting

    package static func < (a: Gate, b: Gate) -> Bool { a.rawValue < b.rawValue }

    static let order = allCases

    /// The gate at which a decision with this outcome and reason fell.
    package init(_ outcome: Outcome, _ because: Reason?) {
        self = because?.gate ?? (outcome == .notDue ? .conditions : .acting)
    }
}
