import Kit
import Policies
import Rules
import Store

/// Holds a rule that would suddenly reach far more people than usual, until an operator releases it (product §7).
/// Acts in the daemon and in `tick`, never in a dry-run.
package struct BlastGuard {
    static let who = "blast guard"
    let db: Session
    /// The shop's zone, whose days are compared with what is usual.
    let zone: Zone

    package init(_ db: Session, _ settings: Settings) { (self.db, zone) = (db, settings.zone) }

    /// Rules held by the guard, with the reason.
    func held() throws -> [String: String] {
        try db.guardedRules()
    }

    /// Holds the rules that reach too many, and returns their plans with the reason.
    /// - Parameter fresh: how many people each rule is about to reach, by plan: all of them, before any is decided.
    func check(_ fresh: [Int: Int], prepared: PreparedRules, now: Instant) throws -> [Int: String] {
        guard let limit = prepared.planned.set.settings.blastGuard else { return [:] }
        var held: [Int: String] = [:]
        var members: Int?
        for (plan, fresh) in fresh where fresh > 0 {
            let rule = prepared.planned.plans[plan].rule
            // The people of a whole day count, however many ticks they are spread over.
            let people = fresh + (try reached(rule, on: now))
            guard people >= limit.from,
                try !db.isReleased(rule.id, text: Chance.fingerprint(rule.origin.text))
            else { continue }
            let all = try members ?? db.countMembers()
            members = all
            held[plan] = limit.objection(
                people: people, usual: try usual(rule, on: now), members: all, needsHistory: rule.trigger.asksEveryone)
        }
        for (plan, reason) in held {
            try db.hold(prepared.planned.plans[plan].rule.id, who: BlastGuard.who, reason: reason, at: now)
        }
        return held
    }

    /// Adds the people reached to the count of this quarter of an hour; a day in any zone is a sum of quarters.
    func count(_ lines: [Decision], on now: Instant) throws {
        var acted: [String: Int] = [:]
        for line in lines where line.outcome == .sent || line.outcome == .taskCreated || line.outcome == .done {
            acted[line.rule, default: 0] += 1
        }
        for (rule, count) in acted { try db.countReached(count, by: rule, quarter: BlastGuard.quarter(of: now)) }
    }

    /// How many people the rule has reached on the shop's day of `now`.
    func reached(_ rule: Rule, on now: Instant) throws -> Int {
        let today = zone.date(of: now)
        return try people(of: rule, from: today, to: today.adding(days: 1)).values.reduce(0, +)
    }

    /// The people reached by day of the shop, for days on which there were any.
    private func people(of rule: Rule, from first: LocalDate, to end: LocalDate) throws -> [LocalDate: Int] {
        let (from, end) = (BlastGuard.quarter(of: zone.startOfDay(first)), BlastGuard.quarter(of: zone.startOfDay(end)))
        return try db.reached(by: rule.id, from: from, to: end).reduce(into: [:]) { days, reached in
            let quarter = Instant(micros: reached.quarter * BlastGuard.quarterMicros)
            days[zone.date(of: quarter), default: 0] += reached.people
        }
    }

    /// The offset of every zone in use from UTC is a whole number of quarters.
    private static let quarterMicros: Int64 = 900_000_000
    private static func quarter(of instant: Instant) -> Int64 { instant.micros / quarterMicros }

    /// The mean of the last 30 days on which the rule reached anybody; for a festival or schedule, the last such day.
    package func usual(_ rule: Rule, on now: Instant) throws -> Double? {
        let today = zone.date(of: now)
        if rule.trigger.asksEveryone {
            let before = BlastGuard.quarter(of: zone.startOfDay(today))
            guard let last = try db.lastReached(by: rule.id, before: before) else { return nil }
            let day = zone.date(of: Instant(micros: last * BlastGuard.quarterMicros))
            return Double(try people(of: rule, from: day, to: day.adding(days: 1)).values.reduce(0, +))
        }
        let days = try people(of: rule, from: today.adding(days: -30), to: today)
        return days.isEmpty ? nil : Double(days.values.reduce(0, +)) / Double(days.count)
    }
}
