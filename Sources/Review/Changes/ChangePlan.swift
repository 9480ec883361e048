import Kit
import Policies
import Rules
import Store

/// The changes if a rule set came into force now: rules by meaning, and the consequences for people.
package struct ChangePlan: Sendable {
    /// The set in force.
    package struct Base: Sendable {
        package var version: Int
        package var hash: String
        package var loadedAt: Instant
    }
    /// Before and after; nil when the rule does not run on that side.
    package struct Pair: Sendable {
        package var before: OutcomeTally?
        package var after: OutcomeTally?
    }
    /// How many people were waiting, by what happens to them.
    package struct Waiting: Sendable {
        package var continuing = 0
        package var recomputed = 0
        package var released = 0
        /// The rule is paused: they stay, and nothing is sent meanwhile.
        package var paused = 0
        /// The rule goes into shadow: they are decided there, and get nothing.
        package var shadowed = 0
    }
    /// The consequences of one rule's change for people. Counts are of the whole store, estimated when it was sampled.
    package struct Effect: Sendable {
        package var qualification: Qualification?
        package var replay: Pair?
        package var forecast: Pair?
        package var waiting: Waiting?
        /// Messages that the rule still owes, when it stops or runs again after a pause.
        package var owed = 0
        /// The outcomes, at once, of what fell due while the rule was paused; nil unless it runs again.
        package var catchUp: [String: Int]?
        /// People past the limit whom the rule would take in, and how.
        package var existing: (people: Int, how: ExistingMembers)?
        /// A festival or schedule beyond the forecast: its next occasion.
        package var next: OutcomeTally?
        /// Outcomes of the last 30 days, if the rule was in shadow.
        package var shadow: [String: Int] = [:]
        /// The first day on which the blast guard would hold the rule, and why.
        package var blast: (day: LocalDate, reason: String)?
        /// Version numbers of changed templates, before and after.
        package var templates: [(id: String, before: Int, after: Int)] = []
    }

    package static let days = 30

    package internal(set) var base: Base?
    package internal(set) var hash: String
    package internal(set) var files: [(path: String, text: String)]
    package internal(set) var at: Instant
    package internal(set) var zone: Zone
    /// Members that were run, out of the members of the store.
    package internal(set) var taken = 0
    package internal(set) var of = 0
    var difference: RuleSetDifference
    package internal(set) var effects: [String: Effect] = [:]
    /// All rules over the next 30 days.
    package internal(set) var before = OutcomeTotals()
    package internal(set) var after = OutcomeTotals()
    /// Each running rule of the new set.
    package internal(set) var forecast: [String: OutcomeTally] = [:]
    /// The channels that would cost more than their budget on a day of the forecast.
    package internal(set) var overBudget: [OverBudget] = []
    /// Fen per SMS segment.
    package internal(set) var segmentPrice: Double?

    package var isEmpty: Bool { difference.isEmpty }
    package var isEstimate: Bool { taken < of }
}

/// Messages, tasks and billed segments of all rules together.
package struct OutcomeTotals: Sendable {
    package var messages = 0
    package var tasks = 0
    package var segments = 0

    init() {}
    init(_ tallies: some Sequence<OutcomeTally>) {
        for tally in tallies {
            messages += tally.sent
            tasks += tally.tasks
            segments += tally.segments
        }
    }
}
