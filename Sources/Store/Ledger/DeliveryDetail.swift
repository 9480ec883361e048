import Kit
import Rules

/// One delivery with its attempts and changes of state. The address is masked; the text is not read.
package struct DeliveryDetail: Sendable {
    package struct Attempt: Sendable {
        package var number: Int
        package var reference: String
        package var at: Instant
        /// Nil while it is under way.
        package var outcome: String?
        package var code: String?
        package var providerID: String?
        package var answeredAt: Instant?
    }

    /// What the provider said of the message later.
    package struct Report: Sendable {
        package var status: String
        package var code: String
        /// Of a message in several parts, from 1.
        package var part: Int
        package var at: Instant
        /// It contradicted the state of the delivery, which stayed.
        package var isContradicting: Bool
    }

    package struct Change: Sendable {
        package var from: String?
        package var to: String
        package var cause: String
    }

    package var listing: DeliveryListing
    package var template: String
    package var purpose: String
    package var notBefore: Instant
    package var address: String?
    package var attempts: [Attempt]
    /// In the order in which they came.
    package var receipts: [Report]
    /// The changes of state, in order.
    package var changes: [Change]
}

extension MemberStore {
    /// - Parameter key: the number of a delivery, or a reference of one of its attempts. Nil: there is none.
    package func delivery(_ key: String) throws -> DeliveryDetail? {
        try writer.read { db in
            guard let id = try db.deliveryID(key),
                let row = try db.first("\(DeliveryListing.sql) WHERE d.id = ?", [id]),
                let listing = try DeliveryListing(row),
                let more = try db.first(
                    "SELECT template, purpose, not_before, address FROM deliveries WHERE id = ?", [id])
            else { return nil }
            return try DeliveryDetail(
                listing: listing, template: more[0], purpose: more[1], notBefore: Instant(micros: more[2]),
                address: try (more[3] as String?).map { Mask.address($0) }, attempts: try attempts(of: id, db),
                receipts: try receipts(of: id, db),
                changes: try db.all(
                    "SELECT from_state, to_state, cause FROM transitions WHERE delivery = ? ORDER BY seq", [id]
                ).map { try DeliveryDetail.Change(from: $0[0], to: $0[1], cause: $0[2]) })
        }
    }

    private func receipts(of id: Int64, _ db: Session) throws -> [DeliveryDetail.Report] {
        try db.all(
            "SELECT status, code, part, at, flagged FROM receipts WHERE delivery = ? ORDER BY seq", [id]
        ).map { row in
            try DeliveryDetail.Report(
                status: row[0], code: row[1], part: row[2], at: Instant(micros: row[3]), isContradicting: row[4])
        }
    }

    private func attempts(of id: Int64, _ db: Session) throws -> [DeliveryDetail.Attempt] {
        try db.all(
            """
            SELECT n, reference, intent_at, outcome, code, provider_id, outcome_at FROM attempts WHERE delivery = ?
            ORDER BY n
            """, [id]
        ).map { row in
            try DeliveryDetail.Attempt(
                number: row[0], reference: row[1], at: Instant(micros: row[2]), outcome: row[3], code: row[4],
                providerID: row[5], answeredAt: (row[6] as Int64?).map(Instant.init(micros:)))
        }
    }
}

extension Session {
    /// - Parameter key: the number of a delivery, or a reference of one of its attempts. Nil where it can be neither.
    package func deliveryID(_ key: String) throws -> Int64? {
        let own: Int64? = try value(
            "SELECT delivery FROM attempts WHERE reference = ? ORDER BY resend LIMIT 1", [key])
        return own ?? Int64(key)
    }
}
