import Kit
import Rules

/// The deliveries that an operator selects; a nil property selects any.
package struct DeliveryFilter: Sendable, Hashable {
    package var rule: String?
    package var member: String?
    package var channel: String?
    /// Empty selects any state.
    package var states: [DeliveryState] = []
    /// `before` is exclusive and `since` inclusive; both are about the instant of the decision.
    package var before: Instant?
    package var since: Instant?
    /// The last code from the channel, or the cause of the last change of state.
    package var code: String?

    package init() {}

    /// Whether the filter selects every delivery.
    package var isEverything: Bool { self == DeliveryFilter() }

    /// The condition, for a query over `v_deliveries d`.
    var sql: String {
        """
        (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
        AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
        AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
        AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
        AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
        AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
        AND (CAST(:code AS TEXT) IS NULL OR :code IN (
          (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
          (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1)))
        """
    }

    var arguments: SQLArguments {
        [
            "rule": rule, "member": member, "channel": channel,
            "states": states.isEmpty ? nil : JSONRows.encode(states.map(\.rawValue)), "before": before?.micros,
            "since": since?.micros, "code": code,
        ]
    }
}

/// How many deliveries of a rule are in a state on a channel.
package struct DeliveryCount: Sendable, Hashable {
    package var rule: String
    package var channel: String
    package var state: DeliveryState
    package var count: Int
}

extension MemberStore {
    /// Rule, channel and number of what would leave if nothing held it, as SQL: each part has an index of its own.
    static let owedRows = """
        SELECT rule, channel, id FROM deliveries
          WHERE state = 'pending' AND parked = 0 AND claim_count = 0 AND send_by > ?1
          UNION ALL SELECT rule, channel, id FROM deliveries
          WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by > ?1
          UNION ALL SELECT rule, channel, id FROM deliveries
          WHERE parked = 1 AND state IN ('pending', 'retry_wait') AND send_by > ?1
        """

    /// The same of what no longer leaves: it is pending until a daemon ends it as expired.
    static let overdueRows = owedRows.replacing("send_by > ?1", with: "send_by <= ?1")

    /// Counts, by rule and channel with the largest first, what would leave if nothing held it; nothing past its
    /// `send_by` is included. Each part of the query has an index that holds only what is owed.
    package func owed(at now: Instant) throws -> [DeliveryCount] {
        try writer.read { db in
            try db.all(
                """
                SELECT rule, channel, COUNT(*) AS owed FROM (\(MemberStore.owedRows)) t
                GROUP BY rule, channel ORDER BY owed DESC, rule, channel
                """, [now.micros]
            ).map { try DeliveryCount(rule: $0[0], channel: $0[1], state: .pending, count: $0[2]) }
        }
    }
}

extension MemberStore {
    /// Every rule that was ever live here, including those no longer among the rules.
    package func liveRules() throws -> [String] {
        try writer.read { try ($0.values("SELECT rule FROM live_rules") as [String]) }
    }
}
