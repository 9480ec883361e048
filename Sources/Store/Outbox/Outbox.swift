import Kit
import Policies
import Rules

/// Deliveries owed, durable. Everything here runs inside the caller's transaction, which `MemberStore+outbox` opens.
package struct Outbox {
    package let db: Session
    /// Nil where the changes are not counted.
    var tally: OutboxTally?
    /// For the changes of a batch; empty until `takeNumbers`.
    private let numbers = SequenceBlock()

    package init(db: Session, tally: OutboxTally? = nil) { (self.db, self.tally) = (db, tally) }

    package struct NewDelivery {
        fileprivate let occurrence: Occurrence
        fileprivate let entry: Send.Entry
        fileprivate let rule: Rule
        fileprivate let policy: Settings.OnUnknown
        fileprivate let createdAt: Instant
        fileprivate let sendBy: Instant
        fileprivate let address: String?
        fileprivate let composed: Composition.Text
        fileprivate let templateCode: String?
        fileprivate let alternatives: [Alternative]
        fileprivate let outsideOf: [String]

        /// - Parameters:
        ///   - alternatives: what to try when this one is refused, in order.
        ///   - outsideOf: the segments of caps that the member is outside of at the decision.
        package init(
            of occurrence: Occurrence, _ entry: Send.Entry, under rule: Rule, policy: Settings.OnUnknown,
            createdAt: Instant, sendBy: Instant, address: String?, composed: Composition.Text, templateCode: String?,
            alternatives: [Alternative], outsideOf: [String]
        ) {
            self.occurrence = occurrence
            self.entry = entry
            self.rule = rule
            self.policy = policy
            self.createdAt = createdAt
            self.sendBy = sendBy
            self.address = address
            self.composed = composed
            self.templateCode = templateCode
            self.alternatives = alternatives
            self.outsideOf = outsideOf
        }
    }

    func add(_ new: NewDelivery, decidedBy decision: Int64, sequence: Int64) throws {
        // A handover looks up by them an `unless` event, or the end of the anchor itself.
        let anchor = new.occurrence.anchor
        try db.run(
            """
            INSERT INTO deliveries (decision, step, rule, channel, template, purpose, state, policy,
              created_at, not_before, send_by, start, address, subject, text, html, template_code, template_values,
              ref, event, date, alternatives, place, cap_segments, links)
            VALUES (?, 1, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                decision, new.occurrence.rule, new.entry.channel, new.entry.template, new.rule.purpose.rawValue,
                new.policy.rawValue, new.createdAt.micros, new.createdAt.micros,
                new.sendBy.micros,
                new.occurrence.start.micros, new.address, new.composed.subject, new.composed.text, new.composed.html,
                new.templateCode, new.composed.storedValues(code: new.templateCode)?.rendered, anchor.ref, anchor.event,
                anchor.expiry?.days, Alternative.stored(new.alternatives), new.rule.placeInLine,
                CapSegments.stored(outside: new.outsideOf), new.composed.links.stored?.rendered,
            ])
        try note(db.lastRow, from: nil, to: .pending, cause: "decided", sequence: sequence)
    }

    // MARK: transitions

    /// Further columns of a change of state; nil leaves a column alone.
    package struct Change {
        /// The delivery is parked until then.
        package var notBefore: Instant?
        package var because: Reason?
        package var claimCount: Int?
        /// Definite failures to add, which count towards `mostFailures`.
        package var failures = 0

        package init(notBefore: Instant? = nil, because: Reason? = nil, claimCount: Int? = nil, failures: Int = 0) {
            self.notBefore = notBefore
            self.because = because
            self.claimCount = claimCount
            self.failures = failures
        }
    }

    /// Moves a delivery along one arrow of the drawing: writes the new state and the row of `transitions` that says
    /// why. Returns false, without a change, when the delivery had left `from` (an operator or a receipt came first).
    @discardableResult
    package func move(
        _ id: Int64, from: DeliveryState, to next: DeliveryState, cause: String, _ change: Change = Change()
    ) throws -> Bool {
        precondition(from.canBecome(next), "no arrow leads from \(from) to \(next)")
        let isParked = change.notBefore != nil && (next == .pending || next == .retryWait)
        let moved = try db.first(
            """
            UPDATE deliveries SET state = ?1, not_before = COALESCE(?2, not_before), because = COALESCE(?3, because),
              claim_count = COALESCE(?4, claim_count), failures = failures + ?5, parked = ?6, claimed_by = NULL,
              lease_until = NULL, ask_at = CASE WHEN ?1 IN ('sending', 'accepted', 'unknown') THEN ask_at END
            WHERE id = ?7 AND state = ?8 RETURNING rule, channel
            """,
            [
                next.rawValue, change.notBefore?.micros, change.because?.json(in: .utc).rendered, change.claimCount,
                change.failures, isParked ? 1 : 0, id, from.rawValue,
            ])
        guard let moved else { return false }
        try note(id, from: from, to: next, cause: cause, sequence: nextSequence())
        try tally?.add(moved[0], moved[1], from: from, to: next, cause: cause)
        return true
    }

    /// Ends a delivery without a message. Where an earlier try is unclear nobody can say that there was none: a
    /// repetition that is dropped, for any reason, closes the delivery as unknown.
    package func end(
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

    /// Ends deliveries that are not to be sent any more, whatever they wait for. What is unclear is closed as unclear, and
    /// what is being handed over at this moment is answered.
    /// - Parameter rows: the id and the state of each.
    func endAll(_ rows: [SQLRow], cause: String, _ change: Change = Change()) throws -> (cancelled: Int, underWay: Int)
    {
        var (cancelled, underWay) = (0, 0)
        for row in rows {
            let id: Int64 = try row[0]
            switch try DeliveryState(rawValue: row[1]) {
            case .unknown: try move(id, from: .unknown, to: .unknownClosed, cause: cause)
            case .sending: underWay += 1
            case let state?:
                try end(id, from: state, as: .cancelled, cause: cause, change)
                cancelled += 1
            case nil: break
            }
        }
        return (cancelled, underWay)
    }

    private func isUnclear(_ id: Int64) throws -> Bool {
        try
            (db.value("SELECT EXISTS (SELECT 1 FROM attempts WHERE delivery = ? AND outcome = 'unknown')", [id])
            as Bool?) ?? false
    }

    package func note(_ id: Int64, from: DeliveryState?, to next: DeliveryState, cause: String, sequence: Int64) throws
    {
        try db.run(
            "INSERT INTO transitions (delivery, seq, from_state, to_state, cause) VALUES (?, ?, ?, ?, ?)",
            [id, sequence, from?.rawValue, next.rawValue, cause])
    }

    /// Numbers for the changes of a batch, at most two for a delivery of the common kind, so that the counter is written
    /// once.
    package func takeNumbers(for deliveries: Int) throws {
        try numbers.fill(2 * deliveries, from: Sequence(db: db))
    }

    func nextSequence() throws -> Int64 { try numbers.next(Sequence(db: db)) }

    /// The first of so many numbers without a gap.
    func nextSequences(_ count: Int) throws -> Int64 { try numbers.next(count, in: Sequence(db: db)) }

    package func meta(_ key: String) throws -> Int64? {
        try (db.value("SELECT value FROM meta WHERE key = ?", [key]) as Int64?)
    }

    func setMeta(_ key: String, _ value: Int64) throws {
        try db.run(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value])
    }
}

extension Composition.Text {
    /// The values for the provider's template; nil when there is no template code.
    func storedValues(code: String?) -> JSONText? {
        code == nil ? nil : .object(providerValues.map { JSONText.Member($0.name, .text($0.value)) })
    }
}
