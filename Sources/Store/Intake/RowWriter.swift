import Foundation
import Kit
import Intake
import Rules

/// Writes rows of the member store, and the events that they mean (semantics §2). Make one for each transaction: it
/// marks every member whose rows changed in `arrivals`, under one new number of the counter.
///
/// `stating` names the columns that a row's source has; the others keep their stored values. Nil: all columns.
package struct RowWriter {
    package enum Written: Sendable { case inserted, updated, unchanged }

    /// Where the rows come from.
    package enum Origin: Sendable {
        /// A fixture file: its members share no ids, and every line of it counts.
        case fixtures
        /// The world outside: an order id belongs to one member, and the same event twice is one.
        case world(now: Instant)
    }

    let db: Session
    let origin: Origin
    var book: AddressBook
    /// Who is another member today.
    var merged: MergedMembers
    /// What is known of the rows of a batch.
    var batch: BatchReading?
    /// Nil outside batches: then each event is noted at once.
    private let latest: LatestEvents?
    private var isWatched: Bool?
    private var hasErased: Bool?
    /// Whether any member chose how far messages are made for them.
    var hasChosen: Bool?
    /// Whether anybody was ever asked to confirm a consent.
    var hasRequests: Bool?
    private var hasChanged = false
    /// False for a caller that says itself when sales of before came in.
    var countsSalesAnew = true
    private var seq: Int64?
    /// The numbers under which rows of the same file were written before; nil: what is written is no file.
    var fileNumbers: Set<Int64>?
    private var marked: Set<String> = []
    /// The number of grants that were not written because a refusal holds.
    private(set) var refusedGrants = 0
    /// Why the last of these was not, or why the last grant changes nothing for now.
    var grantObjection: GrantObjection? { didSet { if grantObjection?.isUnwritten ?? false { refusedGrants += 1 } } }

    package init(_ db: Session, origin: Origin) {
        self.db = db
        self.origin = origin
        book = AddressBook(db)
        merged = MergedMembers(db)
        latest = nil
    }

    /// A writer of the rows of one batch, which come sorted by `IntakeRow.place`. Call `finish` after the last of them.
    init(_ db: Session, origin: Origin, batch: BatchReading) {
        self.db = db
        self.origin = origin
        book = AddressBook(db)
        merged = MergedMembers(db)
        self.batch = batch
        latest = LatestEvents(db)
    }

    func finish() throws { try latest?.write() }

    package func hasMember(_ id: String) throws -> Bool {
        if let batch { return batch.members.contains(id) }
        return try db.first("SELECT 1 FROM members WHERE id = ?", [id]) != nil
    }

    /// A number of the one counter (see `Sequence`), the same for the whole transaction.
    mutating func number() throws -> Int64 {
        if let seq { return seq }
        let next = try Sequence(db: db).next()
        seq = next
        return next
    }

    /// The number of this transaction, where one was needed.
    var usedNumber: Int64? { seq }

    /// Whether rows with that number are of the file that is written.
    func isOfFile(_ number: Int64) -> Bool { fileNumbers.map { number == seq || $0.contains(number) } ?? false }

    /// Notes that a list names the address, see `AddressBook`.
    mutating func list(_ address: CanonicalAddress, _ key: Data) throws { try book.list(address, key, try number()) }

    mutating func mark(_ member: String) throws {
        if !hasChanged, countsSalesAnew { try Recommendation.countAnew(db) }
        hasChanged = true
        guard try isAnyoneWatching(), marked.insert(member).inserted else { return }
        let sql = """
            INSERT INTO arrivals (member, seq) VALUES (?, ?) ON CONFLICT (member) DO UPDATE SET seq = excluded.seq
            """
        try db.run(sql, [member, try number()])
    }

    /// Arrivals are for rules whose window has passed the rows. Before any rule went live there is none, and a rule that
    /// goes live later looks at what was committed before.
    private mutating func isAnyoneWatching() throws -> Bool {
        if let isWatched { return isWatched }
        let answer = try db.first("SELECT 1 FROM live_rules LIMIT 1") != nil
        isWatched = answer
        return answer
    }

    /// Whether anybody was erased from this store.
    mutating func isAnyoneErased() throws -> Bool {
        if let hasErased { return hasErased }
        let answer = try ErasedMember.isAny(db)
        hasErased = answer
        return answer
    }

    /// Call this when an event was written.
    func noteLatest(_ member: String, _ name: String, _ at: Instant) throws {
        if let latest {
            if name != EventNames.messageSent { try latest.note(member, name, at) }
        } else {
            try db.noteLatest(member, name, at)
        }
    }

    /// Call this when an event was moved or deleted.
    func refreshLatest(_ member: String, _ name: String) throws {
        if let latest { try latest.refresh(member, name) } else { try db.refreshLatest(member, name) }
    }

    /// Marks the member unless nothing changed.
    mutating func noted(_ written: Written, also changed: Bool = false, _ member: String) throws -> Written {
        let result = written == .unchanged && changed ? .updated : written
        if result != .unchanged { try mark(member) }
        return result
    }
}

// MARK: the catalogue

extension RowWriter {
    private static let stores = RowTable("stores", keys: ["id"], columns: ["name", "timezone", "manager"])
    private static let products = RowTable(
        "products", keys: ["sku"], columns: ["name", "category", "price", "in_stock", "pairs_with"])

    /// Writes a store; its members without a zone of their own take the store's.
    package mutating func write(store row: StoreRow, stating columns: ColumnSet? = nil) throws -> Written {
        let has = { (column: Column) in columns?.contains(column) ?? true }
        let (written, stored, _) = try db.upsert(
            RowWriter.stores, key: [row.id],
            [RowCell(row.name, has(.name)), RowCell(row.timezone, has(.timezone)), RowCell(row.manager, has(.manager))])
        guard written != .unchanged else { return written }
        let moved = "WHERE store_id = ?1 AND timezone IS NULL AND zone IS DISTINCT FROM ?2"
        for member in try db.all("SELECT id FROM members \(moved)", [row.id, stored[1]]) { try mark(member[0]) }
        try db.run("UPDATE members SET zone = ?2 \(moved)", [row.id, stored[1]])
        return written
    }

    package mutating func write(product row: ProductRow, stating columns: ColumnSet? = nil) throws -> Written {
        let has = { (column: Column) in columns?.contains(column) ?? true }
        let pairs = StrictJSON.array(row.pairsWith.map { .string($0) }).compactText
        return try db.upsert(
            RowWriter.products, key: [row.sku],
            [
                RowCell(row.name, has(.name)), RowCell(row.category, has(.category)), RowCell(row.price, has(.price)),
                RowCell(row.inStock, has(.inStock)), RowCell(pairs, has(.pairsWith)),
            ]
        ).written
    }

    package mutating func write(couponCode row: CouponCodeRow) throws -> Written {
        let sql = "INSERT INTO coupon_codes (template, code) VALUES (?, ?) ON CONFLICT DO NOTHING"
        return try db.run(sql, [row.template, row.code]) > 0 ? .inserted : .unchanged
    }
}
