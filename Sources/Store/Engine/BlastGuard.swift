import GRDB
import Policies
import Rules

/// Holds a rule that would suddenly reach far more people than usual, until an operator releases it (product §7).
/// Acts in the daemon and in `tick`, never in a dry-run.
struct BlastGuard {
    static let who = "blast guard"
    let db: Database

    init(_ db: Database) { self.db = db }

    /// Rules held by the guard, with the reason.
    func held() throws -> [String: String] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT substr(scope, 7), reason FROM stops WHERE scope LIKE 'blast:%'")
        ).reduce(into: [:]) { $0[$1[0]] = $1[1] }
    }

    /// The items that may be decided, and the rules that are held from now on.
    /// - Parameter crowds: how many people festivals and schedules are about besides, by plan.
    func check(
        _ items: [Evaluation.Item], crowds: [Int: Int] = [:], engine: Engine, now: Instant
    ) throws -> (allowed: [Evaluation.Item], held: [String: String]) {
        guard let limit = engine.planned.set.settings.blastGuard else { return (items, [:]) }
        var held: [Int: String] = [:]
        var members: Int?
        let byPlan = Dictionary(grouping: items, by: \.plan)
        for plan in Set(byPlan.keys).union(crowds.keys) {
            let rule = engine.planned.plans[plan].rule
            let fresh =
                Set(
                    (byPlan[plan] ?? []).compactMap { item -> String? in
                        guard case .due(let occurrence) = item.found, !occurrence.isRelease else { return nil }
                        return occurrence.member
                    }
                ).count + (crowds[plan] ?? 0)
            guard fresh > 0 else { continue }
            // A day is a day, however many ticks its people are spread over.
            let people = fresh + (try reached(rule, on: now))
            guard people >= limit.from, try !isReleased(rule) else { continue }
            let all = try members ?? Int.fetchOne(db, sql: "SELECT COUNT(*) FROM members") ?? 0
            members = all
            held[plan] = limit.objection(
                people: people, usual: try usual(rule, on: now), members: all, needsHistory: rule.trigger.isSilent)
        }
        for (plan, reason) in held { try hold(engine.planned.plans[plan].rule.id, reason, now) }
        let byRule = Dictionary(
            uniqueKeysWithValues: held.map { (engine.planned.plans[$0.key].rule.id, $0.value) })
        return (items.filter { held[$0.plan] == nil }, byRule)
    }

    /// Adds what was reached to the day's count.
    func count(_ lines: [DecisionLine], on now: Instant) throws {
        let acted = lines.filter { [.sent, .taskCreated, .done].contains($0.outcome) }
        for (rule, mine) in Dictionary(grouping: acted, by: \.rule) {
            try db.cachedStatement(
                sql: """
                    INSERT INTO daily_reach (rule, day, people) VALUES (?, ?, ?)
                    ON CONFLICT (rule, day) DO UPDATE SET people = people + excluded.people
                    """
            ).execute(arguments: [rule, BlastGuard.day(now), mine.count])
        }
    }

    /// How many people the rule has reached on that day.
    func reached(_ rule: Rule, on now: Instant) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT people FROM daily_reach WHERE rule = ? AND day = ?"),
            arguments: [rule.id, BlastGuard.day(now)]) ?? 0
    }

    private static func day(_ now: Instant) -> Int64 { now.wholeSeconds / 86_400 }

    private func isReleased(_ rule: Rule) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM blast_releases WHERE rule = ? AND text_hash = ?)",
            arguments: [rule.id, Chance.fingerprint(rule.origin.text)]) ?? false
    }

    /// The mean of the last 30 days on which the rule reached anybody; of a festival or schedule the last such day.
    func usual(_ rule: Rule, on now: Instant) throws -> Double? {
        let today = BlastGuard.day(now)
        if rule.trigger.isSilent {
            return try Double.fetchOne(
                db, sql: "SELECT people FROM daily_reach WHERE rule = ? AND day < ? ORDER BY day DESC LIMIT 1",
                arguments: [rule.id, today])
        }
        return try Double.fetchOne(
            db, sql: "SELECT AVG(people) FROM daily_reach WHERE rule = ? AND day >= ? AND day < ?",
            arguments: [rule.id, today - 30, today])
    }

    private func hold(_ rule: String, _ reason: String, _ now: Instant) throws {
        try db.execute(
            sql: "INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING",
            arguments: ["blast:\(rule)", reason, BlastGuard.who, now.micros])
    }
}
