import Kit
import Rules

/// Which deliveries an operator means.
package struct DeliveryFilter: Sendable, Hashable {
    package var rule: String?
    package var member: String?
    package var channel: String?
    /// None: any.
    package var states: [DeliveryState] = []
    /// Decided before, and decided at or after.
    package var before: Instant?
    package var since: Instant?
    /// What the channel said last, or why the delivery is where it is.
    package var code: String?

    package init() {}

    /// Nothing is left out.
    package var isEverything: Bool { self == DeliveryFilter() }

    /// Over `deliveries d`.
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
    /// What would leave if nothing held it: owed on any channel, by rule, the most first. Nothing past its `send_by`. Each
    /// part has an index that holds what is owed and nothing else.
    package func owed(at now: Instant) throws -> [DeliveryCount] {
        try writer.read { db in
            try db.all(
                """
                SELECT rule, channel, COUNT(*) AS owed FROM (
                  SELECT rule, channel FROM deliveries
                  WHERE state = 'pending' AND parked = 0 AND claim_count = 0 AND send_by > ?1
                  UNION ALL SELECT rule, channel FROM deliveries
                  WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by > ?1
                  UNION ALL SELECT rule, channel FROM deliveries
                  WHERE parked = 1 AND state IN ('pending', 'retry_wait') AND send_by > ?1) t
                GROUP BY rule, channel ORDER BY owed DESC, rule, channel
                """, [now.micros]
            ).map { try DeliveryCount(rule: $0[0], channel: $0[1], state: .pending, count: $0[2]) }
        }
    }
}

extension MemberStore {
    /// Every rule that was ever live here, also those that are gone from the rules.
    package func liveRules() throws -> [String] {
        try writer.read { try ($0.values("SELECT rule FROM live_rules") as [String]) }
    }
}
