import Kit

/// The `when` of a rule. Semantics §4 says what each starts from, when it is due and how its occasion is named.
package enum Trigger: Sendable {
    case birthday(DateOffset, calendar: RecordedCalendar)
    /// `of: membership` counts from the day of registration; any other name is a row of `dates`.
    case anniversary(DateOffset, of: String)
    /// A date of the member that comes once: `of` is a name of `dates`, or `member.attr.NAME`.
    case date(DateOffset, of: String)
    case festival(DateOffset, name: String, rule: FestivalRule)
    case schedule(Schedule, at: LocalTime)
    case couponExpires(DateOffset)
    case pointsExpire(DateOffset)
    case event(EventTrigger)
    /// `after` counts whole days; without `at` the clock time of the order is kept.
    case firstPurchase(daysAfter: Int, at: LocalTime?)
    case cartIdle(for: Span)
    case browsed(Browsed)
    case inactive(Inactive)

    /// `days_before` (default 0) and `at` (default 10:00); below 0 it is `days_after`.
    package struct DateOffset: Sendable, Hashable {
        package var daysBefore: Int
        package var at: LocalTime
        package init(daysBefore: Int, at: LocalTime) {
            self.daysBefore = daysBefore
            self.at = at
        }
    }

    package enum RecordedCalendar: String, Sendable { case solar, lunar, asRecorded = "as_recorded" }

    package struct EventTrigger: Sendable {
        package var name: String
        package var filter: EventFilter?
        package var after: Span
        package var at: LocalTime?
        package init(name: String, filter: EventFilter?, after: Span, at: LocalTime?) {
            self.name = name
            self.filter = filter
            self.after = after
            self.at = at
        }
    }

    package struct Browsed: Sendable {
        package enum Unit: String, Sendable { case category, sku }
        package var atLeast: Int
        package var of: Unit
        package var idleFor: Span
        package init(atLeast: Int, of: Unit, idleFor: Span) {
            self.atLeast = atLeast
            self.of = of
            self.idleFor = idleFor
        }
    }

    package struct Inactive: Sendable {
        package var `for`: Span
        package var at: LocalTime?
        package var activity: [String]
        package init(for span: Span, at: LocalTime?, activity: [String]) {
            self.for = span
            self.at = at
            self.activity = activity
        }
    }

    package enum Schedule: Sendable, Hashable {
        case daily
        /// Weekdays in order, at least one; 1 is Monday.
        case weekly([Int])
        /// A month without the day uses its last day.
        case monthly(day: Int)
        /// A day of the first month of each quarter, its last day where it is too short.
        case quarterly(day: Int)
        case workdays(WorkCalendar)
        case once(LocalDate)
    }

    package var kind: Kind {
        switch self {
        case .birthday: .birthday
        case .anniversary: .anniversary
        case .date: .date
        case .festival: .festival
        case .schedule: .schedule
        case .couponExpires: .couponExpires
        case .pointsExpire: .pointsExpire
        case .event: .event
        case .firstPurchase: .firstPurchase
        case .cartIdle: .cartIdle
        case .browsed: .browsed
        case .inactive: .inactive
        }
    }

    /// The key under `when`.
    package enum Kind: String, CaseIterable, Sendable, CustomStringConvertible {
        case birthday, anniversary, date, festival, schedule
        case couponExpires = "coupon_expires"
        case pointsExpire = "points_expire"
        case firstPurchase = "first_purchase"
        case cartIdle = "cart_idle"
        case browsed, inactive, event

        package var description: String { rawValue }
    }
}

extension Trigger.Kind {
    /// What the language says of every trigger of one kind.
    struct Traits {
        /// The words of `once_per` that name its own unit; of an event those that its name begins with, and the event.
        var units: [String]
        /// The row that its rules may read, beside `member` and `trigger`; of an event, of an order only.
        var row: String?
        /// The keys that its rules may have, of those that only some triggers have.
        var keys: Set<String> = []
        /// Further Chinese words for it.
        var names: [String] = []
    }

    var traits: Traits {
        switch self {
        case .birthday: Traits(units: ["birthday"])
        case .anniversary: Traits(units: ["anniversary"])
        case .date: Traits(units: ["date"])
        case .festival: Traits(units: ["festival"], keys: ["pick"])
        case .schedule: Traits(units: ["schedule"], keys: ["pick"])
        case .couponExpires: Traits(units: ["coupon"], row: "coupon", keys: ["combine"], names: ["券到期", "优惠券过期"])
        case .pointsExpire: Traits(units: ["points_batch"], row: "points", names: ["积分过期"])
        case .firstPurchase: Traits(units: ["order"], row: "order", keys: ["unless"], names: ["首单"])
        case .cartIdle: Traits(units: ["cart"], row: "cart", keys: ["unless"], names: ["购物车放弃", "弃购"])
        case .browsed: Traits(units: ["view"], row: "browse", keys: ["unless"])
        case .inactive: Traits(units: ["inactivity"], keys: ["existing_members"], names: ["不活跃", "未活跃"])
        case .event: Traits(units: ["event", "order", "cart", "message"], keys: ["unless"])
        }
    }

    /// Those whose rules may have a key that only some triggers have.
    static func having(_ key: String) -> [Self] { allCases.filter { $0.traits.keys.contains(key) } }
}

/// The questions that the rest of the program asks of a trigger, each answered in one place. The store works out how it
/// starts and falls due on a member's clock.
extension Trigger {
    /// True when it is due on a calendar day: lateness counts by `if_late.date`, and nothing can cancel the wait.
    package var isDate: Bool { wait == nil }

    /// True when its dates do not depend on what happens meanwhile.
    package var isByCalendar: Bool {
        switch self {
        case .birthday, .anniversary, .date, .festival, .schedule: true
        default: false
        }
    }

    /// True when it asks every member at its instant: a member who fails the conditions is not due, a draw can be made
    /// among those who pass, and nobody comes late.
    package var asksEveryone: Bool {
        switch self {
        case .festival, .schedule: true
        default: false
        }
    }

    /// True where `unless` makes sense: it needs a wait that begins with something the member did.
    package var canBeCancelled: Bool { startingEvent != nil }

    /// The fixed time of day at which it is due, where it has one.
    package var timeOfDay: LocalTime? {
        switch self {
        case .birthday(let offset, _), .anniversary(let offset, _), .date(let offset, _), .festival(let offset, _, _),
            .couponExpires(let offset), .pointsExpire(let offset):
            offset.at
        case .schedule(_, let at): at
        case .event(let event): event.at
        case .firstPurchase(_, let at): at
        case .inactive(let inactive): inactive.at
        case .cartIdle, .browsed: nil
        }
    }

    /// The days between sending and the day itself, and which day that is.
    package var dayAhead: (before: Int, day: String)? {
        switch self {
        case .birthday(let offset, _): (offset.daysBefore, "of the birthday")
        case .anniversary(let offset, _): (offset.daysBefore, "of the anniversary")
        case .date(let offset, _): offset.isAfter ? nil : (offset.daysBefore, "of the date")
        case .festival(let offset, _, _): (offset.daysBefore, "of the festival")
        case .couponExpires(let offset): (offset.daysBefore, "the coupon expires")
        case .pointsExpire(let offset): (offset.daysBefore, "the points expire")
        default: nil
        }
    }

    /// The span between its start and its due time, where it is a wait.
    package var wait: (span: Span, at: LocalTime?)? {
        switch self {
        case .event(let event): (event.after, event.at)
        case .firstPurchase(let days, let at): (Span(days, .days), at)
        case .cartIdle(let idle): (idle, nil)
        case .browsed(let browsed): (browsed.idleFor, nil)
        case .inactive(let inactive): (inactive.for, inactive.at)
        default: nil
        }
    }

    // MARK: events

    /// The event that a wait for one thing starts from.
    package var startingEvent: String? {
        switch self {
        case .event(let event): event.name
        case .firstPurchase: "order.paid"
        case .cartIdle: "cart.updated"
        case .browsed: "product.viewed"
        default: nil
        }
    }

    /// Every event that a wait can start from.
    package var startingEvents: [String] {
        if case .inactive(let inactive) = self { inactive.activity } else { startingEvent.map { [$0] } ?? [] }
    }

    /// The event, date or festival that `trigger.name` gives.
    package var eventName: String? {
        switch self {
        case .festival(_, let name, _), .anniversary(_, let name), .date(_, let name): name
        default: startingEvent
        }
    }

    /// True when it follows our own messages.
    package var followsMessages: Bool { startingEvent == "message.sent" }

    /// Whether an event of this name can start, end or supersede a wait of such a rule, or feed its anchor.
    package func listens(to name: String, unless: [String]) -> Bool {
        if unless.contains(name) { return true }
        switch self {
        case .event(let event): return event.name == name
        case .inactive(let inactive): return inactive.activity.contains(name)
        case .couponExpires: return name == "coupon.given"
        case .pointsExpire: return name == "points.earned"
        default: return false
        }
    }

    // MARK: what it is about

    /// The rows that a rule with this trigger may read, beside `member` and `trigger`.
    package var rows: Set<String> {
        if case .event(let event) = self { return event.name.hasPrefix("order.") ? ["order"] : [] }
        return Set([kind.traits.row].compactMap(\.self))
    }

    /// The fields that are there whenever it is due: without its date the rule is not.
    var presentFields: Set<String> {
        switch self {
        case .event(let event):
            Set(
                (event.filter?.tests ?? []).filter { $0.tests.contains { !$0.isNegated } }.map {
                    "trigger.data.\($0.key)"
                }
            )
            .union(["trigger.name"])
        case .date(_, let name): [name]
        case .festival: ["trigger.name"]
        case .browsed(let browsed): ["browse.\(browsed.of.rawValue)"]
        default: []
        }
    }

    /// The words of `once_per` that name its own unit.
    package var units: [String] {
        guard case .event(let event) = self else { return kind.traits.units }
        let stem = String(event.name.prefix { $0 != "." })
        return stem != "event" && kind.traits.units.contains(stem) ? [stem, "event"] : ["event"]
    }
}

extension Trigger.Schedule {
    package func falls(on day: LocalDate) -> Bool {
        switch self {
        case .daily: return true
        case .weekly(let days): return days.contains(day.weekday)
        case .workdays(let calendar): return calendar.isWorkday(day)
        case .once(let date): return day == date
        case .monthly(let wanted): return day.isDay(wanted)
        case .quarterly(let wanted): return day.civil.month % 3 == 1 && day.isDay(wanted)
        }
    }
}

extension LocalDate {
    /// True on that day of the month, or on the last where the month is shorter.
    fileprivate func isDay(_ wanted: Int) -> Bool {
        let (year, month, number) = civil
        return number == min(wanted, LocalDate.length(ofMonth: month, year: year))
    }
}

extension Trigger.DateOffset {
    /// True for `days_after`: what comes after a date never passes.
    package var isAfter: Bool { daysBefore < 0 }
}

extension Trigger {
    /// The name of a custom attribute without `member.attr.`; nil for a name of `dates`.
    package static func attribute(in name: String) -> String? {
        let prefix = "member.attr."
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
    }
}
