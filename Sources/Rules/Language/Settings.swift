import Kit

/// `settings.yaml`; the defaults are those of semantics §8.
package struct Settings: Sendable {
    package struct Tier: Sendable, Hashable {
        package var id: String
        package var name: String
        package init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }
    package struct QuietHours: Sendable, Hashable {
        package var from: LocalTime
        package var to: LocalTime
        package var appliesTo: Set<Rule.Purpose>
        /// Weekdays that are quiet as a whole, in order; 1 is Monday. Never all seven.
        package var days: [Int]
        package init(from: LocalTime, to: LocalTime, appliesTo: Set<Rule.Purpose>, days: [Int] = []) {
            self.from = from
            self.to = to
            self.appliesTo = appliesTo
            self.days = days
        }
    }
    package struct IfLate: Sendable, Hashable {
        package var date: Lateness
        package var delay: Lateness
        package var task: Lateness
        package init(date: Lateness, delay: Lateness, task: Lateness) {
            self.date = date
            self.delay = delay
            self.task = task
        }
    }
    package struct BlastGuard: Sendable, Hashable {
        package var usualTimes: Int
        /// The share in basis points of all members.
        package var share: Int
        package var from: Int
        package init(usualTimes: Int, share: Int, from: Int) {
            self.usualTimes = usualTimes
            self.share = share
            self.from = from
        }
    }
    package struct Lifecycle: Sendable, Hashable {
        /// Limits in days; active, cooling and sleeping must rise.
        package var new, active, cooling, sleeping: Int
        package init(new: Int, active: Int, cooling: Int, sleeping: Int) {
            self.new = new
            self.active = active
            self.cooling = cooling
            self.sleeping = sleeping
        }
    }
    package struct RFM: Sendable, Hashable {
        /// Four ascending limits in days: the score is 5 up to the first, … and 1 beyond the last.
        package var recencyDays: [Int]
        /// Four descending limits in orders.
        package var frequency: [Int]
        /// Four descending limits in fen.
        package var monetary: [Int64]
        package init(recencyDays: [Int], frequency: [Int], monetary: [Int64]) {
            self.recencyDays = recencyDays
            self.frequency = frequency
            self.monetary = monetary
        }
    }
    package enum OnUnknown: String, Sendable { case hold, resend }
    /// How long the values that a decision read are kept beside it, for `explain`; the decision itself stays.
    package enum Traces: Sendable, Hashable {
        case off, forever
        case keep(Span)
    }

    package var timezone = "Asia/Shanghai"
    /// `clock: member` (default) or `shop`.
    package var clockIsMembers = true
    /// Nil means `quiet_hours: none`.
    package var quietHours: QuietHours? = QuietHours(
        from: LocalTime(minutes: 21 * 60), to: LocalTime(minutes: 9 * 60), appliesTo: [.marketing])
    package var frequencyCap: [CountLimit] = []
    package var serviceOwners: [String] = []
    /// Basis points.
    package var globalHoldout = 0
    package var birthdays = BirthdayPolicy.standard
    /// Whoever is younger gets marketing only where a guardian granted it; nil: nobody's age is asked.
    package var minorsUnder: Int?
    package var ifLate = IfLate(
        date: .within(Span(12, .hours)), delay: .within(Span(6, .hours)), task: .forever)
    package var tiers: [Tier] = []
    /// The shop's own festivals, beside the built-in ones.
    package var festivals: [String: FestivalRule] = [:]
    /// `holidays` and `workdays`, for `every: workday`.
    package var workCalendar = WorkCalendar()
    package var prices = Prices()
    /// The most that the marketing of a channel may cost on a local day of the shop, in millionths of a yuan.
    package var budgets: [String: Int64] = [:]
    package var onUnknown: [Rule.Purpose: OnUnknown] = [.marketing: .hold, .service: .hold]
    package var maxResends = 1
    package var lifecycle = Lifecycle(new: 30, active: 90, cooling: 180, sleeping: 365)
    package var rfm = RFM(
        recencyDays: [30, 90, 180, 365], frequency: [10, 5, 3, 2], monetary: [1_000_000, 500_000, 200_000, 50_000])
    /// Nil means `blast_guard: off`.
    package var blastGuard: BlastGuard? = BlastGuard(usualTimes: 20, share: 1000, from: 200)
    package var deliveryWait: Span?
    package var traces = Traces.keep(Span(90, .days))

    package init() {}

    package var zone: Zone { Zone(named: timezone) ?? Zone.utc }
}
