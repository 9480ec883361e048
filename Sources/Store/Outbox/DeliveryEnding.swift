import Kit
import Policies
import Rules

/// Finds the reason to end a delivery of one rule that is decided but not handed over: an `unless` event came, or the
/// anchor no longer exists (product §7, semantics §4).
final class DeliveryEnding {
    private let interruption: Interruption
    private let rule: Rule
    /// One text for each source, so that each is prepared once for a batch.
    private let ofRows: String
    private let ofOwnMessages: String
    private let readsDecision: Bool

    init(_ rule: Rule) {
        self.rule = rule
        // Events raised by the decision itself and its round did not prevent it, so they do not end it now.
        var interruption = Interruption(rule, decided: ":decided")
        // A newer touch or view replaces a wait, not a decision.
        interruption.columns.removeAll { if case .newer = $0.kind { true } else { false } }
        self.interruption = interruption
        let columns = (interruption.columns.map(\.sql) + ["e.seq"]).joined(separator: ", ")
        func sql(_ source: EventSource) -> String {
            "SELECT \(columns) FROM \(source.table) e WHERE e.\(source.key) = :event"
        }
        (ofRows, ofOwnMessages) = (sql(.rows), sql(.ownMessages))
        readsDecision = columns.contains(":decided")
    }

    /// Whether what became of another message of the member can end it.
    var followsMessages: Bool { rule.trigger.followsMessages }

    /// - Parameter delivery: the row of `deliveries`.
    func because(_ delivery: SQLRow, _ zone: Zone, _ db: Session, at now: Instant) throws -> Reason? {
        if case .couponExpires = rule.trigger {
            return try isCouponGone(delivery, zone, db, at: now) ? .anchor("coupon.used") : nil
        }
        guard let event: Int64 = try delivery["event"] else { return nil }
        let decision = OwnMessages.decision(of: event)
        var arguments: SQLArguments = ["event": decision ?? event]
        arguments += SQLArguments(interruption.bindings)
        if readsDecision { arguments += ["decided": try decided(delivery, db)] }
        guard let row = try db.first(decision == nil ? ofRows : ofOwnMessages, arguments) else {
            // The event was withdrawn (an order made void by a later upload).
            return .anchor(rule.trigger.eventName ?? "order.paid")
        }
        let firsts = try interruption.columns.indices.map { try (row[$0] as Int64?).map(Instant.init(micros:)) }
        switch interruption.verdict(firsts, through: now)?.kind {
        case .unless(let name): return .unless(name)
        case .anchor(let name): return .anchor(name == "cart.ordered" ? "order.paid" : name)
        case .newer, nil: break
        }
        guard rule.trigger.followsMessages else { return nil }
        return try EndedMessages.states([event], db)[event].map(Reason.message)
    }

    private func decided(_ delivery: SQLRow, _ db: Session) throws -> Int64? {
        try
            (db.value(
                "SELECT at FROM decisions WHERE id = ?", [delivery["decision"] as Int64]) as Int64?)
    }

    /// Whether the coupon was used; for combined coupons, whether all that expire on the date were.
    private func isCouponGone(_ delivery: SQLRow, _ zone: Zone, _ db: Session, at now: Instant) throws -> Bool {
        let unused = "(state = 'unused' OR (state = 'used' AND used_at > :now))"
        let member: String = try delivery["member"]
        var left: Bool?
        if let coupon: String = try delivery["ref"] {
            left =
                try
                (db.value(
                    "SELECT EXISTS (SELECT 1 FROM coupons WHERE member = :member AND id = :id AND \(unused))",
                    ["member": member, "id": coupon, "now": now.micros]) as Bool?)
        } else if let days: Int = try delivery["date"] {
            let date = LocalDate(days: days)
            left =
                try
                (db.value(
                    """
                    SELECT EXISTS (SELECT 1 FROM coupons WHERE member = :member AND expires_at > :from
                      AND expires_at <= :to AND rule IS DISTINCT FROM :rule AND \(unused))
                    """,
                    [
                        "member": member, "from": zone.startOfDay(date).micros,
                        "to": zone.startOfDay(date.adding(days: 1)).micros, "rule": rule.id, "now": now.micros,
                    ]) as Bool?)
        }
        return left == false
    }
}
