import Kit
import Policies
import Rules

/// How much the store owes and how it stands. Every count is read from an index that holds only what is owed, unclear
/// or expired, so that it costs the same beside a million members as beside none.
package struct StoreStanding: Sendable {
    /// The deliveries of one rule that an operator looks after.
    package struct OfRule: Sendable, Hashable {
        package var rule: String
        /// Deliveries that would leave if nothing held them.
        package var owed = 0
        /// Deliveries that no longer leave: their `send_by` is over, and no daemon has ended them so far.
        package var overdue = 0
        /// When the oldest of the owed was decided.
        package var oldestOwed: Instant?
        /// Deliveries of which nobody knows whether they arrived.
        package var unclear = 0
        /// When the oldest of these was handed over.
        package var oldestUnclear: Instant?
        /// Deliveries that were not sent in time, by their `send_by`.
        package var expired = 0
        /// When the rule has something to decide next, where that is known without reading members.
        package var nextDue: Instant?

        init(rule: String) { self.rule = rule }
    }

    /// The files of a store.
    package struct Files: Sendable, Hashable {
        package var path: String
        /// Sizes in bytes: the store, its write-ahead log, and what is free on its disk (nil where that is not known).
        package var bytes: Int64
        package var logBytes: Int64
        package var freeBytes: Int64?
        /// The last step of the schema.
        package var schema: String
    }

    /// Only rules of which there is something to say, by id.
    package var rules: [OfRule]
    package var files: Files
    /// Whether a daemon, or a tick, has the store now.
    package var isInUse: Bool
    package var clock: ClockHold
}

extension MemberStore {
    /// Reads how the store stands.
    ///
    /// - Parameters:
    ///   - planned: the rules in force, for what is due next; nil: there are none.
    ///   - today: the shop's day, for what expired.
    package func standing(_ planned: PlannedSet?, today: Window, at now: Instant) throws -> StoreStanding {
        let rules = try writer.read { db in
            var rules: [String: StoreStanding.OfRule] = [:]
            try StandingReader(db: db, now: now).read(planned, today: today, into: &rules)
            return rules.values.sorted { $0.rule.isBytewise(before: $1.rule) }
        }
        return StoreStanding(
            rules: rules,
            files: StoreStanding.Files(
                path: path ?? ":memory:", bytes: path.map(StoreFile.size) ?? 0, logBytes: logSize,
                freeBytes: path.flatMap(StoreFile.freeBytes(of:)), schema: Migrations.all.last?.name ?? ""),
            isInUse: isInUse, clock: try clockHoldNow())
    }
}

private struct StandingReader {
    typealias Rules = [String: StoreStanding.OfRule]
    let db: Session
    let now: Instant

    func read(_ planned: PlannedSet?, today: Window, into rules: inout Rules) throws {
        try owed(&rules)
        try overdue(&rules)
        try unclear(&rules)
        try expired(today, &rules)
        if let planned { try nextDue(planned, &rules) }
    }

    /// The number of the oldest is part of every index, its row is read once for each rule.
    private func owed(_ rules: inout Rules) throws {
        let sql = """
            SELECT t.rule, t.owed, d.created_at FROM (
              SELECT rule, COUNT(*) AS owed, MIN(id) AS oldest FROM (\(MemberStore.owedRows)) o GROUP BY rule) t
            JOIN deliveries d ON d.id = t.oldest
            """
        try db.each(sql, [now.micros]) { row in
            let rule: String = try row[0]
            rules[rule, default: .init(rule: rule)].owed = try row[1]
            rules[rule]?.oldestOwed = Instant(micros: try row[2])
        }
    }

    private func overdue(_ rules: inout Rules) throws {
        let sql = "SELECT rule, COUNT(*) AS n FROM (\(MemberStore.overdueRows)) o GROUP BY rule"
        try db.each(sql, [now.micros]) { row in
            let rule: String = try row[0]
            rules[rule, default: .init(rule: rule)].overdue = try row[1]
        }
    }

    private func unclear(_ rules: inout Rules) throws {
        let sql = """
            SELECT d.rule, COUNT(*) AS n, MIN(a.intent_at) AS oldest FROM deliveries d
            JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
            WHERE d.state = 'unknown' AND d.state IN ('claimed', 'sending', 'unknown') GROUP BY d.rule
            """
        try db.each(sql) { row in
            let rule: String = try row[0]
            rules[rule, default: .init(rule: rule)].unclear = try row[1]
            rules[rule]?.oldestUnclear = try (row[2] as Int64?).map(Instant.init(micros:))
        }
    }

    private func expired(_ day: Window, _ rules: inout Rules) throws {
        let sql = """
            SELECT rule, COUNT(*) AS n FROM deliveries WHERE state = 'expired' AND send_by > ? AND send_by <= ?
            GROUP BY rule
            """
        try db.each(sql, [day.after.micros, day.through.micros]) { row in
            let rule: String = try row[0]
            rules[rule, default: .init(rule: rule)].expired = try row[1]
        }
    }

    // MARK: what comes next

    private static let farthest = [2, 35, 400]

    private func nextDue(_ planned: PlannedSet, _ rules: inout Rules) throws {
        let zones = try ZonesInUse(db, planned.set.settings)
        for plan in planned.plans {
            let waits: Int64? = try db.value(
                "SELECT MIN(due) FROM waits WHERE rule = ? AND due > ?", [plan.rule.id, now.micros])
            let next = [waits.map(Instant.init(micros:)), nextSlot(plan, planned.set.settings, zones)]
            guard let first = next.compactMap(\.self).min() else { continue }
            rules[plan.rule.id, default: .init(rule: plan.rule.id)].nextDue = first
        }
    }

    /// The next slot of a festival or schedule within a year or so; most are within days, so little is looked at first.
    private func nextSlot(_ plan: RulePlan, _ settings: Settings, _ zones: ZonesInUse) -> Instant? {
        guard plan.rule.trigger.asksEveryone else { return nil }
        return StandingReader.farthest.lazy.compactMap { days in
            Scan(
                db: db, plan: plan, settings: settings, zones: zones,
                window: Window(after: now, through: now.adding(micros: Int64(days) * 86_400_000_000))
            ).slots.map(\.due).min()
        }.first
    }
}
