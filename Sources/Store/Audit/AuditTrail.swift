import Crypto
import Foundation
import Kit
import Rules

/// Something that somebody may ask about later: what was done, about what, by whom and why.
package struct AuditEntry: Sendable, Hashable {
    package enum Action: String, Sendable, CaseIterable {
        case start, reload, apply, hold, release
        case importing = "import"
        case reveal, settle, cancel, retry, consent, task, erase, restore, key, backup, upgrade, rekey, merge
    }

    package var action: Action
    package var who: String
    /// What it was about: the scope of a stop, a version of the rules, a member as `AuditTrail.member` names them.
    package var subject: String?
    /// In the words of whoever did it; phone numbers and mail addresses in it are stored masked.
    package var reason: String?
    package var detail: JSONText?

    package init(
        _ action: Action, who: String = Typist.name, subject: String? = nil, reason: String? = nil,
        detail: JSONText? = nil
    ) {
        (self.action, self.who, self.subject, self.reason, self.detail) = (action, who, subject, reason, detail)
    }
}

/// An entry as it is on record.
package struct AuditRow: Sendable, Hashable {
    /// From 1, without gaps.
    package var number: Int64
    package var at: Instant
    package var who: String
    package var host: String
    /// A raw value of `AuditEntry.Action`, or one of a newer version.
    package var action: String
    package var subject: String?
    package var reason: String?
    /// One JSON object as text.
    package var detail: String?
    package var hash: Data

    fileprivate static let columns = "seq, at, who, host, action, subject, reason, detail, hash"

    fileprivate init(_ row: SQLRow) throws {
        number = try row[0]
        at = Instant(micros: try row[1])
        (who, host, action) = (try row[2], try row[3], try row[4])
        (subject, reason, detail) = (try row[5], try row[6], try row[7])
        hash = try row[8]
    }

    fileprivate init(_ entry: AuditEntry, number: Int64, at: Instant) {
        (self.number, self.at) = (number, at)
        (who, host, action) = (entry.who, Typist.host, entry.action.rawValue)
        subject = entry.subject
        reason = entry.reason.map { Mask.text($0) }
        detail = entry.detail?.rendered
        hash = Data()
    }

    /// The hash of the row after one with that hash: SHA-256 of the earlier hash and the fields as one JSON list.
    fileprivate func chained(to earlier: Data) -> Data {
        func text(_ value: String?) -> JSONText { value.map(JSONText.text) ?? .null }
        let fields = JSONText.list([
            .int(Int(number)), .int(Int(at.micros)), .text(who), .text(host), .text(action), text(subject),
            text(reason), text(detail),
        ])
        var hash = SHA256()
        hash.update(data: earlier)
        hash.update(data: Data(fields.rendered.utf8))
        return Data(hash.finalize())
    }
}

/// What a check of the whole trail found.
package struct AuditCheck: Sendable, Hashable {
    package enum Fault: Sendable, Hashable {
        /// The row is not as it was written, or the one before it is not.
        case changed(Int64)
        /// A row with this number is missing.
        case missing(Int64)
        /// Fewer rows are left than were written.
        case shortened(written: Int64)
    }
    package var rows: Int64 = 0
    /// The hash of the last row: written down elsewhere, it proves that no row before it was changed.
    package var head = Data()
    /// Nil where the trail is whole.
    package var fault: Fault?
}

/// The audit trail: a table to which rows are only added, each with a hash of itself and of the one before it.
package enum AuditTrail {
    /// The name of a member in the trail: a keyed hash, so that the trail outlives an erasure.
    package static func member(_ id: String, _ db: Session) throws -> String {
        "member:" + Hex.text(try ErasedMember.key(id, db).prefix(8))
    }

    static let count = "audit_rows"

    /// Adds an entry within the caller's transaction.
    static func add(_ entry: AuditEntry, at now: Instant, _ db: Session) throws {
        let last = try db.first("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        let number = try (last.map { try $0[0] as Int64 } ?? 0) + 1
        let row = AuditRow(entry, number: number, at: now)
        let hash = row.chained(to: try last.map { try $0[1] as Data } ?? Data())
        try db.run(
            "INSERT INTO audit (seq, at, who, host, action, subject, reason, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [number, now.micros, row.who, row.host, row.action, row.subject, row.reason, row.detail, hash])
        try Outbox(db: db).setMeta(count, number)
    }
}

extension Session {
    /// Adds an entry to the audit trail, in the transaction of what it is about.
    package func audit(_ entry: AuditEntry, at now: Instant) throws { try AuditTrail.add(entry, at: now, self) }
}

extension MemberStore {
    /// Adds an entry to the audit trail in a transaction of its own. It does not give up when an import keeps the store
    /// busy.
    package func audit(_ entry: AuditEntry, at now: Instant) throws {
        try MemberStore.insisting { try writer.write { try $0.audit(entry, at: now) } }
    }

    /// Adds that somebody was shown what is masked otherwise.
    package func auditReveal(
        of member: String, reason: String, what: String, by who: String = Typist.name, at now: Instant
    ) throws {
        try writer.write { db in
            try db.audit(
                AuditEntry(
                    .reveal, who: who, subject: AuditTrail.member(member, db), reason: reason,
                    detail: .object(["shown": .text(what)])), at: now)
        }
    }

    /// Passes the entries on, the oldest first.
    /// - Parameters:
    ///   - since: nil: from the first.
    ///   - member: only those about this member.
    package func audit(
        since: Instant?, action: String?, member: String?, _ take: (AuditRow) throws -> Void
    ) throws {
        try writer.read { db in
            let subject = try member.map { try AuditTrail.member($0, db) }
            let sql = """
                SELECT \(AuditRow.columns) FROM audit WHERE (CAST(:since AS BIGINT) IS NULL OR at >= :since)
                  AND (CAST(:action AS TEXT) IS NULL OR action = :action)
                  AND (CAST(:subject AS TEXT) IS NULL OR subject = :subject) ORDER BY seq
                """
            try db.each(sql, ["since": since?.micros, "action": action, "subject": subject]) {
                try take(AuditRow($0))
            }
        }
    }

    /// Reads the whole trail and compares each row with its hash.
    package func checkAudit() throws -> AuditCheck {
        try writer.read { db in
            var check = AuditCheck()
            let rows = try db.cursor("SELECT \(AuditRow.columns) FROM audit ORDER BY seq")
            while let next = try rows.next() {
                let row = try AuditRow(next)
                guard row.number == check.rows + 1 else {
                    check.fault = .missing(check.rows + 1)
                    return check
                }
                guard row.chained(to: check.head) == row.hash else {
                    check.fault = .changed(row.number)
                    return check
                }
                (check.rows, check.head) = (row.number, row.hash)
            }
            let written = try Outbox(db: db).meta(AuditTrail.count) ?? 0
            if written != check.rows { check.fault = .shortened(written: written) }
            return check
        }
    }
}
