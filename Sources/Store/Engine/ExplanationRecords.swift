import GRDB
import Policies
import Rules

/// What `explain` reads from a store, and what it takes back in its private copy so that an instant of the past can be
/// decided again.
struct ExplanationRecords {
    let db: Database
    let rule: String
    let member: String

    func memberExists() throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM members WHERE id = ?)", arguments: [member]) ?? false
    }

    /// Decisions of the rule for the member made or due within the window, oldest first.
    func decisions(from: Instant, until: Instant) throws -> [PastDecision] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM decisions WHERE member = :member AND rule = :rule
                  AND ((at >= :from AND at < :until) OR (due >= :from AND due < :until)) ORDER BY at, occasion
                """,
            arguments: ["member": member, "rule": rule, "from": from.micros, "until": until.micros]
        ).compactMap(decision)
    }

    private func decision(_ row: Row) throws -> PastDecision? {
        guard let outcome = Outcome(rawValue: row["outcome"]) else { return nil }
        let json: String? = row["because"]
        let because = try Row.fetchAll(
            db, sql: "SELECT key, value FROM json_each(?) ORDER BY id", arguments: [json ?? "{}"]
        ).map { (key: $0[0] as String, value: $0[1] as String? ?? "") }
        let at = Instant(micros: row["at"])
        let ending = try because.first.flatMap { first in
            first.key == "unless" || first.key == "anchor" ? try event(named: first.value, at: at) : nil
        }
        return PastDecision(
            occasion: row["occasion"], due: Instant(micros: row["due"]), at: at, outcome: outcome, because: because,
            channel: row["channel"], template: row["template"], coupon: row["coupon"], task: row["task"],
            variant: row["variant"], isShadow: row["shadow"], rulesVersion: row["rules_version"], ending: ending)
    }

    func event(seq: Int64) throws -> EventMark? {
        try Row.fetchOne(
            db, sql: "SELECT name, COALESCE(ref, event_id), at FROM events WHERE seq = ?", arguments: [seq]
        )
        .map { EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    func event(named name: String, at: Instant) throws -> EventMark? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT name, COALESCE(ref, event_id), at FROM events
                WHERE member = ? AND name = ? AND at = ? ORDER BY seq LIMIT 1
                """, arguments: [member, name, at.micros]
        ).map { EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    /// The latest of these events up to an instant.
    func lastEvent(named names: [String], through now: Instant) throws -> EventMark? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT name, COALESCE(ref, event_id), at FROM events WHERE member = ? AND at <= ?
                  AND name IN (SELECT value FROM json_each(?)) ORDER BY at DESC, seq DESC LIMIT 1
                """, arguments: [member, now.micros, JSONRows.encode(names)]
        ).map { EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    /// Marketing messages that count for a cap, latest first.
    func marketingMessages(from: Instant, through now: Instant) throws -> [GateReading.Message] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT at, data ->> 'rule' FROM events WHERE member = ? AND name = 'message.sent' AND at >= ? AND at <= ?
                  AND data ->> 'purpose' IS NOT 'service' ORDER BY at DESC, seq DESC
                """, arguments: [member, from.micros, now.micros]
        ).map { GateReading.Message(at: Instant(micros: $0[0]), rule: $0[1]) }
    }

    /// What nudged itself did for the member from an instant on is undone: decisions, messages, coupons, points, tasks.
    /// A tag that a rule added stays; and only in a private copy.
    func rewind(to from: Instant) throws {
        let arguments: StatementArguments = ["member": member, "from": from.micros]
        for sql in [
            "DELETE FROM decisions WHERE member = :member AND at >= :from",
            "DELETE FROM waits WHERE member = :member AND kind = 'held' AND first_due >= :from",
            "DELETE FROM tasks WHERE member = :member AND created_at >= :from",
            """
            UPDATE coupon_codes SET coupon = NULL WHERE coupon IN
              (SELECT id FROM coupons WHERE member = :member AND rule IS NOT NULL AND issued_at >= :from)
            """,
            "DELETE FROM coupons WHERE member = :member AND rule IS NOT NULL AND issued_at >= :from",
            """
            DELETE FROM points WHERE member = :member AND earned_at >= :from AND id IN
              (SELECT ref FROM events WHERE member = :member AND source = 'nudged' AND name LIKE 'points.%')
            """,
            "DELETE FROM events WHERE member = :member AND source = 'nudged' AND at >= :from",
            "DELETE FROM attempts WHERE delivery IN (\(deliveries))",
            "DELETE FROM transitions WHERE delivery IN (\(deliveries))",
            "DELETE FROM deliveries WHERE id IN (\(deliveries))",
        ] {
            try db.execute(sql: sql, arguments: arguments)
        }
    }

    private var deliveries: String { "SELECT id FROM deliveries WHERE member = :member AND created_at >= :from" }

    /// So that nobody else is looked at: closed members are never due.
    func leaveOutOthers() throws {
        try db.execute(sql: "UPDATE members SET status = 'closed' WHERE id <> ?", arguments: [member])
    }
}

extension MemberStore {
    /// Member ids that begin alike, for a hint; at most a hundred.
    package func memberIDs(like id: String) throws -> [String] {
        try writer.read { db in
            try String.fetchAll(
                db, sql: "SELECT id FROM members WHERE substr(id, 1, 1) = substr(?, 1, 1) LIMIT 100", arguments: [id])
        }
    }
}
