import Foundation
import Intake
import Kit
import Policies
import Rules

/// Why refusals that came after a backup are missing from the store that it became.
package enum RefusalLoss: String, Sendable, Hashable, CaseIterable {
    /// There was no store to read them from.
    case noStore = "no_store"
    /// The replaced store could not be read, or not to its end.
    case unreadable
    /// The replaced store knows addresses by another key: only what members said was carried over.
    case otherKey = "other_key"

    /// For `stops.reason`.
    var text: String {
        let what =
            switch self {
            case .noStore: "there was no store to read them from"
            case .unreadable: "the replaced store could not be read"
            case .otherKey: "the replaced store knows addresses by another key"
            }
        return "refusals since the backup are lost: \(what); import them again, see `nudged deliveries list`, "
            + "then `nudged release --rollback`"
    }
}

/// Carries over into a store from a backup what the store that it replaces knows as refused, and it does not:
/// withdrawals of members and for addresses, suppressions, who stopped following, closed members, and who wants no texts
/// that are made for them. Grants since the backup are not carried over, so that a refusal which one of them ended there
/// holds here until it is granted again.
///
/// A person may be merged in one of the two stores and not in the other: see `SameNames`.
///
/// The rows are compared and not the counters: both stores have counted on since they were one. Each page is read, then
/// written in a transaction of its own; what is known already is not written again.
struct RefusalCarry {
    /// The replaced store could not be read.
    private struct Unreadable: Error {}

    static let pageSize = 2000

    private let replaced: MemberStore
    let store: MemberStore
    let now: Instant
    /// Refusals that were carried over.
    var count = 0
    /// Consents that wait for their confirmation and were carried over.
    private var requests = 0
    private var hasWrittenLists = false

    private init(_ replaced: MemberStore, into store: MemberStore, at now: Instant) {
        (self.replaced, self.store, self.now) = (replaced, store, now)
    }

    /// - Parameter path: the place of the store that is replaced; it is only read.
    static func run(from path: String, into store: MemberStore, at now: Instant) throws -> Carried {
        guard StoreFile.exists(path) else { return Carried(loss: .noStore) }
        guard let replaced = try? MemberStore.reading("sqlite:" + path) else { return Carried(loss: .unreadable) }
        defer { try? replaced.writer.close() }
        var carry = RefusalCarry(replaced, into: store, at: now)
        var loss = try carry.all()
        try carry.joinBook()
        // A link may say yes only where every refusal since is known.
        if loss == nil, try !carry.isRead({ try $0.waitingRequests() }) { loss = .unreadable }
        return Carried(refusals: carry.count, requests: carry.requests, loss: loss)
    }

    struct Carried {
        var refusals = 0
        /// Consents that wait for their confirmation.
        var requests = 0
        /// Why refusals are missing; nil: none is.
        var loss: RefusalLoss?
    }

    private mutating func all() throws -> RefusalLoss? {
        let hasClosings = try isRead { try $0.closings() }
        let hasTexts = try isRead { try $0.personalisations() }
        let hasConsents = try isRead { try $0.withdrawals(in: "consents", of: "member", after: .text("")) }
        let hasSuppressions = try isRead { try $0.suppressions(in: "suppressions", of: "member", after: .text("")) }
        var isSameKey = true
        let hasKey = try isRead { isSameKey = try $0.hasSameKey() }
        guard hasKey, isSameKey else { return hasKey ? .otherKey : .unreadable }
        let none = SQLValue.blob(Data())
        let hasLists = try isRead { try $0.withdrawals(in: "list_consents", of: "address", after: none) }
        let hasBounces = try isRead { try $0.suppressions(in: "address_suppressions", of: "address", after: none) }
        let hasFollowings = try isRead { try $0.unfollowings() }
        let parts = [hasClosings, hasConsents, hasSuppressions, hasTexts, hasLists, hasBounces, hasFollowings]
        return parts.contains(false) ? .unreadable : nil
    }

    /// False where the replaced store could not be read; what was read before is written.
    private mutating func isRead(_ part: (inout RefusalCarry) throws -> Void) throws -> Bool {
        do { try part(&self) } catch is Unreadable { return false }
        return true
    }

    func ask<T>(_ question: (Session) throws -> T) throws -> T {
        do { return try replaced.writer.read(question) } catch { throw Unreadable() }
    }

    /// A writer of this store.
    func rows(_ db: Session) -> RowWriter {
        var rows = RowWriter(db, origin: .world(now: now))
        rows.countsSalesAnew = false
        return rows
    }

    private func hasSameKey() throws -> Bool {
        let own = try store.writer.read { try AddressKey.secret($0) }
        return try ask { try AddressKey.secret($0) } == own
    }

    // MARK: members

    /// Members who closed their account, where the backup has them; so did whoever was merged into them since. That
    /// somebody was closed whom this store has merged into another says nothing of that one, as at a merge.
    private mutating func closings() throws {
        let sql = "SELECT id FROM members WHERE status = 'closed' AND id > ? ORDER BY id LIMIT ?"
        var last = ""
        while true {
            let page: [String] = try ask { try $0.values(sql, [last, RefusalCarry.pageSize]) }
            guard let end = page.last else { return }
            let names = try names(of: page)
            let closed = try store.writer.write { db -> Int in
                var rows = rows(db)
                var closed = 0
                for member in page {
                    let written = try names.former(member).filter(rows.hasMember).map {
                        try rows.write(member: MemberRow(id: $0, status: .closed), stating: [.status])
                    }
                    if written.contains(where: { $0 != .unchanged }) { closed += 1 }
                }
                return closed
            }
            count += closed
            last = end
        }
    }

    // MARK: consents

    private struct Withdrawal {
        /// The id of a member, or the key of an address.
        let speaker: SQLValue
        let row: ConsentRow

        init(_ cells: SQLRow) throws {
            let speaker: SQLValue = try cells[0]
            guard let purpose = try Rule.Purpose(rawValue: cells[2]) else { throw DamagedCell(column: "purpose") }
            self.speaker = speaker
            row = ConsentRow(
                memberID: String.read(speaker) ?? "", channel: try cells[1], purpose: purpose, state: .withdrawn,
                at: Instant(micros: try cells[3]), source: try cells[4])
        }

        /// Returns whether anything was written, of anybody who is the speaker here.
        func write(_ rows: inout RowWriter, _ names: SameNames) throws -> Bool {
            if case .blob(let key) = speaker { return try rows.write(consent: row, ofListed: key) != .unchanged }
            var isNew = false
            for id in try names.current(row.memberID, &rows) {
                var own = row
                own.memberID = id
                if try rows.write(consent: own) != .unchanged { isNew = true }
            }
            return isNew
        }

        /// Whether both say the same, at whatever instants.
        func repeats(_ other: Withdrawal?) -> Bool {
            guard let other else { return false }
            return speaker == other.speaker && row.channel == other.row.channel && row.purpose == other.row.purpose
        }
    }

    /// A refusal without a date stands in two rows and counts once; those that an erasure left count as erasures.
    private mutating func withdrawals(in table: String, of column: String, after start: SQLValue) throws {
        let sql = """
            SELECT \(column), channel, purpose, at, source FROM \(table)
            WHERE state = 'withdrawn' AND (\(column), channel, purpose, at) > (?, ?, ?, ?)
            ORDER BY \(column), channel, purpose, at LIMIT ?
            """
        var after: SQLArguments = [start, "", "", Int64.min, RefusalCarry.pageSize]
        var counted: Withdrawal?
        while true {
            let page = try ask { try $0.all(sql, after).map { try Withdrawal($0) } }
            guard let end = page.last else { return }
            let names = try names(of: page.map(\.row.memberID))
            let written = try store.writer.write { db -> [Withdrawal] in
                var rows = rows(db)
                return try page.filter { try $0.write(&rows, names) }
            }
            if case .blob = start, !written.isEmpty { hasWrittenLists = true }
            for withdrawal in written where withdrawal.row.source != ErasedMember.source {
                if !withdrawal.repeats(counted) { count += 1 }
                counted = withdrawal
            }
            after = [
                end.speaker, end.row.channel, end.row.purpose.rawValue, (end.row.at ?? .distantPast).micros,
                RefusalCarry.pageSize,
            ]
        }
    }

    /// Consents that wait for their confirmation, so that the links that were sent go on working.
    private mutating func waitingRequests() throws {
        guard try ask({ try $0.hasTable("consent_requests") }) else { return }
        var last: Int64 = 0
        while true {
            let page = try ask { try ConsentRequest.linked(after: last, most: RefusalCarry.pageSize, $0, at: now) }
            guard let end = page.last else { return }
            requests += try store.writer.write { db in
                var rows = rows(db)
                return try page.filter { try rows.carry($0, at: now) }.count
            }
            last = end.row.id
        }
    }

    // MARK: suppressions

    private struct Suppression {
        let subject: SQLValue
        let channel: String
        let reason: String
        let at: Int64

        func subjects(_ rows: inout RowWriter, _ names: SameNames) throws -> [SQLValue] {
            guard let member = String.read(subject) else { return [subject] }
            return try names.current(member, &rows).map(SQLValue.text)
        }
    }

    private mutating func suppressions(in table: String, of column: String, after start: SQLValue) throws {
        let sql = """
            SELECT \(column), channel, reason, at FROM \(table) WHERE (\(column), channel) > (?, ?)
            ORDER BY \(column), channel LIMIT ?
            """
        let insert = SuppressionRank.insert(into: table, of: column)
        var after: SQLArguments = [start, "", RefusalCarry.pageSize]
        while true {
            let page = try ask { db in
                try db.all(sql, after).map {
                    try Suppression(subject: $0[0], channel: $0[1], reason: $0[2], at: $0[3])
                }
            }
            guard let end = page.last else { return }
            let names = try names(of: page.compactMap { String.read($0.subject) })
            let written = try store.writer.write { db -> Int in
                var rows = rows(db)
                let number = try rows.number()
                var written = 0
                for row in page {
                    let at = min(row.at, now.micros)
                    let changes = try row.subjects(&rows, names).map {
                        try db.run(insert, [$0, row.channel, row.reason, at, number])
                    }
                    if changes.contains(where: { $0 > 0 }) { written += 1 }
                }
                return written
            }
            if case .blob = start, written > 0 { hasWrittenLists = true }
            count += written
            after = [end.subject, end.channel, RefusalCarry.pageSize]
        }
    }

    private struct Unfollowing {
        let address: Data
        let channel: String
        let at: Instant
    }

    private mutating func unfollowings() throws {
        let sql = """
            SELECT address, channel, at FROM followings WHERE follows = 0 AND (address, channel) > (?, ?)
            ORDER BY address, channel LIMIT ?
            """
        var after: SQLArguments = [Data(), "", RefusalCarry.pageSize]
        while true {
            let page = try ask { db in
                try db.all(sql, after).map {
                    try Unfollowing(address: $0[0], channel: $0[1], at: Instant(micros: $0[2]))
                }
            }
            guard let end = page.last else { return }
            let written = try store.writer.write { db -> Int in
                let outbox = Outbox(db: db)
                var written = 0
                for row in page where try outbox.write(false, of: row.address, through: row.channel, at: row.at) {
                    written += 1
                }
                return written
            }
            if written > 0 { hasWrittenLists = true }
            count += written
            after = [end.address, end.channel, RefusalCarry.pageSize]
        }
    }

    /// Only the keys of the addresses were carried over: members who have one of them learn of it here.
    private func joinBook() throws {
        guard hasWrittenLists else { return }
        var last: String? = ""
        while let id = last {
            last = try store.writer.write { db -> String? in
                var book = AddressBook(db)
                return try book.joinListed(after: id, most: RefusalCarry.pageSize)
            }
        }
    }
}

extension Outbox {
    /// Holds all sends until a person has looked, as for a backup that was put back.
    func hold(for loss: RefusalLoss, at now: Instant) throws {
        try db.run(
            "INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING",
            [HighWaterMark.scope, loss.text, HighWaterMark.who, now.micros])
    }
}
