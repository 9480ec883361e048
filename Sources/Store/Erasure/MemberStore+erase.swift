import Foundation
import Glibc
import Kit
import Rules

/// What an erasure did.
package struct Erasure: Sendable, Hashable {
    /// Rows that were deleted, and decisions that stay as figures.
    package var rows: Int
    package var decisions: Int
    /// Deliveries that are not sent any more, and those that were being handed over at that moment.
    package var cancelled: Int
    package var underWay: Int
    /// Members who have an address of the erased one too: they are silent until a new consent, and were not erased.
    package var othersWithAddress: Int
    /// Whether the write-ahead log was emptied: until then it holds pages from before.
    package var isLogEmpty = true
    /// Events of others, and events that were not taken, out of which their addresses were taken.
    package var redacted = 0
    /// Values that were still found in the bytes of the store's files; 0 in all but rare cases.
    package var residue = 0
    /// The tables in whose rows they stand; empty where they stand in unused parts of the file.
    package var residueIn: [String] = []
}

/// What one member alone has, for a search after their erasure.
private struct PersonalValues {
    var addresses: [CanonicalAddress]
    /// Of their messages.
    var texts: [String]

    var all: [String] { addresses.map(\.text) + texts }
}

extension MemberStore {
    /// How often, and in microseconds how far apart, the log is tried to be emptied while others read.
    private static let logAttempts = 50
    private static let logPause: UInt32 = 100_000

    /// Removes everything personal of one member; nil when the store has nothing of them.
    ///
    /// One transaction, whose entry in the erasure journal is on disk before it commits. Afterwards the log is emptied,
    /// and the files are searched for what may be left. Where something is, the addresses are taken out of events of others,
    /// and the store is written anew (`VACUUM`), for the unused parts of its pages.
    package func erase(_ member: String, reason: String, by who: String = Typist.name, at now: Instant) throws
        -> Erasure?
    {
        let personal = try writer.read { try MemberStore.values(of: member, $0) }
        let counts = try MemberStore.insisting {
            try writer.write { db -> ErasureWriting.Counts? in
                guard try ErasureWriting.isKnown(member, db) else { return nil }
                return try eraseNow(member, reason: reason, by: who, since: now, at: now, isNoted: false, db)
            }
        }
        guard let counts else { return nil }
        var erasure = Erasure(
            rows: counts.rows, decisions: counts.decisions, cancelled: counts.cancelled, underWay: counts.underWay,
            othersWithAddress: counts.others, redacted: counts.redacted)
        if path != nil { try scrub(personal, &erasure) }
        return erasure
    }

    /// - Parameters:
    ///   - since: what was said before that instant does not count any more.
    ///   - isNoted: the journal has the erasure already.
    func eraseNow(
        _ member: String, for cause: ErasedMember.Cause = .request, reason: String, by who: String, since: Instant,
        at now: Instant, isNoted: Bool, _ db: Session
    ) throws -> ErasureWriting.Counts {
        if !isNoted {
            for name in try [member] + MergedMembers.names(of: member, db) {
                try erasureJournal?.append(.init(key: try ErasedMember.key(name, db, cause), at: since))
            }
        }
        var writing = ErasureWriting(db, member: member, at: since, cause: cause)
        let counts = try writing.run()
        try db.audit(
            AuditEntry(
                .erase, who: who, subject: AuditTrail.member(member, db), reason: reason,
                detail: .object([
                    "rows": .int(counts.rows), "decisions": .int(counts.decisions), "cancelled": .int(counts.cancelled),
                ])), at: now)
        return counts
    }

    /// What only this member has: the addresses and the texts of their messages.
    private static func values(of member: String, _ db: Session) throws -> PersonalValues {
        let texts: [String] = try db.values(
            """
            SELECT d.text FROM decisions c JOIN deliveries d ON d.decision = c.id
            WHERE c.member = ? AND d.text IS NOT NULL ORDER BY d.id DESC LIMIT 4
            """, [member])
        return PersonalValues(addresses: try ErasureWriting.ownAddresses(of: member, db), texts: texts)
    }

    // MARK: files

    private func scrub(_ personal: PersonalValues, _ erasure: inout Erasure) throws {
        guard let path else { return }
        let log = path + "-wal"
        erasure.isLogEmpty = try emptyLogPatiently()
        erasure.residue = try Residue(personal.all).count(in: writer, log: log)
        guard erasure.residue > 0 else { return }
        erasure.redacted += try StrayValues(personal.addresses).clearEvents(in: writer)
        // A text that others got too, word for word, is not this person's.
        var own = personal
        own.texts = try writer.read { db in
            try personal.texts.filter { text in
                try !(db.value("SELECT EXISTS (SELECT 1 FROM deliveries WHERE text = ?)", [text]) ?? false)
            }
        }
        guard erasure.isLogEmpty else { return }
        try writer.writeWithoutTransaction { db in
            try db.script("PRAGMA temp_store = FILE")
            defer { try? db.script("PRAGMA temp_store = MEMORY") }
            try db.script("VACUUM")
        }
        erasure.isLogEmpty = try emptyLogPatiently()
        erasure.residue = try Residue(own.all).count(in: writer, log: log)
        guard erasure.residue > 0 else { return }
        erasure.residueIn = try writer.unsafeRead { try StrayTables.holding(own.all, $0) }
    }

    private func emptyLogPatiently() throws -> Bool {
        for attempt in 1...MemberStore.logAttempts {
            if try emptyLog() { return true }
            if attempt < MemberStore.logAttempts { usleep(MemberStore.logPause) }
        }
        return false
    }

    // MARK: after a backup was put back

    /// Erases again whom the journal names and this store, from a backup, still has. Returns how many there were.
    /// - Parameter now: when that is done; the erasures count from their own instants.
    func replayErasures(at now: Instant) throws -> Int {
        guard let entries = try erasureJournal?.entries(), !entries.isEmpty else { return 0 }
        let secret = try writer.read { try AddressKey.secret($0) }
        let known = try writer.read { db in
            Set(
                try db.all("SELECT key, at FROM erasures").map { row in
                    ErasureJournal.Entry(key: try row[0], at: Instant(micros: try row[1]))
                })
        }
        var missing: [Data: Instant] = [:]
        for entry in entries where !known.contains(entry) {
            missing[entry.key] = max(missing[entry.key] ?? .distantPast, entry.at)
        }
        guard !missing.isEmpty else { return 0 }
        var erased = 0
        for (member, cause) in try members(with: Set(missing.keys), secret) {
            guard let since = missing.removeValue(forKey: ErasedMember.key(member, secret: secret, cause)) else {
                continue
            }
            try writer.write { db in
                _ = try eraseNow(
                    member, for: cause, reason: "erased before; the backup still had them", by: Typist.name,
                    since: since, at: now,
                    isNoted: true, db)
            }
            erased += 1
        }
        // Whoever joined after the backup, and was erased, is to stay silent if an old file brings them back.
        try writer.write { db in
            for (key, at) in missing {
                try db.run(
                    "INSERT INTO erasures (key, seq, at) VALUES (?, ?, ?)", [key, Sequence(db: db).next(), at.micros])
            }
        }
        if erased > 0, path != nil { _ = try emptyLogPatiently() }
        return erased
    }

    /// Goes through all members page by page: only the hashes of their ids can be compared.
    private func members(with keys: Set<Data>, _ secret: Data) throws -> [(member: String, cause: ErasedMember.Cause)] {
        var found: [(String, ErasedMember.Cause)] = []
        try writer.read { db in
            try db.each("SELECT id FROM members") { row in
                let id: String = try row[0]
                for cause in ErasedMember.Cause.allCases
                where keys.contains(ErasedMember.key(id, secret: secret, cause)) { found.append((id, cause)) }
            }
        }
        return found
    }
}
