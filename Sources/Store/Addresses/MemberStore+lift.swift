import Foundation
import Kit
import Rules

/// Whose suppressions are lifted: of the addresses that a member has now, or of one address.
package enum SuppressedSubject: Sendable {
    case member(String)
    case address(CanonicalAddress)
}

/// What lifting suppressions did.
package struct LiftedSuppressions: Sendable {
    package struct Entry: Sendable, Hashable {
        /// `*` is every channel that uses such an address.
        package var channel: String
        package var reason: String
    }

    /// Sorted by channel.
    package var lifted: [Entry] = []
    /// Those that stay, because their owner complained.
    package var left: [Entry] = []
}

extension MemberStore {
    /// Ends suppressions of addresses by hand: that they bounced, and what an operator suppressed; a complaint, which is the
    /// word of a person, only where the caller says so. It grants nothing: a refusal stays a refusal. On the audit trail.
    ///
    /// - Parameters:
    ///   - channel: with those of channel `*`; nil: of all channels.
    ///   - reason: in the operator's words.
    /// - Returns: nil: there is no such member.
    package func lift(
        _ subject: SuppressedSubject, on channel: String?, complaints: Bool, reason: String,
        by who: String = Typist.name, at now: Instant
    ) throws -> LiftedSuppressions? {
        try MemberStore.insisting {
            try writer.write { db -> LiftedSuppressions? in
                guard let lifting = try Lifting(subject, on: channel, complaints: complaints, db) else { return nil }
                let result = try lifting.run()
                guard !result.lifted.isEmpty else { return result }
                let entries = result.lifted.map { JSONText.text("\($0.channel) \($0.reason)") }
                try db.audit(
                    AuditEntry(
                        .consent, who: who, subject: lifting.audited, reason: reason,
                        detail: .object(["lifted": .list(entries)])), at: now)
                return result
            }
        }
    }
}

private struct Lifting {
    private let db: Session
    private let member: String?
    private let keys: [Data]
    private let channel: String?
    private let complaints: Bool
    /// How the audit trail names whose they were.
    let audited: String

    /// Nil where there is no such member.
    init?(_ subject: SuppressedSubject, on channel: String?, complaints: Bool, _ db: Session) throws {
        (self.db, self.channel, self.complaints) = (db, channel, complaints)
        let addresses: [CanonicalAddress]
        switch subject {
        case .address(let address):
            (member, addresses) = (nil, [address])
            audited = Mask.text(address.text)
        case .member(let name):
            var merged = MergedMembers(db)
            let id = try merged.member(name)
            guard try db.first("SELECT 1 FROM members WHERE id = ?", [id]) != nil else { return nil }
            (member, addresses) = (id, try ErasureWriting.addresses(of: id, db))
            audited = try AuditTrail.member(id, db)
        }
        var book = AddressBook(db)
        keys = try addresses.map { try book.key($0) }
    }

    func run() throws -> LiftedSuppressions {
        var result = LiftedSuppressions()
        for key in keys { try lift("address_suppressions", "address", of: key.sql, into: &result) }
        if let member { try lift("suppressions", "member", of: member.sql, into: &result) }
        return result
    }

    private func lift(
        _ table: String, _ column: String, of subject: SQLValue, into result: inout LiftedSuppressions
    ) throws {
        let rows = try db.all(
            """
            SELECT channel, reason FROM \(table) WHERE \(column) = ?1 AND (CAST(?2 AS TEXT) IS NULL OR channel IN (?2, '*'))
            ORDER BY channel
            """, SQLArguments([subject, channel.sql]))
        for row in rows {
            let entry = LiftedSuppressions.Entry(channel: try row[0], reason: try row[1])
            let isFree = ["bounce", "operator"].contains(entry.reason)
            guard isFree || complaints else {
                result.left.append(entry)
                continue
            }
            try db.run(
                "DELETE FROM \(table) WHERE \(column) = ? AND channel = ?", SQLArguments([subject, entry.channel.sql]))
            result.lifted.append(entry)
        }
    }
}
