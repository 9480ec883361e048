import Kit
import Policies
import Rules

/// A decision on record in the store.
package struct PastDecision: Sendable {
    package var occasion: String
    package var due: Instant
    package var at: Instant
    package var outcome: Outcome
    /// The keys and values of the reason, as stored.
    package var because: [(key: String, value: String)]
    package var channel: String?
    package var template: String?
    package var coupon: String?
    package var task: String?
    package var variant: String?
    /// How its message stands, by the last step; nil where it has none, or none is kept any more.
    package var message: DeliveryState?
    package var isShadow = false
    package var rulesVersion: Int
    package var ending: EventMark?
    /// For a hold, the instant at which it is released.
    package var until: Instant?
    /// The number of its trace (what it read); nil where none was kept.
    package var trace: Int64?
    /// A hold preceded this decision.
    package var isRelease = false

    /// Nil where the decision acted, or where this version does not know the key.
    package var reason: Reason? {
        because.first.flatMap { first in
            Reason(code: first.key, value: first.value, actual: because.first { $0.key == "actual" }?.value)
        }
    }
}

extension MemberRecords {
    /// The decisions on record of the rule for the member, with the holds in between as far as they are kept, oldest
    /// first.
    package func decisions() throws -> [PastDecision] {
        let decided = try db.all(
            """
            SELECT c.*, (SELECT d.state FROM deliveries d WHERE d.decision = c.id ORDER BY d.step DESC LIMIT 1) AS message
            FROM decisions c WHERE c.member = ? AND c.rule = ?
            """, [member, rule]
        ).flatMap { row -> [PastDecision] in
            guard var decision = try decision(row) else { return [] }
            let holds = try holds(before: decision.trace, decision.occasion, due: decision.due)
            decision.isRelease = !holds.isEmpty
            return holds + [decision]
        }
        let waiting = try db.all(
            """
            SELECT occasion, first_due, trace FROM waits WHERE member = ? AND rule = ? AND kind = 'held'
              AND trace IS NOT NULL
            """, [member, rule]
        ).flatMap { try holds(from: $0[2], $0[0], due: Instant(micros: $0[1])) }
        return (decided + waiting).sorted { ($0.at, $0.occasion) < ($1.at, $1.occasion) }
    }

    private func decision(_ row: SQLRow) throws -> PastDecision? {
        guard let outcome = try Outcome(rawValue: row["outcome"]) else { return nil }
        let json: String? = try row["because"]
        let because = try db.all(
            """
            SELECT key, value FROM {members ?} t ORDER BY id
            """, [json ?? "{}"]
        ).map { try (key: $0[0] as String, value: $0[1] as String? ?? "") }
        let at = try Instant(micros: row["at"])
        var past = try PastDecision(
            occasion: row["occasion"], due: Instant(micros: row["due"]), at: at, outcome: outcome, because: because,
            channel: row["channel"], template: row["template"], coupon: row["coupon"], task: row["task"],
            variant: row["variant"], isShadow: row["shadow"], rulesVersion: row["rules_version"],
            trace: row["trace"])
        past.message = try (row["message"] as String?).flatMap { DeliveryState(rawValue: $0) }
        past.ending = try past.reason?.endingEvent.flatMap { try event(named: $0, at: at) }
        return past
    }

    private func holds(before trace: Int64?, _ occasion: String, due: Instant) throws -> [PastDecision] {
        guard let trace else { return [] }
        let earlier: Int64? = try db.value("SELECT earlier FROM traces WHERE id = ?", [trace])
        return try holds(from: earlier ?? nil, occasion, due: due)
    }

    /// The chain of holds that ends with this one, oldest first.
    private func holds(from last: Int64?, _ occasion: String, due: Instant) throws -> [PastDecision] {
        let because = Reason.hold.pairs(in: .utc).map { (key: $0.key, value: $0.value.plain) }
        var holds: [PastDecision] = []
        var next = last
        while let id = next,
            let row = try db.first("SELECT at, earlier, read FROM traces WHERE id = ?", [id])
        {
            let at = try Instant(micros: row[0])
            guard let hold = try Trace.hold(row[2], at: at) else { break }
            var held = PastDecision(
                occasion: occasion, due: due, at: at, outcome: .held, because: because,
                rulesVersion: hold.version)
            (held.until, held.trace) = (hold.until, id)
            next = try row[1]
            held.isRelease = next != nil
            holds.append(held)
            // Each must be older than the one after it: a cycle would never end.
            guard next.map({ $0 < id }) ?? true else { break }
        }
        return holds.reversed()
    }

    /// The trace of a decision (what it read), as text; nil when it is no longer kept.
    package func trace(_ id: Int64) throws -> String? {
        try (db.value("SELECT read FROM traces WHERE id = ?", [id]) as String?)
    }

    /// Deletes the decision of an occasion, so that another can be made.
    package func forgetDecision(of occasion: String) throws {
        let own = "WHERE member = ? AND rule = ? AND occasion = ?"
        let key: SQLArguments = [member, rule, occasion]
        try db.run("DELETE FROM merged_decisions WHERE decision IN (SELECT id FROM decisions \(own))", key)
        try db.run("DELETE FROM decisions \(own)", key)
    }
}
