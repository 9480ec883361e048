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
    /// Those that stay: their owner complained, or they are about every channel and one channel was named.
    package var left: [Entry] = []
}

extension MemberStore {
    /// Ends suppressions of addresses by hand: that they bounced, and what an operator suppressed; a complaint, which is the
    /// word of a person, only where the caller says so, and a withdrawal of marketing then takes its place. It grants
    /// nothing: a refusal stays a refusal. On the audit trail.
    ///
    /// - Parameters:
    ///   - channel: one that is about every channel stays where a channel is named; nil: of all channels.
    ///   - kind: the addresses that the channel sends to; others are left alone. Nil: any.
    ///   - reason: in the operator's words.
    /// - Returns: nil: there is no such member.
    package func lift(
        _ subject: SuppressedSubject, on channel: String?, to kind: ChannelDeclaration.Address? = nil,
        complaints: Bool, reason: String, by who: String = Typist.name, at now: Instant
    ) throws -> LiftedSuppressions? {
        try MemberStore.insisting {
            try writer.write { db -> LiftedSuppressions? in
                guard var lifting = try Lifting(subject, on: channel, to: kind, complaints: complaints, db, at: now)
                else { return nil }
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
    private var rows: RowWriter
    private let now: Instant
    private let member: String?
    private let addresses: [CanonicalAddress]
    private let channel: String?
    private let complaints: Bool
    /// How the audit trail names whose they were.
    let audited: String

    /// Nil where there is no such member.
    init?(
        _ subject: SuppressedSubject, on channel: String?, to kind: ChannelDeclaration.Address?, complaints: Bool,
        _ db: Session, at now: Instant
    ) throws {
        (self.db, self.now, self.channel, self.complaints) = (db, now, channel, complaints)
        rows = RowWriter(db, origin: .world(now: now))
        let all: [CanonicalAddress]
        switch subject {
        case .address(let address):
            (member, all) = (nil, [address])
            audited = Mask.text(address.text)
        case .member(let name):
            var merged = MergedMembers(db)
            let id = try merged.member(name)
            guard try db.first("SELECT 1 FROM members WHERE id = ?", [id]) != nil else { return nil }
            (member, all) = (id, try ErasureWriting.addresses(of: id, db))
            audited = try AuditTrail.member(id, db)
        }
        addresses = all.filter { kind == nil || $0.kind == kind }
    }

    mutating func run() throws -> LiftedSuppressions {
        var result = LiftedSuppressions()
        for address in addresses {
            let key = try rows.book.key(address)
            try lift("address_suppressions", "address", of: key.sql, into: &result) { rows, no in
                _ = try rows.write(consent: no, of: address)
            }
        }
        guard let member else { return result }
        try lift("suppressions", "member", of: member.sql, into: &result) { rows, no in
            var own = no
            own.memberID = member
            _ = try rows.write(consent: own)
        }
        return result
    }

    /// - Parameter withdraw: writes the withdrawal of marketing that a complaint is.
    private mutating func lift(
        _ table: String, _ column: String, of subject: SQLValue, into result: inout LiftedSuppressions,
        withdraw: (inout RowWriter, ConsentRow) throws -> Void
    ) throws {
        let found = try db.all(
            """
            SELECT channel, reason FROM \(table) WHERE \(column) = ?1 AND (CAST(?2 AS TEXT) IS NULL OR channel IN (?2, '*'))
            ORDER BY channel
            """, SQLArguments([subject, channel.sql]))
        for row in found {
            let entry = LiftedSuppressions.Entry(channel: try row[0], reason: try row[1])
            let isFree = SuppressionRank.isLiftedFreely(entry.reason)
            guard isFree || complaints, channel == nil || entry.channel == channel else {
                result.left.append(entry)
                continue
            }
            try db.run(
                "DELETE FROM \(table) WHERE \(column) = ? AND channel = ?", SQLArguments([subject, entry.channel.sql]))
            result.lifted.append(entry)
            guard !isFree else { continue }
            // A complaint that an older version stored, or a yes since, left no withdrawal that would hold now. The other
            // instant ends a grant of a clock that was ahead.
            for at in [now, .distantFuture] {
                try withdraw(
                    &rows,
                    ConsentRow(
                        memberID: "", channel: entry.channel, state: .withdrawn, at: at,
                        source: SuppressionRow.Reason.complaint.rawValue))
            }
        }
    }
}
