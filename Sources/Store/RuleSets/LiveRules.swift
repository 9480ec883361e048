import Kit
import Policies
import Rules

extension Session {
    /// When each rule that the store knows went live.
    package func liveSince() throws -> [String: Instant] {
        try all("SELECT rule, since FROM live_rules")
            .reduce(into: [:]) { try $0[$1[0]] = Instant(micros: $1[1]) }
    }

    /// The rules that are running or paused in the store, with the hashes that they went live with. `reach` is nil on a
    /// store of a version that did not record it.
    package func rulesNotRetired() throws -> [(
        id: String, trigger: String, reach: String?, status: String, text: String
    )] {
        try all("SELECT rule, trigger_hash, reach_hash, status, text_hash FROM live_rules WHERE status <> 'retired'")
            .map { try ($0[0], $0[1], $0[2], $0[3], $0[4]) }
    }

    /// The instant from which each rule counts, and how far it was evaluated.
    package func watermarks() throws -> [String: (since: Instant, mark: Instant)] {
        try all("SELECT rule, since, watermark FROM live_rules").reduce(into: [:]) {
            try $0[$1[0]] = (Instant(micros: $1[1]), Instant(micros: $1[2]))
        }
    }

    /// - Parameter begins: whether the rule counts from `now`; else it keeps its instant and watermark.
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

    /// Retires rules that are no longer in the set, or not live, and deletes their waits; paused rules keep theirs.
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

    /// Moves the watermark back to an instant, with the same limit; one that is further back stays.
    package func moveBack(_ rule: String, to mark: Instant) throws {
        try run(
            "UPDATE live_rules SET watermark = {greatest}(since, ?1) WHERE rule = ?2 AND watermark > {greatest}(since, ?1)",
            [mark.micros, rule])
    }

    /// Moves the watermark ahead to an instant; one that is further ahead stays.
    package func moveAhead(_ rule: String, to mark: Instant) throws {
        try run("UPDATE live_rules SET watermark = {greatest}(watermark, ?) WHERE rule = ?", [mark.micros, rule])
    }

    /// Records that these rules were evaluated until `now`: moves their watermarks there, and deletes the waits of
    /// existing members who were due by then.
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

    /// At most `most` members whose rows arrived since the last tick, each with the sequence number it has now.
    package func arrivals(_ most: Int) throws -> [(member: String, seq: Int64)] {
        try all("SELECT member, seq FROM arrivals LIMIT ?", [most]).map { try ($0[0], $0[1]) }
    }

    /// Deletes exactly the pairs that were read: what is committed meanwhile stays, whatever its number.
    package func forgetArrivals(_ read: [(member: String, seq: Int64)]) throws {
        try run(
            """
            DELETE FROM arrivals WHERE (member, seq) IN (SELECT key, CAST(value AS BIGINT) FROM {members ?} t)
            """, [JSONRows.encode(read)])
    }
}
