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
            db.cachedStatement(sql: "SELECT substr(scope, 6), reason FROM stops WHERE who = ? AND scope LIKE 'rule:%'"),
            arguments: [BlastGuard.who]
        ).reduce(into: [:]) { $0[$1[0]] = $1[1] }
    }

    /// The items that may be decided, and the rules that are held from now on.
    func check(
        _ items: [Evaluation.Item], engine: Engine, now: Instant
    ) throws -> (allowed: [Evaluation.Item], held: [String: String]) {
        guard let limit = engine.planned.set.settings.blastGuard, items.count >= limit.from else { return (items, [:]) }
        var held: [Int: String] = [:]
        var members: Int?
        for (plan, mine) in Dictionary(grouping: items, by: \.plan) {
            let rule = engine.planned.plans[plan].rule
            let people = Set(
                mine.compactMap { item -> String? in
                    guard case .due(let occurrence) = item.found, !occurrence.isRelease else { return nil }
                    return occurrence.member
                }).count
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

    private static func day(_ now: Instant) -> Int64 { now.wholeSeconds / 86_400 }

    private func isReleased(_ rule: Rule) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM blast_releases WHERE rule = ? AND text_hash = ?)",
            arguments: [rule.id, Chance.fingerprint(rule.origin.text)]) ?? false
    }

    /// The mean of the last 30 days on which the rule reached anybody; of a festival or schedule the last such day.
    private func usual(_ rule: Rule, on now: Instant) throws -> Double? {
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
            arguments: ["rule:\(rule)", reason, BlastGuard.who, now.micros])
    }
}

/// What an emergency stop covers.
package enum StopScope: Sendable, Hashable {
    case all
    case rule(String)
    case channel(String)

    package var text: String {
        switch self {
        case .all: "all"
        case .rule(let id): "rule:\(id)"
        case .channel(let id): "channel:\(id)"
        }
    }
}

extension MemberStore {
    /// Takes effect before the next send and survives a restart.
    package func stop(_ scope: StopScope, reason: String, who: String, at now: Instant) throws {
        try writer.write { db in
            try db.execute(
                sql: """
                    INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason, who = excluded.who, at = excluded.at
                    """, arguments: [scope.text, reason, who, now.micros])
        }
    }

    /// False when there was no such stop. Releasing a rule lets it reach as many as it wants until its text changes.
    package func release(_ scope: StopScope) throws -> Bool {
        try writer.write { db in
            if case .rule(let rule) = scope {
                try db.execute(
                    sql: """
                        INSERT INTO blast_releases (rule, text_hash) SELECT rule, text_hash FROM live_rules WHERE rule = ?
                        ON CONFLICT (rule) DO UPDATE SET text_hash = excluded.text_hash
                        """, arguments: [rule])
            }
            try db.execute(sql: "DELETE FROM stops WHERE scope = ?", arguments: [scope.text])
            return db.changesCount > 0
        }
    }

    /// Every stop in force: scope, reason, who, when.
    package func stops() throws -> [(scope: String, reason: String, who: String, at: Instant)] {
        try writer.read { db in
            try Row.fetchAll(db, sql: "SELECT scope, reason, who, at FROM stops ORDER BY at").map {
                ($0[0], $0[1], $0[2], Instant(micros: $0[3]))
            }
        }
    }
}
