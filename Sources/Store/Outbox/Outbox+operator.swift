import Kit
import Rules

extension Outbox {
    static let operatorCause = "operator"

    /// Applies the deed to one delivery, unless its state has changed meanwhile.
    fileprivate func perform(_ deed: OperatorAct.Deed, on id: Int64, in state: DeliveryState, at now: Instant) throws {
        switch deed {
        case .leave: break
        case .end: try end(id, from: state, as: .cancelled, cause: Outbox.operatorCause)
        case .close: try move(id, from: .unknown, to: .unknownClosed, cause: Outbox.operatorCause)
        case .dueAtOnce:
            try db.run("UPDATE deliveries SET not_before = ? WHERE id = ? AND state = 'retry_wait'", [now.micros, id])
        case .repeatUnclear:
            try denyUnclear(id, at: now)
            try move(
                id, from: .unknown, to: .retryWait, cause: Outbox.operatorCause, Change(notBefore: now))
        case .again: try oweAgain(id, at: now)
        }
    }

    /// Records that the provider does not have it, as an answer that came late.
    private func denyUnclear(_ id: Int64, at now: Instant) throws {
        let sequence = try nextSequence()
        try db.run(
            """
            UPDATE attempts SET outcome = 'not_sent', code = ?, outcome_seq = ?, outcome_at = ?
            WHERE delivery = ? AND outcome = 'unknown' AND n = (SELECT MAX(n) FROM attempts WHERE delivery = ?)
            """, [Outbox.operatorCause, sequence, now.micros, id, id])
        try db.run(
            "UPDATE attempts SET outcome = 'not_sent', code = ? WHERE delivery = ? AND outcome = 'unknown'",
            [Outbox.operatorCause, id])
        try giveBackCredit(id)
    }

    /// Adds a new step with the same text and time limits; the delivery that ended stays as it is.
    private func oweAgain(_ id: Int64, at now: Instant) throws {
        let added = try db.run(
            """
            INSERT INTO deliveries (decision, step, rule, channel, template, purpose, state, policy,
              created_at, not_before, send_by, start, subject, text, html, template_code, template_values, ref, event,
              date, alternatives, links)
            SELECT decision, (SELECT MAX(step) + 1 FROM deliveries e WHERE e.decision = d.decision), rule, channel, template, purpose, 'pending', policy, created_at, :now, send_by, start, subject, text, html,
              template_code, template_values, ref, event, date, CASE state WHEN 'dead' THEN alternatives END, links
            FROM deliveries d WHERE id = :id AND state IN ('dead', 'rejected')
            """, ["now": now.micros, "id": id])
        guard added == 1 else { return }
        try note(
            db.lastRow, from: nil, to: .pending, cause: Outbox.operatorCause, sequence: nextSequence())
    }

    /// The selected deliveries after row `id`, at most `most`.
    fileprivate func subjects(
        _ filter: DeliveryFilter, after id: Int64, upTo most: Int, at now: Instant
    ) throws -> [(id: Int64, subject: OperatorAct.Subject)] {
        var arguments = filter.arguments
        arguments += ["after": id, "most": most, "now": now.micros]
        return try db.all(
            """
            SELECT d.id, d.state, d.send_by <= :now, EXISTS (
              SELECT 1 FROM deliveries e WHERE e.decision = d.decision AND (
                  (e.id <> d.id AND e.state NOT IN ('rejected', 'dead', 'expired', 'cancelled', 'suppressed'))
                  OR EXISTS (SELECT 1 FROM attempts a WHERE a.delivery = e.id
                    AND a.outcome IN ('accepted', 'unknown'))))
            FROM v_deliveries d WHERE d.id > :after AND \(filter.sql) ORDER BY d.id LIMIT :most
            """, arguments
        ).compactMap { row in
            try DeliveryState(rawValue: row[1]).map {
                try (row[0], OperatorAct.Subject(state: $0, isLate: row[2], hasOther: row[3]))
            }
        }
    }
}

extension MemberStore {
    /// How many deliveries one transaction handles, so that a running daemon is not kept waiting.
    static let operatorPage = 500

    /// Counts what `perform` would do, and writes nothing.
    package func preview(_ act: OperatorAct, _ filter: DeliveryFilter, at now: Instant) throws -> OperatorTally {
        var tally = OperatorTally()
        try pages { id in
            let page = try writer.read {
                try Outbox(db: $0).subjects(filter, after: id, upTo: MemberStore.operatorPage, at: now)
            }
            for (_, subject) in page { tally.count(act.deed(subject)) }
            return page.last?.id
        }
        return tally
    }

    /// Works page by page, each on disk when the next begins. Deliveries that the act itself adds are not included.
    package func perform(
        _ act: OperatorAct, _ filter: DeliveryFilter, by who: String = Typist.name, at now: Instant
    ) throws -> OperatorTally {
        var tally = OperatorTally()
        let last = try writer.read { try ($0.value("SELECT MAX(id) FROM deliveries") as Int64?) } ?? 0
        try pages { id in
            let page = try MemberStore.insisting {
                try writer.write { db in
                    let outbox = Outbox(db: db)
                    let page = try outbox.subjects(filter, after: id, upTo: MemberStore.operatorPage, at: now)
                        .filter { $0.id <= last }
                    for (id, subject) in page {
                        try outbox.perform(act.deed(subject), on: id, in: subject.state, at: now)
                    }
                    return page
                }
            }
            for (_, subject) in page { tally.count(act.deed(subject)) }
            return page.last?.id
        }
        try audit(act.entry(tally, by: who), at: now)
        return tally
    }

    /// Acts on one delivery within the caller's transaction; nil where there is none of that number.
    package func perform(
        _ act: OperatorAct, on id: Int64, by who: String, at now: Instant, _ db: Session
    ) throws -> OperatorTally? {
        guard id > 0 else { return nil }
        let outbox = Outbox(db: db)
        let found = try outbox.subjects(DeliveryFilter(), after: id - 1, upTo: 1, at: now).first
        guard let found, found.id == id else { return nil }
        var tally = OperatorTally()
        tally.count(act.deed(found.subject))
        try outbox.perform(act.deed(found.subject), on: id, in: found.subject.state, at: now)
        try db.audit(act.entry(tally, by: who), at: now)
        return tally
    }

    private func pages(_ work: (Int64) throws -> Int64?) throws {
        var id: Int64? = 0
        while let after = id { id = try work(after) }
    }
}

extension OperatorAct {
    fileprivate func entry(_ tally: OperatorTally, by who: String) -> AuditEntry {
        AuditEntry(
            self == .cancel ? .cancel : .retry, who: who, detail: .object(["deliveries": .int(tally.done)]))
    }
}

extension OperatorTally {
    fileprivate mutating func count(_ deed: OperatorAct.Deed) {
        if case .leave(let reason) = deed { left[reason, default: 0] += 1 } else { done += 1 }
    }
}
