import Kit
import Policies

/// An event in the member's history.
package struct EventMark: Sendable, Hashable {
    package var name: String
    /// The order, cart or coupon that it is about, else its own id.
    package var ref: String?
    package var at: Instant

    package init(name: String, ref: String?, at: Instant) {
        self.name = name
        self.ref = ref
        self.at = at
    }
}

/// A marketing message on record.
package struct SentMessage: Sendable, Hashable {
    package var at: Instant
    /// The rule that sent it; nil where another system did.
    package var rule: String?

    package init(at: Instant, rule: String?) {
        self.at = at
        self.rule = rule
    }
}

extension MemberRecords {
    /// The event that an occurrence began with, for triggers that wait.
    package func cause(of occurrence: Occurrence) throws -> EventMark? {
        switch occurrence.anchor {
        case .event(let seq), .order(_, let seq), .cart(_, _, let seq), .browse(_, let seq): try event(seq: seq)
        case .none, .coupon, .coupons, .points: nil
        }
    }

    package func event(seq: Int64) throws -> EventMark? {
        if let decision = OwnMessages.decision(of: seq) {
            return try db.first("SELECT at FROM decisions WHERE id = ?", [decision])
                .map { try EventMark(name: OwnMessages.event, ref: nil, at: Instant(micros: $0[0])) }
        }
        return try db.first("SELECT name, COALESCE(ref, event_id), at FROM events WHERE seq = ?", [seq])
            .map { try EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    package func event(named name: String, at: Instant) throws -> EventMark? {
        for source in EventSource.of([name]) {
            let row = try db.first(
                """
                SELECT name, COALESCE(ref, event_id), at FROM \(source.table)
                WHERE member = ? AND name = ? AND at = ? ORDER BY seq LIMIT 1
                """, [member, name, at.micros])
            if let row { return try EventMark(name: row[0], ref: row[1], at: Instant(micros: row[2])) }
        }
        return nil
    }

    /// The latest event with one of these names, up to and including `now`.
    package func lastEvent(named names: [String], through now: Instant) throws -> EventMark? {
        let marks = try EventSource.of(names).compactMap { source in
            try db.first(
                """
                SELECT name, COALESCE(ref, event_id), at FROM \(source.table) WHERE member = ? AND at <= ?
                  AND name IN {texts ?} ORDER BY at DESC, seq DESC LIMIT 1
                """, [member, now.micros, JSONRows.encode(names)]
            ).map { try EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
        }
        return marks.max { $0.at < $1.at }
    }

    /// Marketing messages that count for a cap, latest first.
    package func marketingMessages(from: Instant, through now: Instant) throws -> [SentMessage] {
        try db.all(
            """
            SELECT at, CAST({json data} ->> 'rule' AS TEXT), 0 AS is_own, seq AS place FROM events
            WHERE member = ?1 AND name = 'message.sent' AND at >= ?2 AND at <= ?3
              AND {json data} ->> 'purpose' IS DISTINCT FROM 'service'
            UNION ALL SELECT at, rule, 1, id FROM decisions WHERE member = ?1 AND at >= ?2 AND at <= ?3
              AND outcome = 'sent' AND shadow = 0 AND is_service = 0
            ORDER BY 1 DESC, 3 DESC, 4 DESC
            """, [member, from.micros, now.micros]
        ).map { try SentMessage(at: Instant(micros: $0[0]), rule: $0[1]) }
    }

    /// In a private copy, takes an event back. For a message of ours its decision is made one that sent none.
    package func forget(_ event: EventMark) throws {
        if event.name == OwnMessages.event {
            try db.run(
                "UPDATE decisions SET outcome = 'done' WHERE member = ? AND outcome = 'sent' AND at = ?",
                [member, event.at.micros])
        }
        try db.run(
            "DELETE FROM events WHERE member = ? AND name = ? AND at = ?", [member, event.name, event.at.micros])
    }
}
