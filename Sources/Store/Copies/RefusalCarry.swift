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
/// withdrawals of members and for addresses, suppressions, who stopped following, and closed members. Grants since the
/// backup are not carried over, so that a refusal which one of them ended there holds here until it is granted again.
///
/// The rows are compared and not the counters: both stores have counted on since they were one. Each page is read, then
/// written in a transaction of its own; what is known already is not written again.
struct RefusalCarry {
    /// The replaced store could not be read.
    private struct Unreadable: Error {}

    private static let pageSize = 2000

    private let replaced: MemberStore
    private let store: MemberStore
    private let now: Instant
    /// Refusals that were carried over.
    private var count = 0
    private var hasWrittenLists = false

    private init(_ replaced: MemberStore, into store: MemberStore, at now: Instant) {
        (self.replaced, self.store, self.now) = (replaced, store, now)
    }

    /// - Parameter path: the place of the store that is replaced; it is only read.
    /// - Returns: how many refusals were carried over, and why others are missing; nil: none is.
    static func run(
        from path: String, into store: MemberStore, at now: Instant
    ) throws -> (count: Int, loss: RefusalLoss?) {
        guard StoreFile.exists(path) else { return (0, .noStore) }
        guard let replaced = try? MemberStore.reading("sqlite:" + path) else { return (0, .unreadable) }
        defer { try? replaced.writer.close() }
        var carry = RefusalCarry(replaced, into: store, at: now)
        let loss = try carry.all()
        try carry.joinBook()
        return (carry.count, loss)
    }

    private mutating func all() throws -> RefusalLoss? {
        let hasClosings = try isRead { try $0.closings() }
        let hasConsents = try isRead { try $0.withdrawals(in: "consents", of: "member", after: .text("")) }
        let hasSuppressions = try isRead { try $0.suppressions(in: "suppressions", of: "member", after: .text("")) }
        let hasMerged = try isRead { try $0.ofMerged() }
        var isSameKey = true
        let hasKey = try isRead { isSameKey = try $0.hasSameKey() }
        guard hasKey, isSameKey else { return hasKey ? .otherKey : .unreadable }
        let none = SQLValue.blob(Data())
        let hasLists = try isRead { try $0.withdrawals(in: "list_consents", of: "address", after: none) }
        let hasBounces = try isRead { try $0.suppressions(in: "address_suppressions", of: "address", after: none) }
        let hasFollowings = try isRead { try $0.unfollowings() }
        let parts = [hasClosings, hasConsents, hasSuppressions, hasMerged, hasLists, hasBounces, hasFollowings]
        return parts.contains(false) ? .unreadable : nil
    }

    /// False where the replaced store could not be read; what was read before is written.
    private mutating func isRead(_ part: (inout RefusalCarry) throws -> Void) throws -> Bool {
        do { try part(&self) } catch is Unreadable { return false }
        return true
    }

    private func ask<T>(_ question: (Session) throws -> T) throws -> T {
        do { return try replaced.writer.read(question) } catch { throw Unreadable() }
    }

    private func hasSameKey() throws -> Bool {
        let own = try store.writer.read { try AddressKey.secret($0) }
        return try ask { try AddressKey.secret($0) } == own
    }

    // MARK: members

    /// Members who closed their account, where the backup has them.
    private mutating func closings() throws {
        let sql = "SELECT id FROM members WHERE status = 'closed' AND id > ? ORDER BY id LIMIT ?"
        var last = ""
        while true {
            let page: [String] = try ask { try $0.values(sql, [last, RefusalCarry.pageSize]) }
            guard let end = page.last else { return }
            let closed = try store.writer.write { db -> Int in
                var rows = RowWriter(db, origin: .world(now: now))
                rows.countsSalesAnew = false
                var closed = 0
                for id in page where try rows.hasMember(id) {
                    let row = MemberRow(id: id, status: .closed)
                    if try rows.write(member: row, stating: [.status]) != .unchanged { closed += 1 }
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

        func write(_ rows: inout RowWriter) throws -> RowWriter.Written {
            guard case .blob(let key) = speaker else { return try rows.write(consent: row) }
            return try rows.write(consent: row, ofListed: key)
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
            let written = try store.writer.write { db -> [Withdrawal] in
                var rows = RowWriter(db, origin: .world(now: now))
                rows.countsSalesAnew = false
                var written: [Withdrawal] = []
                for withdrawal in page where try withdrawal.write(&rows) != .unchanged { written.append(withdrawal) }
                return written
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

    // MARK: suppressions

    private struct Suppression {
        let subject: SQLValue
        let channel: String
        let reason: String
        let at: Int64
    }

    private mutating func suppressions(in table: String, of column: String, after start: SQLValue) throws {
        let sql = """
            SELECT \(column), channel, reason, at FROM \(table) WHERE (\(column), channel) > (?, ?)
            ORDER BY \(column), channel LIMIT ?
            """
        let insert = """
            INSERT INTO \(table) (\(column), channel, reason, at, seq) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (\(column), channel) DO NOTHING
            """
        var after: SQLArguments = [start, "", RefusalCarry.pageSize]
        while true {
            let page = try ask { db in
                try db.all(sql, after).map {
                    try Suppression(subject: $0[0], channel: $0[1], reason: $0[2], at: $0[3])
                }
            }
            guard let end = page.last else { return }
            let written = try store.writer.write { db -> Int in
                let number = try Sequence(db: db).next()
                var written = 0
                for row in page {
                    let at = min(row.at, now.micros)
                    written += try db.run(insert, [row.subject, row.channel, row.reason, at, number])
                }
                return written
            }
            if case .blob = start, written > 0 { hasWrittenLists = true }
            count += written
            after = [end.subject, end.channel, RefusalCarry.pageSize]
        }
    }

    /// In the backup, a member who was merged into another since is somebody of their own again: what the other one refused
    /// is a no of theirs as well. They are few, so there are no pages.
    private mutating func ofMerged() throws {
        let (words, suppressed) = try ask { db -> ([Withdrawal], [SQLRow]) in
            guard try db.hasTable("merged_members") else { return ([], []) }
            let words = try db.all(
                """
                SELECT g.id, c.channel, c.purpose, c.at, c.source FROM merged_members g
                JOIN consents c ON c.member = g.member WHERE c.state = 'withdrawn' ORDER BY g.id, c.channel, c.purpose, c.at
                """)
            let suppressed = try db.all(
                """
                SELECT g.id, s.channel, s.reason, s.at FROM merged_members g JOIN suppressions s ON s.member = g.member
                ORDER BY g.id, s.channel
                """)
            return (try words.map { try Withdrawal($0) }, suppressed)
        }
        guard !words.isEmpty || !suppressed.isEmpty else { return }
        count += try store.writer.write { db -> Int in
            var rows = RowWriter(db, origin: .world(now: now))
            rows.countsSalesAnew = false
            var written = 0
            for word in words where try word.write(&rows) != .unchanged { written += 1 }
            for row in suppressed {
                written += try db.run(
                    """
                    INSERT INTO suppressions (member, channel, reason, at, seq) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (member, channel) DO NOTHING
                    """,
                    [
                        row[0] as String, row[1] as String, row[2] as String, min(row[3] as Int64, now.micros),
                        try rows.number(),
                    ])
            }
            return written
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
