import Kit
import Policies
import Rules

/// Finds the occurrences of one rule within a window, by queries that use indexes. The same scan runs in the daemon, in
/// `tick` and in a dry-run.
package struct Scan {
    package let db: Session
    package let plan: RulePlan
    package let settings: Settings
    package let zones: ZonesInUse
    package var window: Window
    /// Only these members (those with late arrivals, or touched by a decision); nil: everyone.
    package var members: [String]?
    /// The instant of decision: the daemon's now; nil in a dry-run, which decides at each due instant.
    package var decidesAt: Instant?
    /// `--all`: a festival or schedule looks at every member, so that members who are not due get a line too.
    package var includesNotDue = false

    package init(
        db: Session, plan: RulePlan, settings: Settings, zones: ZonesInUse, window: Window, members: [String]? = nil,
        decidesAt: Instant? = nil, includesNotDue: Bool = false
    ) {
        (self.db, self.plan, self.settings, self.zones) = (db, plan, settings, zones)
        (self.window, self.members) = (window, members)
        (self.decidesAt, self.includesNotDue) = (decidesAt, includesNotDue)
    }

    package var rule: Rule { plan.rule }

    /// Collects all candidates of `each`, for cases where they are few.
    package func run() throws -> [Candidate] {
        var found: [Candidate] = []
        try each { found.append($0) }
        return found
    }

    /// Passes on due and cancelled occurrences one by one as they are read, because there may be a million; each
    /// occasion comes once, in no particular order.
    package func each(_ take: (Candidate) throws -> Void) throws {
        guard !window.isEmpty else { return }
        switch rule.trigger {
        case .birthday(let offset, let calendar): try birthdays(offset, calendar, take)
        case .anniversary(let offset, let name): try anniversaries(offset, of: name, take)
        case .date(let offset, let name): try dates(offset, of: name, take)
        case .festival, .schedule: for slot in slots { try everyone(slot, take) }
        case .pointsExpire(let offset): try pointsExpiring(offset, take)
        case .couponExpires(let offset): try couponsExpiring(offset, take)
        default: try delays(take)
        }
    }

    /// `AND m.id IN (…)` for a narrowed scan.
    func memberFilter(_ column: String, _ arguments: inout SQLArguments) -> String {
        guard let members else { return "" }
        arguments += [JSONRows.encode(members)]
        return " AND \(column) IN {texts ?}"
    }

    /// Each zone and instant at which a date trigger with this offset is due in the window, with the date it is about.
    func falls(_ offset: Trigger.DateOffset) -> [(zone: Zone, anchor: LocalDate, due: Instant)] {
        zones.all.flatMap { zone in
            zone.falls(of: offset.at, in: window).map {
                (zone, $0.day.adding(days: offset.daysBefore), $0.instant)
            }
        }
    }

    package func rows(_ sql: String, _ arguments: SQLArguments, _ body: (SQLRow) throws -> Void) throws {
        try db.each(sql, arguments, body)
    }

    /// 24:00 of a date, when the occasion itself has passed.
    package func end(of date: LocalDate, _ zone: Zone) -> Instant { zone.startOfDay(date.adding(days: 1)) }
}
