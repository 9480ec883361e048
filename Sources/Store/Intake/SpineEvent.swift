import Kit
import Rules

/// Names of events that rows raise.
enum EventNames {
    static let orderPaid = "order.paid"
    static let orderCancelled = "order.cancelled"
    static let orderRefunded = "order.refunded"
    static let cartUpdated = "cart.updated"
    static let cartEmptied = "cart.emptied"
    static let cartOrdered = "cart.ordered"
    static let couponUsed = "coupon.used"
    static let pointsEarned = "points.earned"
    static let memberRegistered = "member.registered"
    static let messageSent = "message.sent"
    static let messageReplied = "message.replied"
    static let messageClicked = "message.clicked"
    static let consentRequested = "consent.requested"
    static let consentConfirmed = "consent.confirmed"
    /// The source of events that a row raises by itself.
    static let rowSource = "row"
    /// The source of what members write back.
    static let replySource = "reply"
    /// The source of clicks on short links.
    static let clickSource = "click"
    /// The source of what is asked of members about their consents, and of their answers.
    static let consentSource = "consent"

    /// The id of an event as occasions name it: `SOURCE:ID` of a source of its own, `ID` of imports, fixtures and what
    /// nudged itself writes down.
    static let occasionID = """
        CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
          THEN e.event_id ELSE e.source || ':' || e.event_id END
        """
}

/// A row of `events` that may stand for a row of another table.
struct SpineEvent {
    let seq: Int64
    let at: Instant

    /// Reads a result that begins with `seq, at`.
    init?(_ row: SQLRow?) throws {
        guard let row else { return nil }
        seq = try row[0]
        at = Instant(micros: try row[1])
    }
}

extension RowWriter {
    /// Brings the event of a row to its instant: inserts, moves or (nil) removes it. An event that something was
    /// decided for stays where it is, but a void order raises nothing even then. Returns whether anything changed.
    func settle(_ event: SpineEvent?, _ at: Instant?, _ member: String, name: String, ref: String?) throws -> Bool {
        switch (event, at) {
        case (nil, nil): return false
        case (nil, let at?):
            try insertEvent(member, name, at, source: EventNames.rowSource, id: nil, ref: ref, data: nil)
        case (let event?, let at?):
            if try event.at == at || isSettled(member, name, ref: ref, event.at) { return false }
            try db.run("UPDATE events SET at = ? WHERE seq = ?", [at.micros, event.seq])
            try refreshLatest(member, name)
        case (let event?, nil):
            let isOrder = name.hasPrefix("order.")
            if try !isOrder && isSettled(member, name, ref: ref, event.at) { return false }
            try db.run("DELETE FROM events WHERE seq = ?", [event.seq])
            try refreshLatest(member, name)
        }
        return true
    }

    /// Whether the occasion of a decision or a wait names the instant of that event: a moved event would be
    /// another occasion, and act again. Occasions of orders name an id, but a silence since one names its instant.
    func isSettled(_ member: String, _ name: String, ref: String?, _ at: Instant) throws -> Bool {
        guard case .world = origin else { return false }
        let isCart = name.hasPrefix("cart.") && ref != nil
        let own = isCart ? "cart:\(ref ?? "")@\(at.utcText)" : "event:\(name)@\(at.utcText)"
        let sql = """
            SELECT 1 FROM decisions WHERE member = ?1 AND occasion IN (?2, ?3)
            UNION ALL SELECT 1 FROM waits WHERE member = ?1 AND occasion IN (?2, ?3) LIMIT 1
            """
        return try db.first(sql, [member, own, "inactive@\(at.utcText)"]) != nil
    }

    func insertEvent(
        _ member: String, _ name: String, _ at: Instant, source: String, id: String?, ref: String?, data: String?
    ) throws {
        let sql = "INSERT INTO events (member, name, at, source, event_id, ref, data) VALUES (?, ?, ?, ?, ?, ?, ?)"
        let values = [member.sql, name.sql, at.micros.sql, source.sql, id.sql, ref.sql, data.sql]
        try db.run(sql, SQLArguments(values))
        try noteLatest(member, name, at)
    }

    /// Turns an event that a row raised into the ingested one that says the same; `at` is the row's own instant.
    func adopt(_ seq: Int64, _ row: EventRow, source: String, at: Instant) throws {
        let sql = "UPDATE events SET at = ?, source = ?, event_id = ?, data = ? WHERE seq = ?"
        try db.run(sql, [at.micros, source, row.id, row.data, seq])
        try refreshLatest(row.memberID, row.name)
    }
}
