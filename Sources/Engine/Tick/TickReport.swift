import Policies

/// What one tick found and did, per rule and in all.
package struct TickReport: Sendable {
    package struct RuleReport: Sendable {
        package var rule: String
        /// Found by the trigger.
        package var candidates = 0
        /// Decided now.
        package var due = 0
        /// Messages that were decided; whether a provider takes them is seen at the handover.
        package var decidedToSend = 0
        /// Why the blast guard holds the rule; nothing of it was decided.
        package var guarded: String?
        /// Why the rule cannot be evaluated; the others were, and this one goes on from where it is once it is mended.
        package var fault: String?
        /// Everything else, by outcome.
        package var skipped: [String: Int] = [:]
        package var milliseconds = 0.0
    }
    /// Empty where they were handed to the caller slice by slice.
    package var lines: [Decision] = []
    package var rules: [RuleReport] = []
    /// How many were decided.
    package var decided: Int { rules.reduce(0) { $0 + $1.due } }
    /// All of the tick, its commits included.
    package var milliseconds = 0.0

    /// What stopped the enrolment of a rule's existing members.
    package mutating func add(faults: [String: String]) {
        for index in rules.indices { rules[index].fault = rules[index].fault ?? faults[rules[index].rule] }
    }

    /// Both list the same rules in the same order, or one is empty.
    mutating func add(_ other: TickReport) {
        lines += other.lines
        guard !rules.isEmpty else {
            rules = other.rules
            return
        }
        for (index, rule) in other.rules.enumerated() where rules.indices.contains(index) {
            rules[index].candidates += rule.candidates
            rules[index].due += rule.due
            rules[index].decidedToSend += rule.decidedToSend
            rules[index].milliseconds += rule.milliseconds
            rules[index].skipped.merge(rule.skipped, uniquingKeysWith: +)
            rules[index].guarded = rule.guarded ?? rules[index].guarded
            rules[index].fault = rule.fault ?? rules[index].fault
        }
    }

    var withoutCounts: TickReport {
        TickReport(
            lines: [], rules: rules.map { RuleReport(rule: $0.rule, guarded: $0.guarded, fault: $0.fault) })
    }
}
