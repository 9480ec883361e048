import Kit
import Rules

extension Outbox {
    /// Definite failures after which a delivery is given up (guarantees §1.7).
    static let mostFailures = 12

    /// Writes the answer of the channel. An answer already written is left alone, so a batch may be written again after
    /// an error. Where a receipt came before the answer, the delivery keeps the state that the receipt gave it.
    /// - Parameter early: receipts wait for an answer; see `hasEarlyReceipts`.
    func finish(
        _ result: AttemptResult, at now: Instant, _ terms: ReceiptTerms = ReceiptTerms(), early: Bool = true
    ) throws {
        let (word, code, providerID) = result.outcome.columns
        let answered = try db.run(
            """
            UPDATE attempts SET outcome = ?, code = ?, provider_id = ?, outcome_seq = ?, outcome_at = ?
            WHERE delivery = ? AND n = ? AND outcome IS NULL
            """, [word, code, providerID, try nextSequence(), now.micros, result.delivery, result.attempt])
        guard answered == 1 else { return }
        if result.outcome.isProvenUntaken { try giveBack(result.delivery, attempt: result.attempt) }
        try conclude(result, at: now)
        if early, let providerID { try linkEarly(result.delivery, providerID, terms, at: now) }
    }

    /// Writes those that say that the message was taken, all by the same few statements; see `finish`.
    /// - Returns: the others.
    func accept(_ results: [AttemptResult], at now: Instant) throws -> [AttemptResult] {
        var (taken, rest): ([[SQLValue]], [AttemptResult]) = ([], [])
        for result in results {
            guard case .accepted(let providerID) = result.outcome else {
                rest.append(result)
                continue
            }
            taken.append([result.delivery.sql, result.attempt.sql, providerID.sql])
        }
        guard !taken.isEmpty else { return rest }
        let answered: [Int64] = try db.values(
            """
            UPDATE attempts SET outcome = 'accepted', provider_id = t.c2, outcome_seq = CAST(:first AS BIGINT) + t.i,
              outcome_at = :now
            FROM {rows :taken} t
            WHERE attempts.delivery = CAST(t.c0 AS BIGINT) AND attempts.n = CAST(t.c1 AS BIGINT)
              AND attempts.outcome IS NULL
            RETURNING delivery
            """,
            SQLArguments(
                ["first": try nextSequences(taken.count).sql, "now": now.micros.sql],
                tables: ["taken": SQLTable(taken)]))
        try moveAll(answered, from: .sending, to: .accepted, cause: "accepted")
        return rest
    }

    private func conclude(_ result: AttemptResult, at now: Instant) throws {
        switch result.outcome {
        case .accepted: try move(result.delivery, from: .sending, to: .accepted, cause: "accepted")
        case .unknown(let code): try move(result.delivery, from: .sending, to: .unknown, cause: code)
        case .rejected, .suppressed, .unfollowed, .uncredited, .notSent: try concludeUntaken(result, at: now)
        }
    }

    private func concludeUntaken(_ result: AttemptResult, at now: Instant) throws {
        guard
            let row = try db.first("SELECT state, send_by, failures FROM deliveries WHERE id = ?", [result.delivery]),
            try row["state"] as String == DeliveryState.sending.rawValue
        else { return }
        let id = result.delivery
        switch result.outcome {
        case .accepted, .unknown: break
        case .rejected(let code), .suppressed(let code, _, _), .unfollowed(let code, _, _), .uncredited(let code, _):
            try follow(result.outcome, of: id, at: now)
            try giveBackCredit(id)
            try end(id, from: .sending, as: .rejected, cause: code)
            try fallBack(from: id, at: now, cause: "fallback:rejected")
        case .notSent(let code, let retryAt, let counts):
            try giveBackCredit(id)
            let change = Change(notBefore: retryAt, failures: counts ? 1 : 0)
            if counts, (try row["failures"] as Int) + 1 >= Outbox.mostFailures {
                try end(id, from: .sending, as: .dead, cause: "attempts", change)
            } else if try retryAt.micros >= row["send_by"] as Int64, try !Stops(db).all {
                try end(id, from: .sending, as: .expired, cause: "send_by", change)
            } else {
                try move(id, from: .sending, to: .retryWait, cause: code, change)
            }
        }
    }
}

extension Outbox {
    /// What a refusal says of the address besides.
    private func follow(_ outcome: AttemptResult.Outcome, of id: Int64, at now: Instant) throws {
        switch outcome {
        case .suppressed(_, let reason, let kind): try suppress(id, for: reason, kind, at: now)
        case .unfollowed(_, let kind, isTold: true): try noteUnfollowed(id, kind, at: now)
        case .unfollowed(_, let kind, isTold: false): try suppress(id, for: .optOut, kind, isOfPerson: false, at: now)
        case .uncredited(_, let kind): try endCredits(id, kind)
        case .accepted, .rejected, .notSent, .unknown: break
        }
    }

    /// Suppresses the address of the attempt on its channel, for the reason that the provider gave. An opt-out and a
    /// complaint are the word of a person besides; a bounce and an operator's entry are about the address alone.
    /// - Parameter isOfPerson: false where the provider says how the address stands, and not what somebody said.
    /// - Returns: false where that is known already, and where nobody knows the address any more.
    @discardableResult
    func suppress(
        _ delivery: Int64, for reason: SuppressionRow.Reason, _ kind: ChannelDeclaration.Address,
        isOfPerson: Bool = true, at now: Instant
    ) throws -> Bool {
        let sql = """
            SELECT d.address, d.channel, c.member FROM deliveries d JOIN decisions c ON c.id = d.decision WHERE d.id = ?
            """
        guard let row = try db.first(sql, [delivery]), let address = CanonicalAddress(kind, try row["address"])
        else { return false }
        let channel: String = try row["channel"]
        var rows = RowWriter(db, origin: .world(now: now))
        let entry = SuppressionRow(address: address, channel: channel, reason: reason, at: now)
        if reason == .complaint, try rows.isKnown(complaint: entry) { return false }
        guard try rows.write(suppression: entry) != .unchanged else { return false }
        tally?.suppress(channel, for: reason)
        guard isOfPerson, reason.isOfPerson else { return true }
        try rows.withdraw(
            Withdrawal(
                address: address, channel: channel, at: now, source: Outbox.providerSource,
                addressee: try row["member"]))
        return true
    }

    /// The source of the withdrawals that a provider reports.
    private static let providerSource = "provider"
}

extension SuppressionRow.Reason {
    /// Somebody said no, and the address did not merely fail.
    fileprivate var isOfPerson: Bool {
        switch self {
        case .optOut, .complaint: true
        case .bounce, .operator: false
        }
    }
}

extension AttemptResult.Outcome {
    fileprivate var isProvenUntaken: Bool {
        switch self {
        case .rejected, .suppressed, .unfollowed, .uncredited, .notSent: true
        case .accepted, .unknown: false
        }
    }

    fileprivate var columns: (outcome: String, code: String?, providerID: String?) {
        switch self {
        case .accepted(let id): ("accepted", nil, id)
        case .rejected(let code), .suppressed(let code, _, _), .unfollowed(let code, _, _), .uncredited(let code, _):
            ("rejected", code, nil)
        case .notSent(let code, _, _): ("not_sent", code, nil)
        case .unknown(let code): ("unknown", code, nil)
        }
    }
}
