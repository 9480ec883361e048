import Kit
import Policies
import Rules
import Store

/// Holds a rule that would suddenly reach far more people than usual, until an operator releases it (product §7).
/// Acts in the daemon and in `tick`, never in a dry-run.
package struct BlastGuard {
    static let who = "blast guard"
    let db: Session
    /// The shop's: its days are what is usual and what is not.
    let zone: Zone

    package init(_ db: Session, _ settings: Settings) { (self.db, zone) = (db, settings.zone) }

    /// Rules held by the guard, with the reason.
    func held() throws -> [String: String] {
        try db.all("SELECT substr(scope, 7), reason FROM stops WHERE scope LIKE 'blast:%'").reduce(into: [:]) {
            try $0[$1[0]] = $1[1]
        }
    }

    /// The plans that are held from now on, with the reason.
    /// - Parameter fresh: how many people each rule is about to reach, by plan: all of them, before any is decided.
    func check(_ fresh: [Int: Int], prepared: PreparedRules, now: Instant) throws -> [Int: String] {
        guard let limit = prepared.planned.set.settings.blastGuard else { return [:] }
        var held: [Int: String] = [:]
        var members: Int?
        for (plan, fresh) in fresh where fresh > 0 {
            let rule = prepared.planned.plans[plan].rule
            // A day is a day, however many ticks its people are spread over.
            let people = fresh + (try reached(rule, on: now))
            guard people >= limit.from, try !isReleased(rule) else { continue }
            let all = try members ?? (db.value("SELECT COUNT(*) FROM members") as Int?) ?? 0
            members = all
            held[plan] = limit.objection(
                people: people, usual: try usual(rule, on: now), members: all, needsHistory: rule.trigger.asksEveryone)
        }
        for (plan, reason) in held { try hold(prepared.planned.plans[plan].rule.id, reason, now) }
        return held
    }

    /// Adds what was reached to the count of this quarter of an hour: whatever the zone, a day is made of them.
    func count(_ lines: [Decision], on now: Instant) throws {
        let acted = lines.filter { [.sent, .taskCreated, .done].contains($0.outcome) }
        for (rule, mine) in Dictionary(grouping: acted, by: \.rule) {
            try db.run(
                """
                INSERT INTO reach (rule, quarter, people) VALUES (?, ?, ?)
                ON CONFLICT (rule, quarter) DO UPDATE SET people = reach.people + excluded.people
                """, [rule, BlastGuard.quarter(of: now), mine.count])
        }
    }

    /// How many people the rule has reached on that day of the shop.
    func reached(_ rule: Rule, on now: Instant) throws -> Int {
        let today = zone.date(of: now)
        return try people(of: rule, from: today, to: today.adding(days: 1)).values.reduce(0, +)
    }

    /// By day of the shop, of those on which it reached anybody.
    private func people(of rule: Rule, from first: LocalDate, to end: LocalDate) throws -> [LocalDate: Int] {
        try db.all(
            "SELECT quarter, people FROM reach WHERE rule = ? AND quarter >= ? AND quarter < ?",
            [
                rule.id, BlastGuard.quarter(of: zone.startOfDay(first)), BlastGuard.quarter(of: zone.startOfDay(end)),
            ]
        ).reduce(into: [:]) { days, row in
            try days[zone.date(of: Instant(micros: (row[0] as Int64) * BlastGuard.quarterMicros)), default: 0] += row[1]
        }
    }

    /// Every zone in use is a whole number of these from UTC.
    private static let quarterMicros: Int64 = 900_000_000
    private static func quarter(of instant: Instant) -> Int64 { instant.micros / quarterMicros }

    private func isReleased(_ rule: Rule) throws -> Bool {
        try
            (db.value(
                "SELECT EXISTS (SELECT 1 FROM blast_releases WHERE rule = ? AND text_hash = ?)",
                [rule.id, Chance.fingerprint(rule.origin.text)]) as Bool?) ?? false
    }

    /// The mean of the last 30 days on which the rule reached anybody; of a festival or schedule the last such day.
    package func usual(_ rule: Rule, on now: Instant) throws -> Double? {
        let today = zone.date(of: now)
        if rule.trigger.asksEveryone {
            guard
                let last = try
                    (db.value(
                        "SELECT MAX(quarter) FROM reach WHERE rule = ? AND quarter < ?",
                        [rule.id, BlastGuard.quarter(of: zone.startOfDay(today))]) as Int64?) ?? nil
            else { return nil }
            let day = zone.date(of: Instant(micros: last * BlastGuard.quarterMicros))
            return Double(try people(of: rule, from: day, to: day.adding(days: 1)).values.reduce(0, +))
        }
        let days = try people(of: rule, from: today.adding(days: -30), to: today)
        return days.isEmpty ? nil : Double(days.values.reduce(0, +)) / Double(days.count)
    }

    private func hold(_ rule: String, _ reason: String, _ now: Instant) throws {
        try db.run(
            "INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING",
            ["blast:\(rule)", reason, BlastGuard.who, now.micros])
    }
}
