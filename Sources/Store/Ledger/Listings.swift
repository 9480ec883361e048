import Kit
import Rules

/// A delivery as operators list it; no address and no text is read.
package struct DeliveryListing: Sendable {
    package var id: Int64
    package var rule: String
    package var member: String
    package var occasion: String
    package var step: Int
    package var state: DeliveryState
    /// The reference of the last attempt; nil before the first.
    package var reference: String?
    package var channel: String
    /// The code of the last attempt; nil where there is none.
    package var code: String?
    package var decidedAt: Instant
    /// A delivery that is not sent by then expires.
    package var sendBy: Instant
}

extension DeliveryListing {
    static let sql = """
        SELECT d.id, d.rule, d.member, d.occasion, d.step, d.state, a.reference, d.channel, a.code, d.created_at, d.send_by
        FROM v_deliveries d LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
        """

    /// Nil for a state that this version does not know.
    init?(_ row: SQLRow) throws {
        guard let state = try DeliveryState(rawValue: row[5]) else { return nil }
        try self.init(
            id: row[0], rule: row[1], member: row[2], occasion: row[3], step: row[4], state: state, reference: row[6],
            channel: row[7], code: row[8], decidedAt: Instant(micros: row[9]), sendBy: Instant(micros: row[10]))
    }
}

extension MemberStore {
    /// Passes the selected deliveries to `body`, oldest first.
    package func deliveries(_ filter: DeliveryFilter, _ body: (DeliveryListing) throws -> Void) throws {
        try writer.read { db in
            let rows = try db.cursor("\(DeliveryListing.sql) WHERE \(filter.sql) ORDER BY d.id", filter.arguments)
            while let row = try rows.next() {
                if let listing = try DeliveryListing(row) { try body(listing) }
            }
        }
    }
}
