import Kit
import Rules

/// Counts what became of the references that a provider says it took.
package struct SettleTally: Sendable, Hashable {
    /// Owed or unclear here: they count as accepted, and nothing more is sent.
    package var settled = 0
    /// Already known to be accepted, or a second reference to the same delivery.
    package var known = 0
    /// Ended in another state, or under way at this moment.
    package var left = 0
    /// References that match no delivery here.
    package var unmatched: [String] = []
}

extension MemberStore {
    /// Marks references as accepted, including those that the original gave after this backup was made.
    /// - Parameter isTrial: counts only, and writes nothing.
    package func settle(
        _ references: [String], by who: String = Typist.name, at now: Instant, isTrial: Bool
    ) throws -> SettleTally {
        var tally = SettleTally()
        let matches = try writer.read { try SettleSearch(Outbox(db: $0)).matches(references) }
        tally.unmatched = references.filter { matches[$0] == nil }
        var seen: Set<Int64> = []
        let found = references.compactMap { name in matches[name].map { (name, $0) } }
            .filter { seen.insert($0.1.id).inserted }
        tally.known = references.count - tally.unmatched.count - found.count
        for start in stride(from: 0, to: found.count, by: MemberStore.operatorPage) {
            let page = found[start..<min(start + MemberStore.operatorPage, found.count)]
            let settling: (Session) throws -> SettleTally = { db in
                var counts = SettleTally()
                for (reference, match) in page {
                    try Outbox(db: db).settle(match, reference, at: now, isTrial: isTrial, &counts)
                }
                return counts
            }
            let counts =
                isTrial ? try writer.read(settling) : try MemberStore.insisting { try writer.write(settling) }
            tally.settled += counts.settled
            tally.known += counts.known
            tally.left += counts.left
        }
        if !isTrial {
            let detail = JSONText.object(["references": .int(references.count), "settled": .int(tally.settled)])
            try audit(AuditEntry(.settle, who: who, detail: detail), at: now)
        }
        return tally
    }
}

/// The delivery that a reference belongs to.
private struct SettleMatch {
    var id: Int64
    /// False: the reference is from a later entry of `try`, not reached here. The member has the message all the same.
    var isOfThisStep = true
}

/// Finds the deliveries that references belong to.
private struct SettleSearch {
    let outbox: Outbox

    init(_ outbox: Outbox) { self.outbox = outbox }

    func matches(_ references: [String]) throws -> [String: SettleMatch] {
        var found: [String: SettleMatch] = [:]
        var sought: [Substring: [String]] = [:]
        for reference in references {
            if let id = try own(reference) {
                found[reference] = SettleMatch(id: id)
            } else if let thing = References.thing(of: reference) {
                sought[thing, default: []].append(reference)
            }
        }
        guard !sought.isEmpty else { return found }
        let names = try References(outbox)
        let columns =
            "d.id AS id, d.rule AS rule, \(References.columns("d.member", "d.occasion")), d.step AS step, "
            + "COALESCE({length d.alternatives}, 0) AS later"
        let owed = "v_deliveries d \(References.merged("d.decision"))"
        let rows = try outbox.db.cursor(
            """
            SELECT \(columns) FROM \(owed) WHERE d.state IN ('pending', 'retry_wait')
            UNION ALL SELECT \(columns) FROM \(owed) WHERE d.state IN ('claimed', 'sending', 'unknown')
            """)
        while let row = try rows.next() {
            for later in 0...(try row["later"] as Int) {
                for reference in sought[try names.thing(row, later: later)[...]] ?? [] {
                    found[reference] = try SettleMatch(id: row["id"], isOfThisStep: later == 0)
                }
            }
        }
        return found
    }

    /// The delivery of an attempt that this store made itself.
    private func own(_ reference: String) throws -> Int64? {
        try (outbox.db.value("SELECT delivery FROM attempts WHERE reference = ? AND resend = 0", [reference]) as Int64?)
    }
}

extension Outbox {
    /// The code of an attempt known from the provider's records rather than from its answer.
    static let settledCode = "settled"

    fileprivate func settle(
        _ match: SettleMatch, _ reference: String, at now: Instant, isTrial: Bool, _ counts: inout SettleTally
    ) throws {
        guard
            let row = try db.first("SELECT state, attempts FROM deliveries WHERE id = ?", [match.id]),
            let state = try DeliveryState(rawValue: row[0])
        else { return }
        switch state {
        case .accepted, .delivered, .undelivered: counts.known += 1
        case .pending, .retryWait, .claimed, .unknown:
            counts.settled += 1
            guard !isTrial else { return }
            guard match.isOfThisStep || state == .unknown else {
                return try end(match.id, from: state, as: .cancelled, cause: Outbox.settledCode)
            }
            try noteAccepted(match.id, reference, in: state, attempts: row[1], at: now)
            try walkToAccepted(match.id, from: state)
        default: counts.left += 1
        }
    }

    /// Writes to the attempt with that reference; where there is none, to the unclear one; else to a new one.
    private func noteAccepted(
        _ id: Int64, _ reference: String, in state: DeliveryState, attempts: Int, at now: Instant
    ) throws {
        let n: Int? = try db.value(
            """
            SELECT COALESCE(MAX(n) FILTER (WHERE reference = :reference),
              MAX(n) FILTER (WHERE outcome = 'unknown' AND :unclear)) FROM attempts WHERE delivery = :id
            """, ["id": id, "reference": reference, "unclear": state == .unknown])
        guard let n else { return try addAccepted(id, reference, attempt: attempts + 1, at: now) }
        // The sequence of an answer may not overtake the intent that came after it.
        try db.run(
            """
            UPDATE attempts SET outcome = 'accepted', code = :code, outcome_at = :now,
              outcome_seq = CASE WHEN outcome_seq IS NULL OR n = :last THEN :seq ELSE outcome_seq END
            WHERE delivery = :id AND n = :n
            """,
            [
                "code": Outbox.settledCode, "now": now.micros, "last": attempts, "seq": try nextSequence(), "id": id,
                "n": n,
            ])
    }

    private func addAccepted(_ id: Int64, _ reference: String, attempt: Int, at now: Instant) throws {
        try db.run(
            """
            INSERT INTO attempts (delivery, n, reference, epoch, intent_seq, intent_at, outcome, code, outcome_seq,
              outcome_at) VALUES (?, ?, ?, ?, ?, ?, 'accepted', ?, ?, ?)
            """,
            [
                id, attempt, reference, try meta("epoch") ?? 0, try nextSequence(), now.micros, Outbox.settledCode,
                try nextSequence(), now.micros,
            ])
        try db.run("UPDATE deliveries SET attempts = ? WHERE id = ?", [attempt, id])
    }

    /// Moves the delivery along the arrows of the drawing, as if it had been handed over here.
    private func walkToAccepted(_ id: Int64, from state: DeliveryState) throws {
        let path: [DeliveryState] =
            switch state {
            case .retryWait: [.retryWait, .pending, .claimed, .sending, .accepted]
            case .pending: [.pending, .claimed, .sending, .accepted]
            case .claimed: [.claimed, .sending, .accepted]
            default: [state, .accepted]
            }
        for (from, to) in zip(path, path.dropFirst()) { try move(id, from: from, to: to, cause: Outbox.settledCode) }
        try db.run("UPDATE deliveries SET claim_count = 0 WHERE id = ?", [id])
    }
}
