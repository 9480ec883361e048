import Foundation
import Kit
import Policies
import Rules

extension CallbackNotes {
    /// A receipt is kept once for each part and status. One that names nothing known here waits: its message may be on
    /// its way, and the answer that brings the provider's id still to come. A report that comes again may say more of the
    /// address than the first one did.
    mutating func note(_ receipt: Receipt) throws {
        let address = CanonicalAddress(source.address, receipt.address)
        guard let key = ReceiptKey.of(receipt, address, secret) else { return counts.dropped += 1 }
        let target = try target(of: receipt, address)
        let isFlagged = target.map { $0.path(to: receipt.status) == nil } ?? false
        let isNew = try outbox.db.run(
            """
            INSERT INTO receipts (channel, key, part, status, delivery, code, at, noted_at, kind, suppression, flagged, seq)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, key, part, status) DO NOTHING
            """,
            [
                source.channel, key, receipt.part, receipt.status.rawValue, target?.delivery, receipt.code,
                receipt.at.micros, now.micros, source.address.rawValue, receipt.suppression?.rawValue,
                isFlagged ? 1 : 0, try outbox.nextSequence(),
            ])
        // What was said before the answer was lost still makes clear that the message was taken.
        guard isNew == 1 || target?.state == .unknown else {
            try noteMore(receipt, key, target)
            return counts.repeated += 1
        }
        guard let target else { return counts.waiting += 1 }
        if isFlagged { counts.contradicting += 1 } else { counts.linked += 1 }
        let moved = try outbox.follow(receipt.status, said: receipt.at, of: target, source.terms, at: now)
        if moved == .delivered { counts.delivered += 1 }
        if moved == .undelivered { counts.undelivered += 1 }
        if let reason = receipt.suppression {
            try outbox.suppress(target.delivery, for: reason, source.address, at: now)
        }
    }

    /// Suppresses where a repeated report gives a reason that the one before did not: the same one again is old news,
    /// which a consent since then may have answered.
    private func noteMore(_ receipt: Receipt, _ key: Data, _ target: ReceiptTarget?) throws {
        guard let reason = receipt.suppression else { return }
        let isNews = try outbox.db.run(
            """
            UPDATE receipts SET suppression = ?5 WHERE channel = ?1 AND key = ?2 AND part = ?3 AND status = ?4
              AND (suppression IS NULL OR suppression <> ?5)
            """, [source.channel, key, receipt.part, receipt.status.rawValue, reason.rawValue])
        if isNews == 1, let target { try outbox.suppress(target.delivery, for: reason, source.address, at: now) }
    }

    /// The delivery that a receipt is about, by our own reference, else by the provider's id, else by its template. One
    /// that came through another channel, or names another address than the message went to, is about nothing.
    private func target(of receipt: Receipt, _ address: CanonicalAddress?) throws -> ReceiptTarget? {
        let candidates: [SQLRow]
        if let reference = ReceiptKey.reference(of: receipt) {
            candidates = try outbox.db.all(
                "\(ReceiptTarget.columns) WHERE a.reference = ? AND a.resend = 0 AND d.channel = ?",
                [reference, source.channel])
        } else if let id = receipt.providerID {
            candidates = try outbox.db.all(
                "\(ReceiptTarget.columns) WHERE a.provider_id = ? AND d.channel = ? ORDER BY a.intent_seq",
                [id, source.channel])
        } else {
            return nil
        }
        // Of messages that left in one call it is the address that says whose the receipt is; an erased one says nothing.
        let deliveries = try Set(candidates.map { try $0["id"] as Int64 })
        let isShared = deliveries.count > 1
        for row in candidates {
            let own = CanonicalAddress(source.address, try row["address"])
            if let address, let own, own != address { continue }
            if isShared, address == nil || own == nil { continue }
            return try ReceiptTarget(row)
        }
        return try receipt.template.flatMap { try lastOpen($0, address, at: receipt.at) }
    }

    /// Microseconds from a message to its receipt, where only the template joins them; and by how much the provider's
    /// clock may be behind, whose instants are whole seconds.
    private static let (longest, behind): (Int64, Int64) = (3_600_000_000, 60_000_000)

    /// The last message of the provider's template to the address of which nobody knows yet what became. The member is
    /// found by the address that he has now.
    private func lastOpen(
        _ template: String, _ address: CanonicalAddress?, at: Instant
    ) throws -> ReceiptTarget? {
        guard let address else { return nil }
        let row = try outbox.db.first(
            """
            \(ReceiptTarget.columns) WHERE d.channel = ? AND d.template_code = ? AND d.address = ?
              AND d.decision IN (SELECT c.id FROM decisions c
                WHERE c.member IN (SELECT id FROM members WHERE \(address.isHeld)))
              AND d.state IN ('sending', 'unknown', 'accepted') AND a.intent_at >= ? AND a.intent_at <= ?
              AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.delivery = d.id AND r.status <> 'sent')
            ORDER BY a.intent_seq DESC LIMIT 1
            """,
            [
                source.channel, template, address.text, address.text, at.micros - CallbackNotes.longest,
                at.micros + CallbackNotes.behind,
            ])
        return try row.flatMap(ReceiptTarget.init)
    }
}

/// The hash that a receipt is known by.
enum ReceiptKey {
    /// Nil for a receipt that names no message.
    static func of(_ receipt: Receipt, _ address: CanonicalAddress?, _ secret: Data) -> Data? {
        if let reference = reference(of: receipt) { return hash("reference\u{1F}\(reference)", address, secret) }
        return receipt.providerID.map { of(provider: $0, address, secret) }
    }

    static func of(provider id: String, _ address: CanonicalAddress?, _ secret: Data) -> Data {
        hash("provider\u{1F}\(id)", address, secret)
    }

    private static func hash(_ name: String, _ address: CanonicalAddress?, _ secret: Data) -> Data {
        AddressKey.hash("\(name)\u{1F}\(address?.text ?? "")", secret)
    }

    /// Our reference; nil where the text was not made here, as it is of what another system sends for the same account.
    static func reference(of receipt: Receipt) -> String? {
        receipt.reference.flatMap { References.thing(of: $0) == nil ? nil : $0 }
    }
}

/// A delivery that a receipt is about, as it stands.
struct ReceiptTarget {
    let delivery: Int64
    let state: DeliveryState
    let handedOverAt: Instant
    /// The receipt is about the last attempt, or about one that it repeats.
    let isOfLast: Bool
    /// An earlier try is unclear, and is to be repeated.
    let isUnclear: Bool

    static let columns = """
        SELECT d.id, d.state, d.address, a.intent_at,
          a.reference = (SELECT l.reference FROM attempts l WHERE l.delivery = d.id AND l.n = d.attempts) AS is_last,
          EXISTS (SELECT 1 FROM attempts u WHERE u.delivery = d.id AND u.outcome = 'unknown') AS is_unclear
        FROM attempts a JOIN deliveries d ON d.id = a.delivery
        """

    /// Nil for a state that no version knows.
    init?(_ row: SQLRow) throws {
        guard let state = try DeliveryState(rawValue: row["state"]) else { return nil }
        self.state = state
        delivery = try row["id"]
        handedOverAt = try Instant(micros: row["intent_at"])
        isOfLast = try row["is_last"] ?? false
        isUnclear = try row["is_unclear"]
    }

    /// The states that the delivery goes through, from its own on: none where the receipt changes nothing, nil where it
    /// contradicts. The first final receipt of a message decides, whichever part it is of.
    ///
    /// A message that arrived, or was taken, is not sent again: a delivery that waits for its repetition goes the whole
    /// way. One that was unclear counts as accepted once its provider says that it has it.
    func path(to status: Receipt.Status) -> [DeliveryState]? {
        let next: DeliveryState
        switch status {
        case .sent: next = .accepted
        case .delivered: next = .delivered
        case .undelivered: next = .undelivered
        }
        if state == next { return [] }
        switch state {
        // The answer itself is still to come.
        case .sending where status == .sent: return []
        case .sending, .unknown, .accepted:
            // That an earlier attempt did not arrive, or is on its way, says nothing of the one after it.
            if next == .delivered || isOfLast { return [state, next] }
        case .pending where next != .undelivered && isUnclear: return [.pending, .claimed, .sending, next]
        case .retryWait where next != .undelivered && isUnclear:
            return [.retryWait, .pending, .claimed, .sending, next]
        case .claimed where next != .undelivered && isUnclear: return [.claimed, .sending, next]
        default: break
        }
        // Something final is known already, or something else: that it was on its way does not contradict it.
        return status == .sent ? [] : nil
    }
}

extension Outbox {
    /// Moves a delivery as its receipt says, and returns the state that it ended in; nil where it stays. What was not
    /// delivered, as is known in time, falls back to the next entry of `try`; what was is an event where a rule asks for it.
    /// - Parameter said: the provider's instant.
    fileprivate func follow(
        _ status: Receipt.Status, said: Instant, of target: ReceiptTarget, _ terms: ReceiptTerms, at now: Instant
    ) throws -> DeliveryState? {
        guard let path = target.path(to: status), let last = path.last else { return nil }
        for (from, to) in zip(path, path.dropFirst()) {
            try move(target.delivery, from: from, to: to, cause: "receipt")
        }
        if last == .delivered, terms.raisesDelivered {
            let at = DeliveredMessage.instant(said: said, handedOver: target.handedOverAt, at: now)
            try DeliveredMessage.raise(target.delivery, at: at, now: now, db)
        }
        if last == .undelivered, let wait = terms.deliveryWait,
            now.micros - target.handedOverAt.micros <= wait.roughMicros
        {
            try fallBack(from: target.delivery, at: now, cause: "fallback:undelivered")
        }
        return last
    }

    /// Whether a receipt waits for the answer that says whose it is.
    func hasEarlyReceipts() throws -> Bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM receipts {indexed receipts_waiting} WHERE delivery IS NULL)"
        return try (db.value(sql, []) as Bool?) ?? false
    }

    /// Links the receipts that came before the answer with the provider's id.
    func linkEarly(_ delivery: Int64, _ id: String, _ terms: ReceiptTerms, at now: Instant) throws {
        // Nothing waits, most of the time.
        let word: String? = try db.value(
            """
            SELECT kind FROM receipts {indexed receipts_waiting} WHERE delivery IS NULL
              AND channel = (SELECT channel FROM deliveries WHERE id = ?) LIMIT 1
            """, [delivery])
        guard let kind = word.flatMap(ChannelDeclaration.Address.init),
            let own = try db.first("SELECT channel, address FROM deliveries WHERE id = ?", [delivery])
        else { return }
        let secret = try AddressKey.secret(db)
        let keys = try [
            ReceiptKey.of(provider: id, nil, secret),
            ReceiptKey.of(provider: id, CanonicalAddress(kind, own["address"]), secret),
        ]
        let early = try db.all(
            """
            SELECT channel, key, part, status, suppression, at FROM receipts
            WHERE channel = ? AND key IN (?, ?) AND delivery IS NULL ORDER BY seq
            """, [own["channel"] as String, keys[0], keys[1]])
        for receipt in early {
            let row = try db.first("\(ReceiptTarget.columns) WHERE d.id = ? AND a.provider_id = ?", [delivery, id])
            guard let status = try Receipt.Status(rawValue: receipt["status"]),
                let target = try row.flatMap(ReceiptTarget.init)
            else { continue }
            try db.run(
                """
                UPDATE receipts SET delivery = ?, flagged = ? WHERE channel = ? AND key = ? AND part = ? AND status = ?
                """,
                [
                    delivery, target.path(to: status) == nil ? 1 : 0, receipt["channel"] as String,
                    receipt["key"] as Data, receipt["part"] as Int, status.rawValue,
                ])
            _ = try follow(status, said: Instant(micros: receipt["at"]), of: target, terms, at: now)
            if let reason = try (receipt["suppression"] as String?).flatMap(SuppressionRow.Reason.init) {
                try suppress(delivery, for: reason, kind, at: now)
            }
        }
    }

    /// Drops the receipts that nothing was found for in the time in which an unclear try stays open.
    func dropWaitingReceipts(at now: Instant) throws {
        try db.run(
            "DELETE FROM receipts WHERE delivery IS NULL AND noted_at <= ?", [now.micros - Outbox.unknownFor])
    }
}
