import Kit
import Policies
import Rules

extension Session {
    /// When each rule that the store knows went live.
    package func liveSince() throws -> [String: Instant] {
        try all("SELECT rule, since FROM live_rules")
            .reduce(into: [:]) { try $0[$1[0]] = Instant(micros: $1[1]) }
    }

    /// The rules that the store knows as running or paused, with the hashes that they went live with. `reach` is nil on a
    /// store of a version that did not keep it.
    package func rulesNotRetired() throws -> [(
        id: String, trigger: String, reach: String?, status: String, text: String
    )] {
        try all("SELECT rule, trigger_hash, reach_hash, status, text_hash FROM live_rules WHERE status <> 'retired'")
            .map { try ($0[0], $0[1], $0[2], $0[3], $0[4]) }
    }

    /// From when each rule counts, and how far it was evaluated.
    package func watermarks() throws -> [String: (since: Instant, mark: Instant)] {
        try all("SELECT rule, since, watermark FROM live_rules").reduce(into: [:]) {
            try $0[$1[0]] = (Instant(micros: $1[1]), Instant(micros: $1[2]))
        }
    }

    /// - Parameter begins: it counts from `now`; else from where it did.
    package func putLive(_ rule: Rule, in set: RuleSet, at now: Instant, begins: Bool) throws {
        try run(
            """
            INSERT INTO live_rules (rule, since, watermark, text_hash, trigger_hash, reach_hash, status)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (rule) DO UPDATE SET text_hash = excluded.text_hash,
              status = excluded.status, trigger_hash = excluded.trigger_hash, reach_hash = excluded.reach_hash,
              since = CASE WHEN ? = 1 THEN excluded.since ELSE live_rules.since END,
              watermark = CASE WHEN ? = 1 THEN excluded.watermark ELSE live_rules.watermark END
            """,
            [
                rule.id, now.micros - 1, now.micros - 1, Chance.fingerprint(rule.origin.text), rule.triggerHash,
                rule.reachHash(in: set), rule.status.rawValue, begins, begins,
            ])
    }

    /// Rules that are gone from the set, or no longer live, release the people who wait in them.
    package func retireRules(except live: [String], paused: [String]) throws {
        try run("UPDATE live_rules SET status = 'paused' WHERE rule IN {texts ?}", [JSONRows.encode(paused)])
        let kept = JSONRows.encode(live + paused)
        try run("DELETE FROM waits WHERE rule NOT IN {texts ?}", [kept])
        try run("DELETE FROM enrolments WHERE rule NOT IN {texts ?}", [JSONRows.encode(live)])
        try run("UPDATE live_rules SET status = 'retired' WHERE rule NOT IN {texts ?}", [kept])
    }

    /// Moves the watermark back, but not before the rule counts.
    package func moveBack(_ rule: String, by micros: Int64) throws {
        try run("UPDATE live_rules SET watermark = {greatest}(since, watermark - ?) WHERE rule = ?", [micros, rule])
    }

    /// As `moveBack(_:by:)`, to an instant; a watermark that is further back stays.
    package func moveBack(_ rule: String, to mark: Instant) throws {
        try run(
            "UPDATE live_rules SET watermark = {greatest}(since, ?1) WHERE rule = ?2 AND watermark > {greatest}(since, ?1)",
            [mark.micros, rule])
    }

    /// A watermark that is further ahead stays.
    package func moveAhead(_ rule: String, to mark: Instant) throws {
        try run("UPDATE live_rules SET watermark = {greatest}(watermark, ?) WHERE rule = ?", [mark.micros, rule])
    }

    /// These rules were evaluated until `now`: their watermarks move there, and existing members who were due by then wait
    /// no longer.
    package func noteEvaluated(_ rules: [String], until now: Instant) throws {
        let looked = JSONRows.encode(rules)
        try run(
            """
            UPDATE live_rules SET watermark = ?1 WHERE status IN ('live', 'shadow') AND watermark < ?1
              AND rule IN {texts ?2}
            """, [now.micros, looked])
        try run(
            """
            DELETE FROM waits WHERE kind = 'existing' AND due <= ?1 AND rule IN {texts ?2}
              AND rule NOT IN (SELECT rule FROM enrolments)
            """, [now.micros, looked])
    }

    /// Some of the members whose rows came since the last tick, each with the number that it had when it was read.
    package func arrivals(_ most: Int) throws -> [(member: String, seq: Int64)] {
        try all("SELECT member, seq FROM arrivals LIMIT ?", [most]).map { try ($0[0], $0[1]) }
    }

    /// Deletes the very pairs that were read: what is committed meanwhile stays, whatever its number.
    package func forgetArrivals(_ read: [(member: String, seq: Int64)]) throws {
        try run(
            """
            DELETE FROM arrivals WHERE (member, seq) IN (SELECT key, CAST(value AS BIGINT) FROM {members ?} t)
            """, [JSONRows.encode(read)])
    }
}
