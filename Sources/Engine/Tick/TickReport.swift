import Policies

/// What one tick found and did, by rule and in total.
package struct TickReport: Sendable {
    package struct RuleReport: Sendable {
        package var rule: String
        /// Candidates found by the trigger.
        package var candidates = 0
        /// Occurrences decided in this tick.
        package var due = 0
        /// Messages that were decided; whether a provider takes them shows at the handover.
        package var decidedToSend = 0
        /// Why the blast guard holds the rule, so that nothing of it was decided.
        package var guarded: String?
        /// Why the rule cannot be evaluated. The others were; this one will continue from its watermark.
        package var fault: String?
        /// Other outcomes than `sent`, with their counts.
        package var skipped: [String: Int] = [:]
        package var milliseconds = 0.0
    }
    /// Empty where the lines were passed to the caller slice by slice.
    package var lines: [Decision] = []
    package var rules: [RuleReport] = []
    /// How many occurrences were decided.
    package var decided: Int { rules.reduce(0) { $0 + $1.due } }
    /// The whole tick, including its commits.
    package var milliseconds = 0.0

    /// Adds the reasons that stopped the enrolment of existing members, by rule.
    package mutating func add(faults: [String: String]) {
        for index in rules.indices { rules[index].fault = rules[index].fault ?? faults[rules[index].rule] }
    }

    /// Adds another report; both list the same rules in the same order, or one is empty.
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

    var withoutLines: TickReport {
        var report = self
        report.lines = []
        return report
    }

    var withoutCounts: TickReport {
        TickReport(
            lines: [], rules: rules.map { RuleReport(rule: $0.rule, guarded: $0.guarded, fault: $0.fault) })
    }
}
