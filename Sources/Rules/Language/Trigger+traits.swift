import Kit

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
        switch self {
        case .couponExpires: ["coupon"]
        case .pointsExpire: ["points"]
        case .cartIdle: ["cart"]
        case .event(let event): event.name.hasPrefix("order.") ? ["order"] : []
        case .firstPurchase: ["order"]
        case .browsed: ["browse"]
        default: []
        }
    }

    /// The words of `once_per` that name its own unit.
    package var units: [String] {
        switch self {
        case .birthday: ["birthday"]
        case .anniversary: ["anniversary"]
        case .date: ["date"]
        case .festival: ["festival"]
        case .schedule: ["schedule"]
        case .couponExpires: ["coupon"]
        case .pointsExpire: ["points_batch"]
        case .firstPurchase: ["order"]
        case .cartIdle: ["cart"]
        case .browsed: ["view"]
        case .inactive: ["inactivity"]
        case .event(let event):
            switch event.name.prefix(while: { $0 != "." }) {
            case "order": ["order", "event"]
            case "cart": ["cart", "event"]
            case "message": ["message", "event"]
            default: ["event"]
            }
        }
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
