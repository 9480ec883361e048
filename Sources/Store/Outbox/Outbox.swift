import Kit
import Policies
import Rules

/// Deliveries owed, durable. Everything here runs inside the caller's transaction; `MemberStore+outbox` opens them.
package struct Outbox {
    let db: Session
    /// Nil where nobody counts.
    var tally: OutboxTally?

    struct NewDelivery {
        var occurrence: Occurrence
        var entry: Send.Entry
        var purpose: Rule.Purpose
        /// See `Rule.placeInLine`.
        var place: Int
        var policy: Settings.OnUnknown
        var createdAt: Instant
        var sendBy: Instant
        var address: String?
        var composed: Composition.Text
        var templateCode: String?
        var sequence: Int64
        /// What to try when this one is refused, in order.
        var alternatives: [Alternative] = []
        /// The segments of caps that the member is outside of at the decision.
        var outsideOf: [String] = []
    }

    func add(_ new: NewDelivery) throws {
        let anchor = Anchor(new.occurrence)
        try db.run(
            """
            INSERT INTO deliveries (member, rule, occasion, step, channel, template, purpose, state, policy,
              created_at, not_before, send_by, start, address, subject, text, html, template_code, template_values,
              ref, event, date, alternatives, place, cap_segments)
            VALUES (?, ?, ?, 1, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                new.occurrence.member, new.occurrence.rule, new.occurrence.occasion, new.entry.channel,
                new.entry.template,
                new.purpose.rawValue, new.policy.rawValue, new.createdAt.micros, new.createdAt.micros,
                new.sendBy.micros,
                new.occurrence.start.micros, new.address, new.composed.subject, new.composed.text, new.composed.html,
                new.templateCode, new.composed.storedValues(code: new.templateCode)?.rendered, anchor.ref, anchor.event,
                anchor.date, Alternative.stored(new.alternatives), new.place,
                CapSegments.stored(outside: new.outsideOf),
            ])
        try note(db.lastRow, from: nil, to: .pending, cause: "decided", sequence: new.sequence)
    }

    /// What an `unless` event or the end of the thing itself is looked up by, later, at the moment of handing over.
    private struct Anchor {
        var ref: String?
        var event: Int64?
        var date: Int?

        init(_ occurrence: Occurrence) {
            switch occurrence.anchor {
            case .none: break
            case .event(let seq): event = seq
            case .order(let id, let seq): (ref, event) = (id, seq)
            case .cart(let id, _, let seq): (ref, event) = (id, seq)
            case .browse(let value, let seq): (ref, event) = (value, seq)
            case .coupon(let id): ref = id
            case .coupons(let expiring), .points(let expiring): date = expiring.days
            }
        }
    }

    // MARK: transitions

    /// What goes with a change of state; nil leaves the column alone.
    struct Change {
        /// Set apart until then.
        var notBefore: Instant?
        var because: Reason?
        var claimCount: Int?
        /// Definite failures that count towards the most attempts.
        var failures = 0
    }

    /// One arrow of the drawing: the new state and the row of `transitions` that says why. False: the delivery was no
    /// longer in `from` (an operator or a receipt came first), and nothing changed.
    @discardableResult
    func move(
        _ id: Int64, from: DeliveryState, to next: DeliveryState, cause: String, _ change: Change = Change()
    ) throws -> Bool {
        precondition(from.canBecome(next), "no arrow leads from \(from) to \(next)")
        let isParked = change.notBefore != nil && (next == .pending || next == .retryWait)
        let moved = try db.first(
            """
            UPDATE deliveries SET state = :next, not_before = COALESCE(:not_before, not_before),
              because = COALESCE(:because, because), claim_count = COALESCE(:claims, claim_count),
              failures = failures + :failures, parked = :parked, claimed_by = NULL, lease_until = NULL
            WHERE id = :id AND state = :from RETURNING rule, channel
            """,
            [
                "next": next.rawValue, "not_before": change.notBefore?.micros,
                "because": change.because?.json(in: .utc).rendered, "claims": change.claimCount,
                "failures": change.failures, "parked": isParked ? 1 : 0, "id": id, "from": from.rawValue,
            ])
        guard let moved else { return false }
        try note(id, from: from, to: next, cause: cause, sequence: nextSequence())
        try tally?.add(moved[0], moved[1], from: from, to: next, cause: cause)
        return true
    }

    /// An end without a message. Where an earlier try is unclear nobody can say that: a repetition that is not to be, for
    /// whatever reason, leaves the delivery as it was, unknown.
    func end(
        _ id: Int64, from: DeliveryState, as next: DeliveryState, cause: String, _ change: Change = Change()
    ) throws {
        guard try isUnclear(id) else {
            try move(id, from: from, to: next, cause: cause, change)
            return
        }
        var from = from
        if from == .sending {
            try move(id, from: .sending, to: .unknown, cause: cause)
            from = .unknown
        }
        try move(id, from: from, to: .unknownClosed, cause: "resend_\(cause)", change)
    }

    private func isUnclear(_ id: Int64) throws -> Bool {
        try
            (db.value("SELECT EXISTS (SELECT 1 FROM attempts WHERE delivery = ? AND outcome = 'unknown')", [id])
            as Bool?) ?? false
    }

    func note(_ id: Int64, from: DeliveryState?, to next: DeliveryState, cause: String, sequence: Int64) throws {
        try db.run(
            "INSERT INTO transitions (delivery, seq, from_state, to_state, cause) VALUES (?, ?, ?, ?, ?)",
            [id, sequence, from?.rawValue, next.rawValue, cause])
    }

    func nextSequence() throws -> Int64 { try Sequence(db: db).next() }

    func meta(_ key: String) throws -> Int64? {
        try (db.value("SELECT value FROM meta WHERE key = ?", [key]) as Int64?)
    }

    func setMeta(_ key: String, _ value: Int64) throws {
        try db.run(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value])
    }
}

extension Composition.Text {
    /// The values for the provider's template, nil where it has none.
    func storedValues(code: String?) -> JSONText? {
        code == nil ? nil : .object(providerValues.map { JSONText.Member($0.name, .text($0.value)) })
    }
}
