import Kit
import Rules

/// What became of a consent or refusal that an operator wrote down.
package enum ConsentAnswer: Sendable, Hashable {
    case written
    /// It was no news.
    case held
    case refused(GrantObjection)
    case noMember
}

extension MemberStore {
    /// Writes a consent or refusal that an operator was told of, with an entry in the audit trail. It does not give up
    /// when an import keeps the store busy.
    package func consent(_ row: ConsentRow, by who: String = Typist.name, at now: Instant) throws -> ConsentAnswer {
        var row = row
        row.source = row.source.map { Mask.text($0) }
        row.proof = row.proof.map { Mask.text($0) }
        return try MemberStore.insisting {
            try writer.write { db -> ConsentAnswer in
                var rows = RowWriter(db, origin: .world(now: now))
                row.memberID = try rows.merged.member(row.memberID)
                guard try rows.hasMember(row.memberID) else { return .noMember }
                guard try rows.write(consent: row) != .unchanged else {
                    return rows.grantObjection.map { .refused($0) } ?? .held
                }
                try db.audit(
                    AuditEntry(
                        .consent, who: who, subject: AuditTrail.member(row.memberID, db),
                        reason: row.proof ?? row.source,
                        detail: .object([
                            "channel": .text(row.channel), "purpose": .text(row.purpose.rawValue),
                            "state": .text(row.state.rawValue),
                        ])), at: now)
                return .written
            }
        }
    }
}
