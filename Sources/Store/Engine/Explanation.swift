import Kit
import Policies
import Rules

/// Why one rule did what it did, or nothing, for one member at one instant: everything that the gates read, computed
/// again by the daemon's own gates.
package struct Explanation: Sendable {
    package var plan: RulePlan
    package var member: String
    /// The instant explained.
    package var at: Instant
    package var zone: Zone
    /// What was due; nil when nothing was.
    package var occurrence: Occurrence?
    /// The event it began with, for triggers that wait.
    package var cause: EventMark?
    /// What came of it; nil when nothing was due.
    package var line: Decision?
    /// What the conditions read; nil where they were not looked at.
    package var readings: FieldValues?
    /// What the other gates read, in their order, up to the one that decided.
    package var gates: [GateReading] = []
    package var stage = Stage.trigger
    /// What was done, or would have been.
    package var path: Verdict.Path?
    /// The event that ended the wait.
    package var ending: EventMark?
    package var nearest: NearestChange?
    /// Where the member stands with the rule when nothing is due.
    package var standing: Standing?
    /// When the rule went live in the store, if that was after this was due: the daemon never takes it up (T13).
    package var liveSince: Instant?
    /// As the file says; `plan` counts as live.
    package var status = Rule.Status.live
    /// The rules version that decided, where the decision is on record; else the set at hand computed it.
    package var version: Int?
    /// `audience.pick` drew others.
    package var isPassedOver = false

    /// How far the gates were read (semantics §5): the last one decided.
    package enum Stage: Int, Sendable, Comparable {
        case trigger, time, conditions, personalisation, reach, quietHours, limits, holdout, acting
        package static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
    }

    package var outcome: Outcome {
        if liveSince != nil { return .notDue }
        if let line { return line.outcome }
        if case .waiting = standing?.state { return .waiting }
        return .notDue
    }
}

/// An event in the member's history.
package struct EventMark: Sendable, Hashable {
    package var name: String
    /// The order, cart or coupon it is about, else its own id.
    package var ref: String?
    package var at: Instant

    package init(name: String, ref: String?, at: Instant) {
        self.name = name
        self.ref = ref
        self.at = at
    }
}

/// One gate beside the conditions, and what it read.
package struct GateReading: Sendable {
    /// `unneeded`: it could not object, or nobody asked.
    package enum Mark: Sendable { case passes, objects, unneeded }
    package enum Subject: Sendable {
        case segment(String, wanted: Bool)
        /// A branch of `choose`.
        case branch(BoundCondition)
        case variant(String)
        case personalisation(String)
        case entry(Send.Entry, Contact)
        /// `end` is nil outside the quiet hours.
        case quietHours(Settings.QuietHours, end: Instant?)
        case oncePerLifetime(last: Instant?)
        case atMost(CountLimit, counted: [Instant])
        case cap(CountLimit, counted: [Message])
        /// Share in basis points.
        case holdout(key: String, share: Int)
    }
    /// How a member stands on one channel.
    package struct Contact: Sendable {
        package var kind: ChannelDeclaration.Address
        package var maskedAddress: String?
        package var obstacle: Reach.Obstacle?
        /// Of the rule's purpose; nil: none on file.
        package var consent: Reach.Consent?
    }
    package struct Message: Sendable, Hashable {
        package var at: Instant
        package var rule: String?
    }
    package var subject: Subject
    package var mark: Mark
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
        case unsuppressed(channel: String)
        case personalised
        case released(Instant)
        case without(GateReading.Message)
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
        /// Nothing to wait from.
        case noStart
        /// Nothing waits; the last start.
        case lastStart(EventMark)
        case waiting(Occurrence, EventMark?)
        /// A date trigger whose day is another one.
        case anotherDay
        /// The daemon held the message until then.
        case held(until: Instant)
    }
    package var state: State
    package var before: Instant?
    package var after: Instant?
    package var afterDate: LocalDate?
}

/// What the live store says was decided.
package struct PastDecision: Sendable {
    package var occasion: String
    package var due: Instant
    package var at: Instant
    package var outcome: Outcome
    /// Key and value, as text.
    package var because: [(key: String, value: String)]
    package var channel: String?
    package var template: String?
    package var coupon: String?
    package var task: String?
    package var variant: String?
    package var isShadow = false
    package var rulesVersion: Int
    package var ending: EventMark?
    /// Of `held`.
    package var until: Instant?
    /// The number of what it read; nil where nothing was kept.
    var trace: Int64?
    /// A hold came before.
    var isRelease = false
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
