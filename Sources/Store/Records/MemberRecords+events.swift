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
        try db.first("SELECT name, COALESCE(ref, event_id), at FROM events WHERE seq = ?", [seq])
            .map { try EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    package func event(named name: String, at: Instant) throws -> EventMark? {
        try db.first(
            """
            SELECT name, COALESCE(ref, event_id), at FROM events
            WHERE member = ? AND name = ? AND at = ? ORDER BY seq LIMIT 1
            """, [member, name, at.micros]
        ).map { try EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    /// The latest event with one of these names, up to and including `now`.
    package func lastEvent(named names: [String], through now: Instant) throws -> EventMark? {
        try db.first(
            """
            SELECT name, COALESCE(ref, event_id), at FROM events WHERE member = ? AND at <= ?
              AND name IN {texts ?} ORDER BY at DESC, seq DESC LIMIT 1
            """, [member, now.micros, JSONRows.encode(names)]
        ).map { try EventMark(name: $0[0], ref: $0[1], at: Instant(micros: $0[2])) }
    }

    /// Marketing messages that count for a cap, latest first.
    package func marketingMessages(from: Instant, through now: Instant) throws -> [SentMessage] {
        try db.all(
            """
            SELECT at, CAST({json data} ->> 'rule' AS TEXT) FROM events WHERE member = ? AND name = 'message.sent' AND at >= ? AND at <= ?
              AND {json data} ->> 'purpose' IS DISTINCT FROM 'service' ORDER BY at DESC, seq DESC
            """, [member, from.micros, now.micros]
        ).map { try SentMessage(at: Instant(micros: $0[0]), rule: $0[1]) }
    }

    package func forget(_ event: EventMark) throws {
        try db.run(
            "DELETE FROM events WHERE member = ? AND name = ? AND at = ?", [member, event.name, event.at.micros])
    }
}
