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

    /// The key under `when`: `birthday`, `cart_idle`, ….
    package var kind: String {
        switch self {
        case .birthday: "birthday"
        case .anniversary: "anniversary"
        case .date: "date"
        case .festival: "festival"
        case .schedule: "schedule"
        case .couponExpires: "coupon_expires"
        case .pointsExpire: "points_expire"
        case .event: "event"
        case .firstPurchase: "first_purchase"
        case .cartIdle: "cart_idle"
        case .browsed: "browsed"
        case .inactive: "inactive"
        }
    }
}
