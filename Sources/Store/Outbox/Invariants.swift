import Kit
import Rules

/// The promises that can be checked from the database alone (guarantees §1.5).
package struct Invariants: Sendable {
    /// No daemon runs, and the last one stopped in order or was recovered, so nothing may be under way.
    package var atRest: Bool
    /// `settings.on_unknown.max_resends`.
    package var maxResends: Int
    package var now: Instant
    /// How far back the rules in force may ask the ledger, in microseconds; nil: that is not checked.
    package var lookBack: Int64?
    /// Nil: nobody is asked for their age.
    package var minors: Minors?

    package init(
        at now: Instant, atRest: Bool = true, maxResends: Int = 1, lookBack: Int64? = nil, minors: Minors? = nil
    ) {
        self.lookBack = lookBack
        self.minors = minors
        self.atRest = atRest
        self.maxResends = maxResends
        self.now = now
    }

    /// One line per broken promise and row: its id, what is wrong, the delivery or rule. Nothing personal.
    /// - Parameter progress: called with the id of each promise before it is checked.
    func broken(_ db: Session, _ progress: (String) -> Void = { _ in }) throws -> [String] {
        var lines: [String] = []
        for check in try checks + guardians(AddressKey.secret(db)) {
            progress(check.id)
            let rows = try db.all(check.sql + " LIMIT 100", check.arguments)
            lines += try rows.map { row in try "\(check.id) \(check.says): \(row[0] as SQLValue)" }
        }
        progress("I6")
        lines += try brokenTransitions(db)
        progress("I9")
        return try lines + LimitCheck.broken(db, most: 100)
    }

    struct Check {
        var id: String
        var says: String
        /// Selects the rows that break the invariant; the first column identifies one.
        var sql: String
        var arguments: SQLArguments = []
    }

    var checks: [Check] {
        decisions + attempts + receipts + consent + addresses + erasures + counters + spending + retention
            + (atRest
                ? [
                    Check(
                        id: "I7", says: "delivery under way while nothing runs",
                        sql: "SELECT id FROM deliveries WHERE state IN ('claimed', 'sending')")
                ] : [])
    }

    private var decisions: [Check] {
        [
            Check(
                id: "I1", says: "more than one decision or step for an occasion, rule",
                sql: """
                    SELECT MIN(rule) FROM deliveries GROUP BY decision, step HAVING COUNT(*) > 1
                    UNION ALL SELECT rule FROM decisions GROUP BY member, rule, occasion HAVING COUNT(*) > 1
                    """),
            Check(
                id: "I2", says: "decided to send without a delivery, rule",
                sql: """
                    SELECT d.rule FROM decisions d WHERE d.outcome = 'sent' AND d.shadow = 0 AND NOT EXISTS (
                      SELECT 1 FROM deliveries x WHERE x.decision = d.id AND x.step = 1)
                    """),
            Check(
                id: "I2", says: "delivery that nobody decided",
                sql: """
                    SELECT x.id FROM deliveries x WHERE NOT EXISTS (SELECT 1 FROM decisions d WHERE d.id = x.decision
                      AND d.rule = x.rule AND d.outcome = 'sent' AND d.shadow = 0)
                    """),
            Check(
                id: "I13", says: "unknown for more than 72 hours, delivery",
                sql: """
                    SELECT d.id FROM deliveries d WHERE d.state = 'unknown' AND d.state IN ('claimed', 'sending', 'unknown')
                      AND (SELECT MAX(outcome_at) FROM attempts WHERE delivery = d.id) < ?
                    """, arguments: [now.micros - Outbox.unknownFor - 3_600_000_000]),
            Check(
                id: "I17", says: "claimed more than three times, delivery",
                sql: "SELECT id FROM deliveries WHERE claim_count > \(Outbox.mostClaims) AND state <> 'dead'"),
            Check(
                id: "I17", says: "claimed without a holder and a lease, delivery",
                sql: """
                    SELECT id FROM deliveries WHERE state = 'claimed' AND state IN ('claimed', 'sending', 'unknown')
                      AND (claimed_by IS NULL OR lease_until IS NULL
                        OR claimed_by > (SELECT value FROM meta WHERE key = 'epoch'))
                    """),
        ]
    }

    private var attempts: [Check] {
        [
            Check(
                id: "I3", says: "handed over more often than allowed, delivery",
                sql: """
                    SELECT d.id FROM deliveries d JOIN attempts a ON a.delivery = d.id
                    WHERE a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown') GROUP BY d.id
                    HAVING COUNT(*) > CASE d.policy WHEN 'hold' THEN 1 ELSE 1 + ? END OR COUNT(*) > 1 + SUM(a.resend)
                    """, arguments: [maxResends]),
            Check(
                id: "I4", says: "attempts with a gap in their numbers, delivery",
                sql: """
                    SELECT delivery FROM attempts GROUP BY delivery HAVING MIN(n) <> 1 OR MAX(n) <> COUNT(*)
                    """),
            Check(
                id: "I4", says: "next attempt before the outcome of the last, delivery",
                sql: """
                    SELECT b.delivery FROM attempts a JOIN attempts b ON b.delivery = a.delivery AND b.n = a.n + 1
                    WHERE a.outcome_seq IS NULL OR b.intent_seq <= a.outcome_seq
                    """),
            Check(
                id: "I5", says: "attempt on a delivery that had ended, delivery",
                sql: """
                    SELECT a.delivery FROM attempts a JOIN transitions t ON t.delivery = a.delivery
                    WHERE t.seq < a.intent_seq AND t.to_state IN (\(Invariants.terminal))
                    """),
            Check(
                id: "I11", says: "attempt of an epoch that was over, delivery",
                sql: """
                    SELECT delivery FROM (SELECT delivery, epoch, MAX(epoch) OVER (ORDER BY intent_seq) AS newest
                      FROM attempts) t WHERE epoch < newest
                      OR epoch > (SELECT value FROM meta WHERE key = 'epoch')
                    """),
            Check(
                id: "I19", says: "sequence behind its rows",
                sql: """
                    SELECT key FROM meta WHERE key = 'seq' AND value < (SELECT MAX(s) FROM (
                      SELECT MAX(seq) AS s FROM transitions UNION ALL SELECT MAX(intent_seq) FROM attempts
                      UNION ALL SELECT MAX(outcome_seq) FROM attempts) t)
                    """),
        ]
    }

    /// A receipt without a delivery is one that waits, for as long as an unclear try stays open.
    private var receipts: [Check] {
        [
            Check(
                id: "I16", says: "receipt that disagrees with its delivery and is not flagged, delivery",
                sql: """
                    SELECT r.delivery FROM receipts r JOIN deliveries d ON d.id = r.delivery
                    WHERE r.delivery IS NOT NULL
                      AND (d.channel <> r.channel OR (r.flagged = 0 AND r.status <> 'sent' AND r.status <> d.state))
                    """),
            Check(
                id: "I16", says: "receipt that waits for more than 72 hours, channel",
                sql: "SELECT channel FROM receipts WHERE delivery IS NULL AND noted_at < ?",
                arguments: [now.micros - Outbox.unknownFor - 3_600_000_000]),
        ]
    }

    /// The running counts agree with the rows.
    private var counters: [Check] {
        [
            Check(
                id: "I12", says: "people reached in a quarter of an hour are not as many as its decisions, rule",
                sql: """
                    WITH acted AS MATERIALIZED (SELECT rule, at / 900000000 AS quarter, COUNT(*) AS people FROM decisions
                      WHERE outcome IN ('sent', 'task_created', 'done') GROUP BY rule, at / 900000000)
                    SELECT r.rule FROM reach r LEFT JOIN acted a ON a.rule = r.rule AND a.quarter = r.quarter
                      WHERE r.people <> COALESCE(a.people, 0)
                    """),
            Check(
                id: "I12", says: "the latest activity is not that of the events, event",
                sql: """
                    WITH newest AS (SELECT member, name, MAX(at) AS at FROM events GROUP BY member, name)
                    SELECT n.name FROM newest n LEFT JOIN latest l ON l.member = n.member AND l.name = n.name
                      WHERE n.name <> 'message.sent' AND l.at IS DISTINCT FROM n.at
                    UNION ALL SELECT l.name FROM latest l WHERE NOT EXISTS (
                      SELECT 1 FROM events e WHERE e.member = l.member AND e.name = l.name)
                    """),
            Check(
                id: "I12", says: "messages by their instant are not those that were decided, rule",
                sql: """
                    SELECT c.rule FROM decisions c WHERE c.outcome = 'sent' AND c.shadow = 0
                      AND NOT EXISTS (SELECT 1 FROM sends s WHERE s.at = c.at AND s.decision = c.id)
                    UNION ALL SELECT c.rule FROM sends s JOIN decisions c ON c.id = s.decision
                      WHERE c.outcome <> 'sent' OR c.shadow <> 0 OR c.at <> s.at
                    """),
            Check(
                id: "I12", says: "a credit is used by a message that did not leave, delivery",
                sql: """
                    SELECT c.delivery FROM message_credits c JOIN deliveries d ON d.id = c.delivery
                    WHERE c.delivery IS NOT NULL AND c.ended = 0
                      AND d.state IN ('pending', 'claimed', 'retry_wait', 'rejected', 'dead', 'expired', 'cancelled',
                        'suppressed')
                      AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.delivery = d.id
                        AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown')))
                    """),
            Check(
                id: "I15", says: "two events of one source and id, event",
                sql: """
                    SELECT i.event FROM event_ids i JOIN events e ON e.source = i.source AND e.event_id = i.event_id
                    """),
        ]
    }

    /// Decisions are removed only before everything that the rules may still ask for.
    private var retention: [Check] {
        guard let lookBack else { return [] }
        return [
            Check(
                id: "I18", says: "decisions were removed that the rules in force may ask for, those before",
                sql: "SELECT value FROM meta WHERE key = '\(LedgerPruning.removedBefore)' AND value > ?",
                arguments: [now.micros - lookBack])
        ]
    }

    /// Marketing of a channel and day costs no more than the highest budget that it left under, and what is counted as
    /// spent is what the attempts cost. What was proven not to be taken costs nothing.
    private var spending: [Check] {
        let costs = """
            SELECT d.channel, a.cost_day AS day, SUM(a.cost) AS spent,
              COALESCE(SUM(CASE WHEN d.purpose = 'marketing' THEN a.cost END), 0) AS marketing
            FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE a.cost IS NOT NULL
            GROUP BY d.channel, a.cost_day
            """
        return [
            Check(
                id: "I20", says: "what is counted as spent is not what the attempts of the day cost, channel",
                sql: """
                    WITH costs AS MATERIALIZED (\(costs))
                    SELECT c.channel FROM costs c LEFT JOIN spending s ON s.channel = c.channel AND s.day = c.day
                      WHERE s.spent IS DISTINCT FROM c.spent
                    UNION ALL SELECT s.channel FROM spending s LEFT JOIN costs c
                      ON c.channel = s.channel AND c.day = s.day WHERE s.spent <> 0 AND c.spent IS NULL
                    """),
            Check(
                id: "I20", says: "marketing of a day costs more than its budget, channel",
                sql: """
                    SELECT s.channel FROM spending s JOIN (\(costs)) c ON c.channel = s.channel AND c.day = s.day
                    WHERE c.marketing > s.ceiling
                    """),
            Check(
                id: "I20", says: "a refused attempt is still paid for, delivery",
                sql: """
                    SELECT delivery FROM attempts WHERE outcome = 'rejected' AND cost IS NOT NULL
                    """),
        ]
    }

    /// Consent and suppression of an address apply to attempts made after its member was known to share it. A refusal is
    /// lifted by a grant that is dated later and was not committed before it; between members who came to share the
    /// address after the refusal, the dates decide.
    private var addresses: [Check] {
        let attempts = """
            SELECT DISTINCT a.delivery FROM shared_addresses s JOIN members m ON m.id = s.member
            JOIN v_deliveries d ON d.member = s.member AND d.address = \(CanonicalAddress.column(of: "s.kind", in: "m"))
            JOIN attempts a ON a.delivery = d.id AND a.intent_seq > s.seq
            """
        return [
            Check(
                id: "I8", says: "attempt after consent was withdrawn for its address, delivery",
                sql: """
                    \(attempts)
                    JOIN address_consents w ON w.address = s.address AND w.channel IN (d.channel, '*')
                      AND w.state = 'withdrawn' AND w.member <> d.member AND w.seq < a.intent_seq
                    LEFT JOIN shared_addresses o ON o.member = w.member AND o.address = w.address
                    WHERE d.purpose = 'marketing' AND (w.member = '' OR o.seq < a.intent_seq) AND NOT EXISTS (
                      SELECT 1 FROM address_consents g WHERE g.address = w.address AND g.channel IN (d.channel, '*')
                        AND g.state = 'granted' AND g.at > w.at AND g.seq < a.intent_seq
                        AND (g.seq >= w.seq OR (w.member <> '' AND (s.seq > w.seq OR o.seq > w.seq))))
                    """),
            Check(
                id: "I8", says: "attempt after its address was suppressed, delivery",
                sql: """
                    \(attempts)
                    JOIN address_suppressions x ON x.address = s.address AND x.channel IN (d.channel, '*')
                      AND x.seq < a.intent_seq
                    """),
            Check(
                id: "I8", says: "attempt after its address unfollowed the account, delivery",
                sql: """
                    \(attempts)
                    JOIN followings f ON f.address = s.address AND f.channel = d.channel AND f.follows = 0
                      AND f.seq < a.intent_seq
                    """),
        ]
    }

    private var consent: [Check] {
        [
            // Attempts known from a provider's records left before those records were read here. A grant that was
            // confirmed at another address than today's is in its request alone.
            Check(
                id: "I8", says: "attempt after consent was withdrawn, delivery",
                sql: """
                    SELECT DISTINCT a.delivery FROM attempts a JOIN v_deliveries d ON d.id = a.delivery
                    JOIN consents w ON w.member = d.member AND w.channel IN (d.channel, '*') AND w.purpose = d.purpose
                      AND w.state = 'withdrawn' AND w.seq < a.intent_seq
                    WHERE a.code IS DISTINCT FROM '\(Outbox.settledCode)'
                      AND a.intent_seq > \(Invariants.since("d.decision")) AND NOT EXISTS (
                      SELECT 1 FROM consents g WHERE g.member = d.member
                      AND g.channel IN (d.channel, '*') AND g.purpose = d.purpose AND g.state = 'granted'
                      AND g.at > w.at AND g.seq >= w.seq AND g.seq < a.intent_seq)
                      AND NOT (d.purpose = 'marketing' AND EXISTS (
                        SELECT 1 FROM consent_requests q WHERE q.member = d.member AND q.channel = d.channel
                        AND q.confirmed_at > w.at AND q.confirmed_at <= a.intent_at))
                    """),
            Check(
                id: "I8", says: "attempt after a suppression, delivery",
                sql: """
                    SELECT a.delivery FROM attempts a JOIN v_deliveries d ON d.id = a.delivery
                    JOIN suppressions s ON s.member = d.member AND s.channel IN (d.channel, '*')
                    WHERE a.code IS DISTINCT FROM '\(Outbox.settledCode)' AND s.seq < a.intent_seq
                      AND a.intent_seq > \(Invariants.since("d.decision"))
                    """),
        ]
    }

    /// The number since which a decision is its member's: what was said before by whom they took over, or by
    /// themselves, is not about its attempts.
    static func since(_ decision: String) -> String {
        "COALESCE((SELECT g.seq FROM merged_decisions g WHERE g.decision = \(decision)), 0)"
    }

    private static let terminal = DeliveryState.allCases.filter(\.isTerminal).map { "'\($0.rawValue)'" }
        .joined(separator: ", ")

    /// I6: every change of state is in the drawing and begins where the last ended; the last ends in the current state.
    private func brokenTransitions(_ db: Session) throws -> [String] {
        let cursor = try db.cursor(
            """
            SELECT d.id, t.from_state, t.to_state,
              LAG(t.to_state) OVER (PARTITION BY d.id ORDER BY t.seq) AS before,
              CASE WHEN LEAD(t.seq) OVER (PARTITION BY d.id ORDER BY t.seq) IS NULL THEN d.state END AS state
            FROM deliveries d LEFT JOIN transitions t ON t.delivery = d.id
            """)
        var lines: [String] = []
        while let row = try cursor.next(), lines.count < 100 {
            let (from, to, before): (String?, String?, String?) = try (row[1], row[2], row[3])
            let state: String? = try row[4]
            let isArrow: Bool =
                if let next = to.flatMap(DeliveryState.init(rawValue:)) {
                    from.flatMap(DeliveryState.init(rawValue:)).map { $0.canBecome(next) }
                        ?? (from == nil && next == .pending)
                } else { false }
            if !isArrow || from != before || (state != nil && state != to) {
                try lines.append("I6 a change of state that is not in the drawing, delivery: \(row[0] as Int64)")
            }
        }
        return lines
    }
}

extension MemberStore {
    /// Only reads, in bounded memory; returns no lines when every promise is kept.
    /// - Parameter progress: called with the id of each promise before it is checked.
    package func verify(_ invariants: Invariants, progress: (String) -> Void = { _ in }) throws -> [String] {
        var lines: [String] = []
        try writer.unsafeRead { db in
            // Large sorts go to disk.
            try db.script("PRAGMA temp_store = FILE; PRAGMA cache_size = -16384")
            try db.transaction { lines = try invariants.broken(db, progress) }
        }
        return try lines + (brokenMark().map { ["I19 not the store of the mark beside it: \($0)"] } ?? [])
    }
}
