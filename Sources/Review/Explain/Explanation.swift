import Engine
import Kit
import Policies
import Rules
import Store

/// Why one rule did what it did, or nothing, for one member at one instant: everything that the gates read, recomputed
/// by the daemon's own gates.
package struct Explanation: Sendable {
    package var plan: RulePlan
    package var planned: PlannedSet
    package var member: String
    /// The instant explained.
    package var at: Instant
    package var zone: Zone
    /// The occurrence that was due; nil when none was.
    package var occurrence: Occurrence?
    /// The event it began with, for triggers that wait.
    package var cause: EventMark?
    /// Its decision; nil when nothing was due.
    package var line: Decision?
    /// The values that the conditions read; nil when they were not looked at.
    package var readings: FieldValues?
    /// The readings of the gates, up to the one that decided; nil when none were kept.
    package var judgement: Judgement?
    /// The gate that decided.
    package var gate = Gate.trigger
    /// The marketing messages on record that a cap may have counted, latest first.
    package var messages: [SentMessage] = []
    /// The path that was taken, or would have been.
    package var path: Verdict.Path?
    /// The event that ended the wait.
    package var ending: EventMark?
    package var nearest: NearestChange?
    /// Where the member stands with the rule when nothing is due.
    package var standing: Standing?
    /// When the rule went live in the store, if that was after this fell due: the daemon never takes it up (T13).
    package var liveSince: Instant?
    /// The status in the file; `plan` counts as live.
    package var status = Rule.Status.live
    /// The rules version that decided, for a decision on record; nil when the set at hand computed it.
    package var version: Int?
    /// What the path's `recommend` steps chose, where the actions were reached.
    package var recommended: [Recommended] = []
    /// True when `audience.pick` drew other members.
    package var isPassedOver = false

    /// What one `recommend` step chose.
    package struct Recommended: Sendable {
        package var step: Recommend
        /// The products' names, in order.
        package var items: [String]
        /// A decision on record keeps no choice of products; this is the one that would be made now.
        package var isOfNow: Bool
    }

    /// The rule whose message a cap counted; the decision's own message, of the same instant, is left out.
    package func sender(at instant: Instant) -> String? {
        messages.first { $0.at == instant && !(instant == at && $0.rule == plan.rule.id) }?.rule
    }

    package var outcome: Outcome {
        if liveSince != nil { return .notDue }
        if let line { return line.outcome }
        if case .waiting = standing?.state { return .waiting }
        return .notDue
    }
}

/// The smallest single change that would have made the rule act, and what it would have done.
package struct NearestChange: Sendable {
    package enum Change: Sendable {
        /// Nil: without a value.
        case value(Field, Value?)
        case filled(Field)
        case history(HistoryTest, Int)
        case address(channel: String, ChannelDeclaration.Address)
        case consent(channel: String)
        /// The yes of a guardian.
        case guardian(channel: String)
        case unsuppressed(channel: String)
        case personalised
        case released(Instant)
        case without(SentMessage)
        case notHeldOut(String)
        case inTime(Instant)
        case stock(String)
        case withoutEvent(EventMark)
    }
    package var change: Change
    package var line: Decision
    package var path: Verdict.Path
}

/// Where a member stands with a rule at an instant at which nothing is due.
package struct Standing: Sendable {
    package enum State: Sendable {
        case closed
        /// The birthday or date that the trigger needs is not on file.
        case noDate
        /// No event has started a wait yet.
        case noStart
        /// Nothing waits now; this was the last start.
        case lastStart(EventMark)
        case waiting(Occurrence, EventMark?)
        /// A date trigger, on a day that is not its day.
        case anotherDay
        /// The daemon held the message until then.
        case held(until: Instant)
    }
    package var state: State
    /// What the last start does not meet of `where`.
    package var unmet: [UnmetTest] = []
    package var before: Instant?
    package var after: Instant?
    package var afterDate: LocalDate?
}

/// One line of the history of a rule and a member.
package struct HistoryLine: Sendable {
    package enum Event: Sendable {
        case waiting(Occurrence, EventMark?)
        case decided(Decision, ending: EventMark?)
        case recorded(PastDecision)
        case now(Standing)
    }
    package var at: Instant
    package var event: Event
}
