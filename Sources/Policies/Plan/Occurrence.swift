import Kit
import Rules

/// A rule × member × occasion, once: what a trigger found to be due.
package struct Occurrence: Sendable, Hashable {
    /// The row of the store that the occasion is about.
    package enum Anchor: Sendable, Hashable {
        case none
        case event(seq: Int64)
        /// `seq` is the event that raised it, for `trigger.data`.
        case order(id: String, seq: Int64)
        case cart(id: String, touch: Instant, seq: Int64)
        case coupon(id: String)
        /// All coupons of the member that expire on this date, for `combine`.
        case coupons(expiring: LocalDate)
        case points(expiring: LocalDate)
        case browse(value: String, seq: Int64)
    }

    /// The rule's id.
    package var rule: String
    package var member: String
    package var occasion: String
    /// When the trigger found it due; a hold does not move it.
    package var due: Instant
    /// The end of a hold, else `due`: lateness counts from here.
    package var ready: Instant
    /// Events of `unless` count from here.
    package var start: Instant
    /// The clock that the decision reads: quiet hours, windows in days, dates in texts.
    package var zone: Zone
    /// The clock on which `date` was read, where the member has moved to another since.
    package var formerZone: Zone?
    /// The date the occasion is about (birthday, festival, expiry): `valid_until` and `trigger.date` count from it.
    package var date: LocalDate?
    /// From this instant on the occasion itself is over (24:00 of the date, or the expiry).
    package var passes: Instant?
    package var anchor: Anchor
    /// True for `festival` and `schedule`: a member who fails `if` or `audience` is not due, rather than skipped.
    package var asksEveryone: Bool
    /// The second run of a held occurrence: its final line must follow.
    package var isRelease = false
    /// It waited as a row of its own; the decision ends that row.
    package var isStored = false

    package init(
        rule: String, member: String, occasion: String, due: Instant, start: Instant, zone: Zone,
        date: LocalDate? = nil, passes: Instant? = nil, anchor: Anchor = .none, asksEveryone: Bool = false
    ) {
        self.rule = rule
        self.member = member
        self.occasion = occasion
        self.due = due
        ready = due
        self.start = start
        self.zone = zone
        self.date = date
        self.passes = passes
        self.anchor = anchor
        self.asksEveryone = asksEveryone
    }
}

extension Occurrence {
    /// The clock on which `date` was read: the rows that a date trigger is about are those that fall on it there.
    package var dateZone: Zone { formerZone ?? zone }

    /// Puts what waited on the clock that the member has now: every gate that runs again reads it, and a date is over at
    /// its 24:00 there. What a coupon's own expiry ends, ends at that instant on any clock.
    package mutating func move(to zone: Zone) {
        guard zone != self.zone else { return }
        formerZone = dateZone
        self.zone = zone
        guard let passes, let date else { return }
        if case .coupon = anchor {
            self.date = zone.date(of: passes.adding(micros: -1))
        } else {
            self.passes = zone.startOfDay(date.adding(days: 1))
        }
    }

    /// Identifies an occurrence among those of a whole rule set.
    package struct Key: Hashable {
        private let plan: Int
        private let member: String
        private let occasion: String

        fileprivate init(plan: Int, _ occurrence: Occurrence) {
            (self.plan, member, occasion) = (plan, occurrence.member, occurrence.occasion)
        }
    }

    /// - Parameter plan: the place of its rule among the plans.
    package func key(_ plan: Int) -> Key { Key(plan: plan, self) }
}
