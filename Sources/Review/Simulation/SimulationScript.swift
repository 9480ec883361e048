import Engine
import Kit
import Policies
import Rules
import Store

/// The events around the daemon, its members and its channels while a simulation runs: the timeline of a rule test.
package struct SimulationScript: Sendable {
    package struct Step: Sendable {
        package enum Action: Sendable {
            /// These keys of a member now have the fixture's values.
            case change(MemberFixture, keys: [String], custom: [CustomField])
            case restart
            /// The same rules again, or others.
            case reload(PlannedSet?)
            /// Nothing is decided before `until`; then everything that fell due meanwhile is.
            case stop(until: Instant)
        }
        package var at: Instant
        package var action: Action
        package init(at: Instant, _ action: Action) {
            self.at = at
            self.action = action
        }
    }

    /// A channel that does not answer for a while.
    package struct Interruption: Sendable {
        package var channel: String
        package var from: Instant
        package var until: Instant
        package init(channel: String, from: Instant, until: Instant) {
            self.channel = channel
            self.from = from
            self.until = until
        }
    }

    /// Steps of one instant run in this order, before anything is decided at it.
    package var steps: [Step] = []
    /// Channel → why it carries no message: `undelivered`, `rejected`.
    package var failing: [String: String] = [:]
    package var interruptions: [Interruption] = []
    /// Also records what each decision read, for the reasons and the coverage of a test. Costs a query per decision.
    package var recordsReadings = false

    package init() {}

    /// Decisions are taken one by one, so that each can be looked into.
    var isDetailed: Bool { recordsReadings || !failing.isEmpty || !interruptions.isEmpty }
}

/// A line of a simulation with what its decision read.
package struct SimulatedLine: Sendable {
    package var line: Decision
    /// The plan that decided.
    package var plan: RulePlan
    /// The values that the decision read, if the script asks for them; nil for a cancellation.
    package var readings: FieldValues?
    /// Channels that carried nothing, with the reason that stands for `suppressed` in `tried` and `because`.
    package var failures: [String: String] = [:]

    /// Like `Decision.tried`, with the failures of the script.
    package var tried: [(channel: String, reason: String)] {
        line.tried.map { entry in
            let failure = entry.obstacle == .suppressed ? failures[entry.channel] : nil
            return (entry.channel, failure ?? entry.obstacle.rawValue)
        }
    }

    package var because: [JSONText.Member] {
        guard let because = line.because else { return [] }
        if case .unreachable = because, let last = tried.last { return [.init("unreachable", .text(last.reason))] }
        return because.pairs(in: line.zone)
    }

    package var json: JSONText {
        guard !failures.isEmpty, case .object(var members) = line.json else { return line.json }
        for index in members.indices {
            switch members[index].key {
            case "tried": members[index].value = .list(tried.map { .object([.init($0.channel, .text($0.reason))]) })
            case "because" where line.because != nil: members[index].value = .object(because)
            default: break
            }
        }
        return .object(members)
    }
}
